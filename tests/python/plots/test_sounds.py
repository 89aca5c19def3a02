"""Panels show what a front end hears: the right values at the right time and frequency."""

import numpy as np
import pytest
from scipy.signal import stft

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.plots import plot_data as flat
from hearingai.plots.augmented import augmented_numbers
from hearingai.plots.panels import band_numbers, panel_numbers

TONES = hearingai.two_tone(duration=0.5)


def test_the_waveform_is_drawn_against_seconds():
    wave, *_ = panel_numbers(TONES, 22050)
    np.testing.assert_array_equal(wave.amplitude, TONES)
    np.testing.assert_allclose(wave.time, np.arange(len(TONES)) / 22050)


def test_the_spectrogram_is_that_of_scipy_in_decibels_below_its_loudest():
    noisy = TONES + np.random.default_rng(0).normal(0, 0.01, len(TONES)).astype("float32")
    _, image, _ = panel_numbers(noisy, 22050)
    window = np.hamming(1169)[:-1]
    _, _, reference = stft(noisy, window=window, nperseg=1168, noverlap=584, boundary=None)
    expected = 20 * np.log10(np.abs(reference[:, : len(image.values)]).T)
    np.testing.assert_allclose(image.values, expected - expected.max(), atol=1e-2)
    assert (image.low, image.high, image.unit) == (-80, 0, "dB relative to the loudest")


def test_log_mel_is_the_front_ends_in_decibels():
    layer = hearingai.LogMel(sample_rate=22050, n_mels=40, fft_size=1024)
    _, _, image = panel_numbers(TONES, 22050, layer)
    seen = np.asarray(layer(TONES[None]))[0, :, :, 0]
    expected = 10 * np.log10(np.exp(seen.astype("float64")))  # of a power
    np.testing.assert_allclose(image.values, expected - expected.max(), atol=1e-4)
    decibel = hearingai.LogMel(sample_rate=22050, n_mels=40, fft_size=1024, log="decibel")
    _, _, same = panel_numbers(TONES, 22050, decibel)
    inside = expected - expected.max() > -60  # above the offset of one, the floor of the other
    np.testing.assert_allclose(image.values[inside], same.values[inside], atol=0.2)


def test_both_tones_lie_where_both_axes_say():
    _, spectrum, mel = panel_numbers(TONES, 22050, tones=2)
    for image in (spectrum, mel):
        assert [text for _, text in image.marks] == ["440 Hz", "2000 Hz"]
        height = (image.axis.high - image.axis.low) / image.values.shape[1]
        for place, _ in image.marks:
            row = int((place - image.axis.low) / height)
            around = image.values.mean(axis=0)[max(row - 3, 0) : row + 4]
            assert around.max() > -8  # a tone is found in the rows that its mark points to
            assert abs(int(np.argmax(around)) - 3) <= 1
    assert (2.0, "2") in spectrum.axis.ticks
    ticks = {text: place for place, text in mel.axis.ticks}
    loud = mel.values.mean(axis=0)
    upper = int(np.argmax(np.where(np.arange(150) > 75, loud, -np.inf)))
    assert abs(ticks["2"] - upper) <= 1


def test_marks_that_would_touch_share_a_text():
    close = hearingai.two_tone((1000, 1020, 4000))
    _, spectrum, _ = panel_numbers(close, 22050, tones=3)
    assert [text for _, text in spectrum.marks] == ["", "1000, 1020 Hz", "4000 Hz"]


@pytest.mark.parametrize("padding", ["none", "fft", "zero", "reflect"])
def test_a_click_is_drawn_at_its_time(padding):
    click = np.zeros(8000, "float32")
    click[5000] = 1
    layer = hearingai.LogMel(sample_rate=8000, n_mels=20, padding=padding)
    for image in panel_numbers(click, 8000, layer)[1:]:
        step = (image.end - image.start) / len(image.values)
        loudest = image.start + step * (np.argmax(image.values.max(axis=1)) + 0.5)
        assert loudest == pytest.approx(5000 / 8000, abs=step)


