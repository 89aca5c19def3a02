"""Relevance lies where the sound lies, and sums up to the score."""

import keras
import numpy as np
import pytest

import hearingai
from fresh import need, python
from hearingai import HearingAIError
from hearingai.frontends.coordinates import bin_frequencies, frame_times
from hearingai.inference._grad_cam import _centres, grad_cam
from hearingai.inference._gradients import scores_and_gradients

RATE, SECONDS = 8000, 0.3


@pytest.fixture(scope="module")
def listener(tones):
    """Tells low from high by a spectrogram: a bin is 31.25 Hz, a frame 10 ms."""
    front_end = hearingai.LogSpectrogram(sample_rate=RATE)  # unscaled: faint noise stays faint
    keras.utils.set_random_seed(1)
    image = keras.Input((28, 129, 1))
    x = keras.layers.Conv2D(8, (3, 5), activation="relu", name="first")(image)
    x = keras.layers.MaxPooling2D((26, 1))(x)
    x = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(x))
    network = keras.Model(image, x)
    classifier = hearingai.AudioClassifier(
        front_end, network, ["high", "low"], sample_rate=RATE, duration=SECONDS
    )
    clips = tones[tones["class"] != "middle"]
    settings = {"epochs": 8, "batch_size": 8, "seed": 1, "validation": False}
    return hearingai.fit(classifier, clips, learning_rate=0.001, **settings)


@pytest.mark.parametrize(("label", "pitch"), [("low", 1000), ("high", 3000)])
def test_relevance_lies_on_the_tone_at_its_time(listener, burst, label, pitch):
    found = hearingai.explain(listener, burst(pitch, 99, start=0.15))
    assert (found.label, found.probability > 0.8) == (label, True)
    spoke = np.maximum(found.relevance, 0)
    near = np.abs(found.frequencies - pitch) < 150
    during = (found.times > 0.13) & (found.times < 0.27)
    assert near.mean() < 0.08
    assert spoke[:, near].sum() > 0.7 * spoke.sum()
    assert spoke[during].sum() > 0.7 * spoke.sum()
    other = hearingai.explain(listener, burst(pitch, 99, start=0.15), label="low")
    sign = 1 if label == "low" else -1
    np.testing.assert_allclose(other.relevance, sign * found.relevance, atol=1e-3)


@pytest.mark.parametrize(("label", "pitch"), [("low", 1000), ("high", 3000)])
def test_gradcam_points_near_the_tone(listener, burst, label, pitch):
    found = hearingai.explain(listener, burst(pitch, 99, 0.15), label=label, method="gradcam")
    assert found.relevance.shape == found.image.shape[:2]
    assert found.relevance.min() >= 0
    share = found.relevance.sum(axis=0) / found.relevance.sum()
    assert share[np.abs(found.frequencies - pitch) < 600].sum() > 0.5


@pytest.mark.parametrize(
    ("recipe", "labels"),
    [
        ("speech-commands-small", ["a", "b", "c"]),
        ("audio-gate", ["other", "turkey"]),
        ("embedding-attention", ["a", "b", "c"]),
    ],
)
def test_relevances_sum_up_to_the_difference_from_silence(recipe, labels):
    classifier = hearingai.create_classifier(recipe, labels, seed=1)
    rng = np.random.default_rng(3)
    clip = rng.integers(0, 256, (1, *classifier.clip_shape)).astype("float32")
    if not classifier.hears_embeddings:
        clip = (clip - 128) / 128
    found = hearingai.explain(classifier, clip, label=labels[0])
    both = hearingai.predict(classifier, np.concatenate([clip, 0 * clip])).filter(like="prob_")
    odds = np.log(both.iloc[:, 0] / (1 - both.iloc[:, 0]))
    assert found.probability == pytest.approx(both.iloc[0, 0], abs=1e-6)
    assert (found.score, found.baseline) == pytest.approx(tuple(odds), abs=1e-4)
    total = found.relevance.sum()
    assert total == pytest.approx(found.score - found.baseline, rel=0.02, abs=0.01)


