"""Mel filters; the shapes, padding, channels and arguments of LogMel and MFCC."""

import warnings

import keras
import librosa
import numpy as np
import pytest
import tensorflow as tf

import hearingai
from front_ends import HEARING_AI, SOUND_CLASSIFICATION
from hearingai.frontends import empty_bands, hamming
from sounds import noise


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
    filters = hearingai.mel_filters(
        rate, fft_size, n_mels, fmin=fmin, fmax=fmax, scale=scale, norm=norm
    )
    assert filters.shape == (fft_size // 2 + 1, n_mels)
    assert filters.dtype == "float32"
    np.testing.assert_allclose(filters, expected.T, atol=1e-6)


@pytest.mark.parametrize(
    ("rate", "fft_size", "n_mels", "fmin", "fmax"),
    [(16000, 512, 64, 125, 7500), (16000, 512, 40, 0, 8000), (44100, 1024, 64, 20, 20000)],
)
@pytest.mark.filterwarnings("ignore")
def test_slopes_along_the_mel_scale_are_tensorflows(rate, fft_size, n_mels, fmin, fmax):
    expected = tf.signal.linear_to_mel_weight_matrix(
        n_mels, fft_size // 2 + 1, rate, fmin, fmax, dtype=tf.float64
    )
    filters = hearingai.mel_filters(
        rate, fft_size, n_mels, fmin=fmin, fmax=fmax, scale="htk", norm=None, slopes="mel"
    )
    np.testing.assert_allclose(filters, expected, atol=1e-6)


def test_slopes_along_slaneys_scale_are_straight_there():
    filters = hearingai.mel_filters(16000, 4096, 2, fmin=500, norm=None, slopes="mel")
    hz = np.arange(2049) * 16000 / 4096
    mel = np.where(
        hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1) / 1000) * 27 / np.log(6.4)
    )
    ends = np.linspace(7.5, mel[-1], 4)
    for i in range(2):
        expected = np.interp(mel, ends[i : i + 3], [0, 1, 0])
        np.testing.assert_allclose(filters[:, i], expected, atol=1e-6)


def test_a_small_filter_bank_by_hand():
    # Corners at 0, 100, 200 and 300 Hz, bins every 50 Hz.
    filters = hearingai.mel_filters(800, 16, 2, fmax=300, norm=None)
    np.testing.assert_allclose(filters[:7, 0], [0, 0.5, 1, 0.5, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(filters[:7, 1], [0, 0, 0, 0.5, 1, 0.5, 0], atol=1e-6)


@pytest.mark.parametrize("n_mels", [10, 150])
def test_bands_that_hold_bins_bring_no_warning(n_mels):
    with warnings.catch_warnings():
        warnings.simplefilter("error", hearingai.HearingAIWarning)
        filters = hearingai.mel_filters(22050, 1168, n_mels, fmax=8000)
    assert empty_bands(filters) == 0


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
        ({"padding": "fft"}, 15600, None, (96, 64, 1)),
        ({"padding": "fft"}, 400, 2, (1, 64, 2)),
    ],
)
def test_shapes_of_the_published_and_other_set_ups(setup, samples, channels, shape):
    layer = hearingai.LogMel(**setup)
    size = (2, samples) if channels is None else (2, channels, samples)
    assert layer.compute_output_shape((None, *size[1:])) == (None, *shape)
    assert tuple(layer(noise(*size)).shape) == (2, *shape)


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
        ({"slopes": "linear"}, "slopes"),
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
        ("fft", (1, 399), "399 samples are shorter than one window of 400"),
        ("reflect", (1, 256), "256 samples are too short.*257"),
        ("zero", (1, 0), "0 samples are too short"),
        ("none", (16000,), r"\(batch, samples\)"),
        ("none", (1, 1, 1, 16000), r"\(batch, channels, samples\)"),
    ],
)
def test_wrong_shapes_are_refused(padding, shape, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.LogMel(padding=padding)(np.zeros(shape, "float32"))


def test_a_filter_bank_has_a_largest_size():
    with pytest.raises(hearingai.HearingAIError, match="`n_mels` and `fft_size` must make at most"):
        hearingai.mel_filters(16000, 2**20, 2**20)
