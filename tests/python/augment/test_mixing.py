import keras
import librosa
import numpy as np
import pytest
from scipy import stats

import hearingai
from hearingai.augment.loudness import a_weighting_db, loudness_db, window_size
from hearingai.augment.mixup import exponent, lower_quantiles

FIVE = np.array([[1, 2, 3, 4, 5], [5, 5, 5, 5, 5], [0, 0, 0, 0, 10]], "float32")
LABELS = np.eye(3, dtype="float32")


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def arrays(pair):
    return tuple(array(t) for t in pair)


def test_mixup_mixes_clips_and_labels_alike():
    x, y = arrays(hearingai.Mixup().apply(FIVE, LABELS, partner=[1, 2, 0], ratio=[0.75, 0.5, 1]))
    np.testing.assert_allclose(x, [[2, 2.75, 3.5, 4.25, 5], [2.5, 2.5, 2.5, 2.5, 7.5], FIVE[2]])
    np.testing.assert_allclose(y, [[0.75, 0.25, 0], [0, 0.5, 0.5], [0, 0, 1]])


def test_mixup_draws_an_order_of_the_batch():
    partner = array(hearingai.Mixup(seed=1).draw((50, 9), np.ones((50, 2)))["partner"])
    assert sorted(partner) == list(range(50))
    assert (partner != np.arange(50)).sum() > 40


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.4, 1, 2, 8])
def test_mixup_draws_from_the_beta_distribution(alpha):
    layer = hearingai.Mixup(alpha, seed=1)
    ratio = array(layer.draw((20000, 9), np.ones((20000, 1)))["ratio"])
    assert 0 <= ratio.min() <= ratio.max() <= 1
    lower = ratio[ratio < 0.5]  # above, float32 rounds many a ratio to 1
    assert len(lower) / 20000 == pytest.approx(0.5, abs=0.015)
    half = stats.kstest(lower, lambda x: 2 * stats.beta(alpha, alpha).cdf(x))
    assert half.statistic < 0.02


@pytest.mark.parametrize("alpha", [0.05, 0.2, 1, 3, 50])
def test_the_table_holds_the_quantiles_of_beta(alpha):
    wanted = stats.beta(alpha, alpha).ppf(np.linspace(0, 0.5, 101))
    table = lower_quantiles(alpha, 101) ** (1 / exponent(alpha))
    np.testing.assert_allclose(table, wanted, atol=1e-5)


def test_mixup_of_embeddings_mixes_frames_that_both_have():
    x = np.array([[[8, 4], [8, 4], [0, 0]], [[4, 8], [0, 0], [2, 2]]], "float32")
    layer = hearingai.Mixup(domain="embedding")
    x, _ = arrays(layer.apply(x, LABELS[:2, :2], partner=[1, 0], ratio=[0.5, 0.25]))
    np.testing.assert_array_equal(x[0], [[6, 6], [8, 4], [0, 0]])
    np.testing.assert_array_equal(x[1], [[7, 5], [0, 0], [2, 2]])