def test_a_linear_network_is_explained_exactly():
    """Its log-odds are linear: each value counts by the difference of its two weights."""
    clip = keras.Input((4, 3))
    head = keras.layers.Dense(2, activation="softmax")
    network = keras.Model(clip, head(keras.layers.Flatten()(clip)))
    classifier = hearingai.AudioClassifier(None, network, ["a", "b"])
    rng = np.random.default_rng(0)
    kernel, x = rng.normal(size=(12, 2)), rng.normal(size=(4, 3)).astype("float32")
    head.set_weights([kernel, np.array([0.5, -0.25])])
    found = hearingai.explain(classifier, x, label="b", steps=3)
    expected = x * (kernel[:, 1] - kernel[:, 0]).reshape(4, 3)
    np.testing.assert_allclose(found.relevance, expected, atol=1e-4)
    assert found.baseline == pytest.approx(-0.75, abs=1e-5)
    assert (found.frequencies, found.fname) == (None, None)
    np.testing.assert_allclose(found.times, [0.5, 1.5, 2.5, 3.5])


def test_too_few_steps_are_named():
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b", "c"], seed=1)
    noise = np.random.default_rng(1).uniform(-1, 1, 16000)
    head = classifier.network.layers[-1]
    head.set_weights([30 * w for w in head.get_weights()])
    with pytest.warns(hearingai.HearingAIWarning, match="more `steps` than 1 are more exact"):
        hearingai.explain(classifier, noise, steps=1)


def test_gradients_are_each_clips_own():
    x = np.arange(6, dtype="float32").reshape(2, 3)
    scores, gradients = scores_and_gradients(lambda t: keras.ops.sum(t**2, axis=1), x)
    np.testing.assert_allclose(scores, [5, 50])
    np.testing.assert_allclose(gradients, 2 * x)
    _, none = scores_and_gradients(lambda t: 0 * t[:, 0] + 1.0, x)
    np.testing.assert_array_equal(none, 0)


