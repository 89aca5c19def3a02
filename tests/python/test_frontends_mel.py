"""Mel filters, LogMel and MFCC against librosa, and the published set-ups."""

import keras
import librosa
import numpy as np
import pytest

import hearingai
from hearingai.frontends import empty_bands, hamming

HEARING_AI = {
    "sample_rate": 22050,
    "window_size": 1168,
    "window_stride": 584,
    "fft_size": 1168,
    "window": "hamming",
    "n_mels": 150,
    "scale": "slaney",
    "norm": "slaney",
    "fmax": 8000,
    "power": 1,
    "frames": 150,
}
SOUND_CLASSIFICATION = {
    "sample_rate": 44100,
    "window_size": 1024,
    "window_stride": 512,
    "n_mels": 64,
    "log": "decibel",
    "padding": "reflect",
    "frames": 344,
}
SETUPS = {
    "defaults": {},
    "magnitude": {"power": 1, "n_mels": 40, "scale": "slaney", "norm": "slaney"},
    "zero": {"padding": "zero", "fmin": 50, "fmax": 7000},
    "reflect": {"padding": "reflect", "window": "hamming", "fft_size": 1024},
    "odd": {"window_size": 401, "window_stride": 133, "fft_size": 777, "padding": "zero"},
    "odd, unpadded": {"window_size": 400, "window_stride": 160, "fft_size": 601},
    "hearing-ai": HEARING_AI | {"frames": None},
}


@pytest.fixture(scope="module")
def speech(data_dir):
    clips = hearingai.speech_commands(data_dir / "speech_commands", words=["yes", "marvin"])
    sound = [hearingai.read_audio(f)[0] for f in clips["fname"][:24]]
    return np.stack([hearingai.fit_length(s, 16000) for s in sound])


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


def reference(waveforms, layer):
    """librosa's mel spectrograms in float64, `(..., frames, n_mels)`."""
    mel = librosa.feature.melspectrogram(
        y=waveforms.astype("float64"),
        sr=layer.sample_rate,
        n_fft=layer.fft_size,
        hop_length=layer.window_stride,
        win_length=layer.window_size,
        window=layer.window,
        center=layer.padding != "none",
        pad_mode="reflect" if layer.padding == "reflect" else "constant",
        power=layer.power,
        n_mels=layer.n_mels,
        fmin=layer.fmin,
        fmax=layer.fmax,
        htk=layer.scale == "htk",
        norm=layer.norm,
        dtype=np.float64,
    )
    return np.swapaxes(mel, -1, -2)