def reference_gain_db(clip, rate, size):
    """Level of the loudest window by loops, SciPy's and librosa's functions, in float64."""
    from scipy.signal.windows import hann

    frequency = np.maximum(np.linspace(0, rate // 2, size // 2 + 1), 1e-3)
    weights = 10 ** (librosa.A_weighting(frequency, min_db=-80) / 10)
    level = []
    for i in range(0, len(clip) - size + 1, size // 2):
        spectrum = np.fft.rfft(np.float64(clip[i : i + size]) * hann(size, sym=False))
        level.append(np.sum(np.abs(spectrum) ** 2 * weights))
    return 10 * np.log10(np.maximum(level, 1e-8)).max()


def test_the_weighting_is_the_standard_s():
    frequency = 1000 * 10 ** (0.3 * np.arange(-5, 5))  # octaves from 31.5 Hz to 16 kHz
    standard = [-39.4, -26.2, -16.1, -8.6, -3.2, 0, 1.2, 1.0, -1.1, -6.6]
    np.testing.assert_allclose(a_weighting_db(frequency), standard, atol=0.07)
    np.testing.assert_allclose(
        a_weighting_db(frequency), librosa.A_weighting(frequency, min_db=None), atol=0.01
    )
    assert a_weighting_db(0) == -80


def test_windows_are_those_of_the_authors():
    assert (window_size(16000), window_size(44100)) == (2048, 4096)


@pytest.mark.parametrize(("rate", "size"), [(16000, 2048), (44100, 4096)])
def test_the_level_is_that_of_the_loudest_window(rate, size, data_dir):
    files = sorted((data_dir / "esc10").rglob("*.ogg"))[::40]
    read = [hearingai.fit_length(hearingai.read_audio(f, rate)[0], rate) for f in files]
    wanted = [reference_gain_db(clip, rate, size) for clip in read]
    np.testing.assert_allclose(array(loudness_db(np.stack(read), rate)), wanted, atol=5e-3)


def test_the_level_of_noise_silence_and_short_clips():
    noise = np.random.default_rng(0).normal(size=(3, 9000)).astype("float32")
    noise *= np.array([[1], [0.1], [0]], "float32")
    wanted = [reference_gain_db(clip, 16000, 2048) for clip in noise]
    assert wanted[2] == pytest.approx(-80)
    np.testing.assert_allclose(array(loudness_db(noise, 16000)), wanted, atol=5e-3)
    stereo = np.stack([noise, noise], axis=1)
    np.testing.assert_allclose(array(loudness_db(stereo, 16000)), wanted, atol=5e-3)
    padded = np.pad(noise[:, :500], ((0, 0), (0, 1548)))
    np.testing.assert_allclose(
        array(loudness_db(noise[:, :500], 16000)), array(loudness_db(padded, 16000)), atol=1e-4
    )
    squares = array(loudness_db(np.full((1, 4096), 0.1, "float32"), 16000, weighting="none"))
    np.testing.assert_allclose(squares, -20, atol=1e-4)


def test_between_class_mixes_five_samples_by_their_levels():
    # Both are padded to one window, so that their levels differ as 2 to 6.
    layer = hearingai.BetweenClass(16000, weighting="none")
    clips = np.array([[2, 0, 0, 0, 0], [0, 0, 0, 0, 6]], "float32")
    x, y = arrays(layer.apply(clips, LABELS[:2, :2], partner=[1, 0], ratio=[0.25, 0.5]))
    p0, p1 = 1 / (1 + 2 / 6 * 3), 1 / (1 + 6 / 2)
    norm0, norm1 = np.hypot(p0, 1 - p0), np.hypot(p1, 1 - p1)
    wanted = [
        [2 * p0 / norm0, 0, 0, 0, 6 * (1 - p0) / norm0],
        [2 * (1 - p1) / norm1, 0, 0, 0, 6 * p1 / norm1],
    ]
    np.testing.assert_allclose(x, wanted, rtol=1e-5)
    np.testing.assert_allclose(y, [[0.25, 0.75], [0.5, 0.5]])


def test_between_class_equals_the_published_formula():
    rng = np.random.default_rng(3)
    clips = (rng.normal(size=(2, 8000)) * [[0.5], [0.02]]).astype("float32")
    ratio = [0.3, 0.9]
    x, _ = arrays(
        hearingai.BetweenClass(16000).apply(clips, LABELS[:2, :2], partner=[1, 0], ratio=ratio)
    )
    gain = [reference_gain_db(clip, 16000, 2048) for clip in clips]
    for i, r in enumerate(ratio):
        p = 1 / (1 + 10 ** ((gain[i] - gain[1 - i]) / 20) * (1 - r) / r)
        wanted = (p * clips[i] + (1 - p) * clips[1 - i]) / np.sqrt(p**2 + (1 - p) ** 2)
        np.testing.assert_allclose(x[i], wanted, atol=1e-4)


def test_between_class_is_finite_at_the_ends_and_in_silence():
    clips = np.stack([np.zeros(3000), np.ones(3000)]).astype("float32")
    layer = hearingai.BetweenClass(16000)
    for ratio in ([0.0, 1.0], [1.0, 0.0]):
        x, y = arrays(layer.apply(clips, LABELS[:2, :2], partner=[1, 0], ratio=ratio))
        mine = np.array(ratio)[:, None]
        np.testing.assert_allclose(x, mine * clips + (1 - mine) * clips[::-1], atol=1e-6)
        assert np.isfinite(y).all()


@pytest.mark.parametrize("labels", [LABELS[[0, 0, 0, 1, 1, 2] * 20], [[0.0], [1.0]] * 60])
def test_partners_are_of_another_class_and_anyone_of_it(labels):
    labels = np.asarray(labels, "float32")
    layer = hearingai.BetweenClass(16000, seed=2)
    class_id = labels.argmax(-1) if labels.shape[1] > 1 else labels[:, 0]
    seen = set()
    for _ in range(20):
        partner = array(layer.draw((120, 99), labels)["partner"])
        assert (class_id[partner] != class_id).all()
        seen |= set(partner)
    assert seen == set(range(120))


def test_a_batch_of_one_class_is_left_unmixed():
    clips = np.random.default_rng(0).normal(size=(4, 3000)).astype("float32")
    labels = LABELS[[1, 1, 1, 1]]
    layer = hearingai.BetweenClass(16000, seed=1)
    x, y = arrays(layer((clips, labels), training=True))
    np.testing.assert_array_equal(x, clips)
    np.testing.assert_array_equal(y, labels)


def test_positive_mix_mixes_positives_half_and_half():
    x = np.array([[[8, 4]], [[4, 8]], [[2, 2]]], "float32")
    y = np.array([[0, 1], [0, 1], [1, 0]], "float32")
    x, mixed = arrays(hearingai.PositiveMix().apply(x, y, partner=[1, 0, 2]))
    np.testing.assert_array_equal(x, [[[6, 6]], [[6, 6]], [[2, 2]]])
    np.testing.assert_array_equal(mixed, y)


@pytest.mark.parametrize("columns", [1, 2])
def test_positive_mix_pairs_positives_only(columns):
    holds = np.array([1, 0, 1, 0, 1, 1, 0, 0], "float32")
    labels = holds[:, None] if columns == 1 else np.stack([1 - holds, holds], axis=1)
    layer = hearingai.PositiveMix(None if columns == 1 else 1, seed=1)
    for _ in range(20):
        partner = array(layer.draw((8, 10, 128), labels)["partner"])
        assert holds[partner[holds == 1]].all()
        assert (partner[holds == 1] != np.flatnonzero(holds)).all()
        np.testing.assert_array_equal(partner[holds == 0], np.flatnonzero(holds == 0))


def test_a_lone_positive_and_padding_stay_as_they_are():
    x = np.random.default_rng(0).integers(1, 256, (3, 10, 128)).astype("float32")
    layer = hearingai.PositiveMix(1, probability=1, seed=1)
    mixed, _ = arrays(layer((x, np.eye(2)[[1, 0, 0]]), training=True))
    np.testing.assert_array_equal(mixed, x)
    x[0, 7:], x[1, 4:6] = 0, 0
    mixed, _ = arrays(layer((x, np.eye(2)[[1, 1, 1]]), training=True))
    assert not mixed[0, 7:].any()
    assert not mixed[1, 4:6].any()


@pytest.mark.parametrize("positive", [5, None])
def test_positive_mix_names_a_column_that_is_not_there(positive):
    with pytest.raises(hearingai.HearingAIError, match="`positive` must be a column"):
        hearingai.PositiveMix(positive).draw((2, 10, 128), np.eye(2))


@pytest.mark.parametrize("labels", [np.array([0, 1, 2]), np.eye(2), np.zeros((3, 2, 1))])
def test_labels_that_cannot_be_mixed_are_refused(labels):
    layer = hearingai.Mixup()
    drawn = {"partner": [1, 2, 0], "ratio": [0.5, 0.5, 0.5]}
    for mix in (
        lambda: layer((FIVE, labels), training=True),
        lambda: layer.apply(FIVE, labels, **drawn),
        lambda: layer.draw(FIVE.shape, labels),
    ):
        with pytest.raises(hearingai.HearingAIError, match="labels must have the shape .*3 clips"):
            mix()