OTHER = """
import sys
import hearingai, keras, numpy
assert keras.backend.backend() == sys.argv[1]
folder = sys.argv[2]
classifier = hearingai.load_classifier(folder + "/m.keras")
clip = numpy.load(folder + "/clip.npy")
found = {"embedding": hearingai.embed(classifier, clip).filter(like="emb").to_numpy()}
for method in ("integrated_gradients", "gradcam"):
    done = hearingai.explain(classifier, clip, label="low", method=method, steps=16)
    found[method] = done.relevance
numpy.savez(folder + "/found.npz", **found)
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_explains_alike(backend, listener, burst, tmp_path):
    hearingai.save_classifier(listener, tmp_path / "m.keras")
    clip = burst(1000, 5)
    np.save(tmp_path / "clip.npy", clip)
    python(OTHER, backend, tmp_path, backend=backend)
    here = {"embedding": hearingai.embed(listener, clip).filter(like="emb").to_numpy()}
    for method in ("integrated_gradients", "gradcam"):
        here[method] = hearingai.explain(
            listener, clip, label="low", method=method, steps=16
        ).relevance
    there = np.load(tmp_path / "found.npz")
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, atol=2e-3 * np.abs(values).max())


def test_cells_of_a_map_lie_in_the_middle_of_what_they_see():
    """With weights of one, a cell's gradient is a window around its place."""
    ones = {"kernel_initializer": "ones"}
    chain = [
        keras.layers.ZeroPadding2D(((3, 1), (0, 2))),
        keras.layers.Conv2D(1, 3, strides=2, **ones),
        keras.layers.ReLU(),
        keras.layers.AveragePooling2D((2, 1)),
        keras.layers.Conv2D(1, (3, 2), dilation_rate=2, **ones),
        keras.layers.Conv2D(1, 3, strides=(1, 2), padding="same", **ones),
    ]
    network = keras.Sequential([keras.Input((60, 48, 1)), *chain])
    shape = network.output_shape[1:3]
    found = _centres(chain, (60, 48, 1), shape)
    cell = tuple(n // 2 for n in shape)
    image = np.ones((1, 60, 48, 1), "float32")
    _, seen = scores_and_gradients(lambda x: network(x)[:, cell[0], cell[1], 0], image)
    for axis, places in enumerate(found):
        profile = seen[0, :, :, 0].sum(axis=1 - axis)
        middle = (profile * np.arange(len(profile))).sum() / profile.sum()
        assert places[cell[axis]] == pytest.approx(middle, abs=1e-4)


def test_maps_are_interpolated_between_their_places():
    network = keras.Sequential(
        [
            keras.Input((8, 6, 1)),
            keras.layers.AveragePooling2D(2),
            keras.layers.Conv2D(1, 1, kernel_initializer="ones", activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(1, kernel_initializer="ones"),
        ]
    )
    image = np.tile(np.repeat(np.arange(4.0), 2)[:, None, None], (1, 6, 1)).astype("float32")
    found = grad_cam(network, image, 0 * image, lambda outputs: outputs[:, 0])
    rows = np.interp(np.arange(8), [0.5, 2.5, 4.5, 6.5], np.arange(4)) / 12  # of 12 cells each
    np.testing.assert_allclose(found, np.tile(rows[:, None], (1, 6)), atol=1e-6)


def test_where_frames_and_bins_lie():
    spectrogram = hearingai.LogSpectrogram()
    np.testing.assert_allclose(frame_times(spectrogram, 3, 1), [0.015, 0.025, 0.035])
    np.testing.assert_allclose(bin_frequencies(spectrogram, 257), np.arange(257) * 31.25)
    mel = hearingai.LogMel(sample_rate=8000, n_mels=20, fmin=100, fmax=3500, scale="slaney")
    need("librosa")
    import librosa

    expected = librosa.mel_frequencies(22, fmin=100, fmax=3500)[1:-1]
    np.testing.assert_allclose(bin_frequencies(mel, 20), expected, rtol=1e-6)
    chain = keras.Sequential([mel, hearingai.Scaling()])
    np.testing.assert_allclose(bin_frequencies(chain, 20), expected, rtol=1e-6)
    np.testing.assert_allclose(frame_times(chain, 2, 1), [0.016, 0.026])  # 256 of 8000, centred
    assert bin_frequencies(hearingai.MFCC(), 13) is None
    padded = hearingai.LogMel(sample_rate=8000, padding="zero")
    np.testing.assert_allclose(frame_times(padded, 2, 1), [0, 0.01])
    filled = hearingai.LogMel(sample_rate=8000, padding="fft")  # the window comes first
    np.testing.assert_allclose(frame_times(filled, 2, 1), [0.0125, 0.0225])


def test_a_real_word_is_found_where_it_is_spoken(data_dir):
    """Silence before and after it says nothing; it needs no training."""
    path = sorted((data_dir / "speech_commands" / "yes").glob("*.wav"))[0]
    sound = hearingai.read_audio(path)[0]
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    found = hearingai.explain(classifier, str(path), steps=16)
    assert found.fname == str(path)
    loud = np.convolve(sound**2, np.ones(480), "same")
    level = np.interp(found.times, np.arange(len(sound)) / 16000, loud)
    strength = np.abs(found.relevance).sum(axis=1)
    assert strength[level > np.median(level)].sum() > 0.8 * strength.sum()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": "c"}, "`label` must be one of 'high', 'low'"),
        ({"method": "lime"}, "`method` must be one of"),
        ({"steps": 0}, "`steps`"),
        ({"recording": ["a.wav", "b.wav"]}, "`recording` must be one recording. Received: 2"),
        ({"recording": "nowhere.wav"}, "nowhere.wav: does not exist"),
        ({"method": "gradcam", "layer": "third"}, "`layer` must be one of first, max.*third"),
    ],
)
def test_unfit_input_is_named(listener, burst, options, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.explain(listener, **{"recording": burst(1000, 1)} | options)


@pytest.mark.parametrize("network", ["gru_tagger", "conv1d_tagger", "transformer_tagger"])
def test_gradcam_tells_what_would_do_instead(network):
    setup = hearingai.get_recipe("audio-gate", network=network)
    gate = hearingai.create_classifier(setup, ["a", "b"], seed=1)
    with pytest.raises(HearingAIError, match='method="integrated_gradients" explains every'):
        hearingai.explain(gate, np.ones((1, 10, 128)), method="gradcam")