@pytest.mark.parametrize("norm", ["slaney", None])
@pytest.mark.parametrize("scale", ["slaney", "htk"])
@pytest.mark.parametrize(
    ("rate", "fft_size", "n_mels", "fmin", "fmax"),
    [
        (16000, 512, 40, 0, None),
        (22050, 1168, 150, 0, 8000),
        (44100, 1024, 64, 20, 20000),
        (8000, 401, 23, 1200, 3999.5),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_mel_filters_equal_librosas(rate, fft_size, n_mels, fmin, fmax, scale, norm):
    expected = librosa.filters.mel(
        sr=rate,
        n_fft=fft_size,
        n_mels=n_mels,
        fmin=fmin,
        fmax=fmax,
        htk=scale == "htk",
        norm=norm,
        dtype=np.float64,
    )
    filters = hearingai.mel_filters(rate, fft_size, n_mels, fmin, fmax, scale, norm)
    assert filters.shape == (fft_size // 2 + 1, n_mels)
    assert filters.dtype == "float32"
    np.testing.assert_allclose(filters, expected.T, atol=1e-6)


def test_a_small_filter_bank_by_hand():
    # Corners at 0, 100, 200 and 300 Hz, bins every 50 Hz.
    filters = hearingai.mel_filters(800, 16, 2, fmax=300, norm=None)
    np.testing.assert_allclose(filters[:7, 0], [0, 0.5, 1, 0.5, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(filters[:7, 1], [0, 0, 0, 0.5, 1, 0.5, 0], atol=1e-6)


@pytest.mark.parametrize("n_mels", [10, 150])
def test_bands_that_hold_bins_bring_no_warning(n_mels, recwarn):
    filters = hearingai.mel_filters(22050, 1168, n_mels, fmax=8000)
    assert empty_bands(filters) == 0
    assert not recwarn


@pytest.mark.filterwarnings("ignore:Empty filters")
def test_too_many_bands_bring_a_warning_with_their_number():
    expected = librosa.filters.mel(sr=22050, n_fft=1168, n_mels=1000, fmax=8000)
    n = int((expected.max(axis=1) == 0).sum())
    assert n > 300
    with pytest.warns(hearingai.HearingAIWarning, match=f"{n} of 1000 .* fewer bands"):
        filters = hearingai.mel_filters(22050, 1168, 1000, fmax=8000)
    assert empty_bands(filters) == n
    with pytest.warns(hearingai.HearingAIWarning, match=f"{n} of 1000"):
        hearingai.LogMel(**HEARING_AI | {"n_mels": 1000})


@pytest.mark.parametrize(
    ("setup", "samples", "channels", "shape"),
    [
        (HEARING_AI, 88200, None, (150, 150, 1)),
        (HEARING_AI, 20000, None, (150, 150, 1)),
        (SOUND_CLASSIFICATION, 176400, 2, (344, 64, 2)),
        ({}, 16000, None, (97, 64, 1)),
        ({"padding": "zero"}, 16000, 3, (101, 64, 3)),
        ({"padding": "zero"}, 1, None, (1, 64, 1)),
    ],
)
def test_shapes_of_the_published_and_other_set_ups(setup, samples, channels, shape):
    layer = hearingai.LogMel(**setup)
    size = (2, samples) if channels is None else (2, channels, samples)
    assert layer.compute_output_shape((None, *size[1:])) == (None, *shape)
    assert tuple(layer(noise(*size)).shape) == (2, *shape)


@pytest.mark.parametrize("setup", SETUPS)
def test_noise_gives_librosas_values(setup):
    layer = hearingai.LogMel(**SETUPS[setup])
    waveforms = noise(3, 9001)
    image = np.asarray(layer(waveforms))[..., 0]
    np.testing.assert_allclose(image, np.log(reference(waveforms, layer) + 1e-8), atol=1e-4)


@pytest.mark.parametrize("setup", SETUPS)
def test_speech_gives_librosas_values(setup, speech):
    layer = hearingai.LogMel(**SETUPS[setup])
    image = np.asarray(layer(speech))[..., 0]
    mel = reference(speech, layer)
    error = np.abs(image - np.log(mel + 1e-8))
    # A Fourier transform in single precision errs by 2e-7 of the loudest bin, so that bands far
    # below it are known less well.
    quiet = mel < mel.max(axis=2, keepdims=True) * 10 ** (-5 * layer.power / 2)
    assert quiet.mean() < 0.2
    assert error[~quiet].max() < 1e-4
    assert error.max() < 5e-3


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("floor_db", [80.0, 20.0, None])
def test_decibels_are_librosas_of_each_clip(power, floor_db):
    layer = hearingai.LogMel(log="decibel", floor_db=floor_db, power=power, padding="reflect")
    loudness = np.array([[1.0, 1e-3], [1e-4, 1e-6], [0.0, 0.0]], "float32")[..., None]
    waveforms = noise(3, 2, 8000) * loudness * np.geomspace(1, 1e-3, 8000, dtype="float32")
    image = np.asarray(layer(waveforms))
    convert = librosa.power_to_db if power == 2 else librosa.amplitude_to_db
    for clip, channels in zip(image, waveforms, strict=True):
        expected = convert(reference(channels, layer), ref=1.0, top_db=floor_db)
        np.testing.assert_allclose(clip, np.moveaxis(expected, 0, -1), atol=1e-4)


def test_a_quiet_clip_is_the_same_beside_a_loud_one():
    layer = hearingai.LogMel(log="decibel")
    waveforms = noise(2, 8000) * np.array([[1e-5], [1]], "float32")
    alone, together = np.asarray(layer(waveforms[:1])), np.asarray(layer(waveforms))
    np.testing.assert_allclose(together[0], alone[0], atol=1e-4)
    assert together[0].max() < together[1].min()


def test_frames_are_padded_with_silence_or_cut():
    short, long = noise(2, 10000), noise(2, 88200)
    layer = hearingai.LogMel(**HEARING_AI)
    whole = hearingai.LogMel(**HEARING_AI | {"frames": None})
    n = 1 + (10000 - 1168) // 584
    image = np.asarray(layer(short))
    np.testing.assert_array_equal(image[:, :n], whole(short))
    np.testing.assert_allclose(image[:, n:], np.log(1e-8), rtol=1e-6)
    cut = hearingai.LogMel(**HEARING_AI | {"frames": 100})
    np.testing.assert_array_equal(cut(long), np.asarray(whole(long))[:, :100])


def test_decibel_images_are_padded_with_the_clips_minimum():
    layer = hearingai.LogMel(log="decibel", frames=60)
    image = np.asarray(layer(noise(2, 2, 8000) * np.array([1, 0.1], "float32")[:, None, None]))
    n = 1 + (8000 - 512) // 160
    for clip in image:
        assert (clip[n:] == clip[:n].min()).all()
    assert image[0].min() != image[1].min()


def test_channels_are_images_of_their_own():
    layer = hearingai.LogMel()
    waveforms = noise(2, 3, 4000)
    image = np.asarray(layer(waveforms))
    for i in range(3):
        one = np.asarray(layer(waveforms[:, i]))[..., 0]
        np.testing.assert_allclose(image[..., i], one, atol=1e-5)


def test_samples_replace_milliseconds():
    waveforms = noise(1, 8000)
    given = hearingai.LogMel(window_size=320, window_stride=80)
    assert (given.window_size_ms, given.window_stride_ms, given.fft_size) == (20, 5, 512)
    same = hearingai.LogMel(window_size_ms=20, window_stride_ms=5)
    np.testing.assert_array_equal(given(waveforms), same(waveforms))


def test_the_hamming_window_is_periodic():
    np.testing.assert_allclose(hamming(4), [0.08, 0.54, 1, 0.54], atol=1e-7)


@pytest.mark.parametrize("lifter", [0, 22])
@pytest.mark.parametrize("log", ["decibel", "natural"])
def test_mfccs_are_librosas(log, lifter, speech):
    options = {"n_mels": 40, "log": log, "padding": "reflect"}
    layer = hearingai.MFCC(16000, n_mfcc=20, lifter=lifter, **options)
    waveforms = np.stack([noise(16000), speech[0]])[:, None].repeat(2, axis=1)
    waveforms[:, 1] *= 0.5
    image = np.asarray(layer(waveforms))
    assert image.shape == (2, 101, 20, 2)
    assert layer.compute_output_shape((2, 2, 16000)) == image.shape
    logs = np.asarray(hearingai.LogMel(16000, **options)(waveforms)).astype("float64")
    for i in np.ndindex(2, 2):
        expected = librosa.feature.mfcc(S=logs[i[0], ..., i[1]].T, n_mfcc=20, lifter=lifter)
        np.testing.assert_allclose(image[i[0], ..., i[1]], expected.T, rtol=1e-6, atol=1e-4)


def test_mfccs_of_noise_from_the_waveform():
    layer = hearingai.MFCC(22050, log="decibel", padding="zero", fft_size=2048, window_size=2048)
    waveform = noise(22050)
    mel = reference(waveform, layer).T
    expected = librosa.feature.mfcc(S=librosa.power_to_db(mel, ref=1.0), n_mfcc=13)
    np.testing.assert_allclose(np.asarray(layer(waveform[None]))[0, ..., 0], expected.T, atol=1e-4)


def test_low_precision_does_not_reach_the_image():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        image = hearingai.MFCC()(noise(1, 800))
        assert keras.backend.standardize_dtype(image.dtype) == "float32"
    finally:
        keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sample_rate": 0}, "sample_rate"),
        ({"window_size": 1}, "window_size"),
        ({"window_size": 400.5}, "window_size"),
        ({"window_stride": -1}, "window_stride"),
        ({"window_size_ms": 0.05}, "longer"),
        ({"fft_size": 256}, "fft_size.*400 samples"),
        ({"n_mels": 0}, "n_mels"),
        ({"fmin": -1}, "fmin"),
        ({"fmin": 9000}, "`fmin` must be below `fmax`, 8000 Hz"),
        ({"fmax": 8001}, "fmax.*8000 Hz"),
        ({"scale": "bark"}, "scale"),
        ({"norm": "l2"}, "norm"),
        ({"power": 3}, "power"),
        ({"window": "boxcar"}, "window"),
        ({"padding": "same"}, "padding"),
        ({"log": "log10"}, "log"),
        ({"offset": 0}, "offset"),
        ({"floor_db": -80}, "floor_db"),
        ({"frames": 0}, "frames"),
        ({"n_mfcc": 65}, "n_mfcc.*64"),
        ({"lifter": -1}, "lifter"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.MFCC(**arguments)


@pytest.mark.parametrize(
    ("padding", "shape", "words"),
    [
        ("none", (1, 511), "511 samples are shorter than one window of 512"),
        ("reflect", (1, 256), "256 samples are too short.*257"),
        ("zero", (1, 0), "0 samples are too short"),
        ("none", (16000,), r"\(batch, samples\)"),
        ("none", (1, 1, 1, 16000), r"\(batch, channels, samples\)"),
    ],
)
def test_wrong_shapes_are_refused(padding, shape, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.LogMel(padding=padding)(np.zeros(shape, "float32"))