def test_front_ends_of_other_kinds():
    waveform = hearingai.two_tone((300, 2000), sample_rate=16000)
    *_, log = panel_numbers(waveform, 16000, hearingai.LogSpectrogram())
    assert (log.axis.label, log.unit) == ("frequency (kHz)", "dB relative to the loudest")
    *_, mfcc = panel_numbers(waveform, 16000, hearingai.MFCC(n_mfcc=13))
    assert (mfcc.axis.label, mfcc.unit) == ("coefficient", "value")
    assert (mfcc.low, mfcc.high) == (mfcc.values.min(), mfcc.values.max())
    assert mfcc.marks == []
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    *_, own = panel_numbers(waveform, 16000, classifier)
    assert own.values.shape[0] == classifier.frontend.compute_output_shape((1, 16000))[1]
    figure = hearingai.plot_panels(waveform, 16000, frontend=hearingai.MFCC())
    assert [ax.get_ylabel() for ax in figure.axes[-2:]] == ["dB relative to the loudest", "value"]


def test_a_waveform_is_brought_to_the_rate_of_the_front_end():
    wave, *_ = panel_numbers(TONES, 22050, hearingai.LogMel(sample_rate=16000))
    assert len(wave.time) == 8000
    stereo = np.stack([TONES, np.zeros_like(TONES)])
    np.testing.assert_allclose(panel_numbers(stereo, 22050)[0].amplitude, TONES / 2)


def test_a_long_recording_is_drawn_by_the_loudest_of_each_stretch():
    waveform = np.zeros(8000 * 120, "float32")
    waveform[8000 * 100] = 1
    _, spectrum, mel = panel_numbers(waveform, 8000, hearingai.LogMel(sample_rate=8000, n_mels=20))
    for image in (spectrum, mel):
        frames = len(image.values)
        assert 700 < frames <= 1500
        assert image.values.max() == pytest.approx(0, abs=1e-4)
        at = image.start + (np.argmax(image.values.max(axis=1)) + 0.5) * 120 / frames
        assert at == pytest.approx(100, abs=0.2)


def test_a_recording_of_a_dog_is_drawn_from_its_file(data_dir):
    path = sorted((data_dir / "esc10").glob("001*/*.ogg"))[0]
    figure = hearingai.plot_panels(path, tones=2, title="a dog")
    assert figure.get_suptitle() == "a dog"
    wave, spectrum, mel = figure.axes[:3]
    assert [ax.get_title() for ax in (wave, spectrum, mel)] == [
        "waveform",
        "FFT spectrogram",
        "log-mel, 150 bands",
    ]
    assert wave.get_xlim() == pytest.approx((0, 5), abs=0.01)
    assert mel.get_ylabel() == "frequency (kHz, mel scale)"
    assert figure.axes[3].get_ylabel() == "dB relative to the loudest"


def test_bands_tell_how_many_are_empty_without_a_warning(recwarn):
    figure = hearingai.plot_bands()
    titles = [ax.get_title() for ax in figure.axes[:3]]
    with pytest.warns(HearingAIWarning):
        filters = hearingai.mel_filters(22050, 1168, 1000, fmax=8000)
    empty = int((filters.sum(axis=0) == 0).sum())
    assert titles == ["10 bands, 0 empty", "150 bands, 0 empty", f"1000 bands, {empty} empty"]
    assert empty > 300
    assert not [w for w in recwarn.list if issubclass(w.category, HearingAIWarning)]


def test_bands_take_a_sound_and_a_front_end():
    layer = hearingai.LogMel(sample_rate=8000, fmax=3000)
    (image,) = band_numbers(20, 8000, hearingai.two_tone((500, 1500), sample_rate=8000), layer)
    assert image.values.shape == (np.asarray(layer(np.zeros((1, 8000)))).shape[1], 20)
    assert max(place for place, _ in image.axis.ticks) < 20
    assert [text for _, text in image.axis.ticks][-1] == "2"


def test_augmentations_act_alone_and_always():
    sound = np.zeros(22050, "float32")
    sound[:4000] = TONES[:4000]
    quiet = hearingai.Gain((-20, -20), probability=0)
    shift = hearingai.TimeShift(0.4)
    original, gain, shifted, masked = augmented_numbers(
        sound, [quiet, shift, "spec_augment"], 22050, seed=1
    )
    loud = original.values > -40
    np.testing.assert_allclose(gain.values[loud], original.values[loud] - 20, atol=0.1)
    assert shifted.values[loud].mean() < original.values[loud].mean() - 5
    changed = masked.values != original.values
    assert 0 < changed.sum() < changed.size
    assert len({(p.low, p.high, p.unit) for p in (original, gain, shifted, masked)}) == 1


def test_a_seed_decides_the_picture_and_leaves_the_layers_as_they_were():
    layer = hearingai.TimeShift(0.4, seed=5)
    before = np.asarray(layer.seed_generator.state)
    first, again, other = (augmented_numbers(TONES, layer, 22050, seed=s)[1] for s in (3, 3, 4))
    np.testing.assert_array_equal(first.values, again.values)
    assert (first.values != other.values).any()
    np.testing.assert_array_equal(np.asarray(layer.seed_generator.state), before)


def test_tables_for_another_face_hold_what_is_drawn():
    numbers = flat.panels(TONES, 22050, tones=2)
    wave, spectrum, mel = panel_numbers(TONES, 22050, tones=2)
    assert numbers["panels"][2] == "log-mel, 150 bands\nfrequency (kHz, mel scale)"
    cells = numbers["images"][1]["cells"]
    assert numbers["images"][1]["panel"] == 3
    np.testing.assert_allclose(
        cells["value"].to_numpy().reshape(mel.values.shape), np.clip(mel.values, -80, 0)
    )
    assert cells["place"].between(6, 7).all()
    assert cells["time"].iloc[0] == pytest.approx(
        mel.start + (mel.end - mel.start) / len(mel.values) / 2
    )
    ticks = numbers["ticks"].set_index("place")["label"]
    assert ticks.loc[7.0] == "8"
    for place, label in ticks[(ticks.index >= 3) & (ticks.index <= 4)].items():
        height = spectrum.axis.high - spectrum.axis.low
        assert spectrum.axis.low + (place - 3) * height == pytest.approx(float(label))
    top = np.abs(wave.amplitude).max() * 1.05
    drawn = (numbers["waves"]["place"] * 2 - 1) * top
    np.testing.assert_allclose(drawn, wave.amplitude, atol=1e-6)
    assert numbers["marks"]["label"].tolist() == ["440 Hz", "2000 Hz"] * 2
    assert flat.panels(TONES, 22050, hearingai.MFCC(22050))["unit"] == ""


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: hearingai.plot_panels(TONES), "`sample_rate` must be given with a waveform"),
        (lambda: hearingai.plot_panels(np.zeros((2, 3, 4)), 8000), r"`sound` .*\(2, 3, 4\)"),
        (lambda: hearingai.plot_panels(TONES * np.nan, 8000), "`sound` must be finite"),
        (lambda: hearingai.plot_panels("no.wav"), "no.wav"),
        (lambda: hearingai.plot_panels(TONES, 200), "`sample_rate` must be 225 Hz or more"),
        (lambda: hearingai.plot_panels(TONES[:99], 22050), "99 samples"),
        (lambda: hearingai.plot_panels(np.zeros(10**6), 500), "`sound` must be 30 minutes or less"),
        (lambda: hearingai.plot_panels(TONES, 22050, tones=0), "`n` must be a positive whole"),
        (lambda: hearingai.plot_bands(0), "`n_mels` must be a positive whole number"),
        (lambda: hearingai.plot_bands(frontend=hearingai.MFCC()), "`frontend` must be a LogMel"),
        (
            lambda: hearingai.plot_augmented(TONES, [], sample_rate=22050),
            "`augment` must name at least one",
        ),
        (
            lambda: hearingai.plot_augmented(TONES, "mixup", sample_rate=22050),
            "`augment` .*Mixup mixes",
        ),
        (
            lambda: hearingai.plot_augmented(TONES, "embedding_jitter", sample_rate=22050),
            "changes embeddings",
        ),
        (lambda: hearingai.plot_augmented(TONES, "gain", sample_rate=22050, seed=-1), "`seed`"),
    ],
)
def test_unfit_input_is_named(draw, message):
    with pytest.raises(HearingAIError, match=message):
        draw()


def test_a_classifier_of_embeddings_has_no_front_end_to_draw():
    gate = hearingai.create_classifier("audio-gate", ["a", "b"], seed=1)
    with pytest.raises(HearingAIError, match="without a front end"):
        hearingai.plot_panels(TONES, 22050, frontend=gate)
