import keras
import numpy as np
import pytest
import tensorflow as tf

import hearingai
from hearingai.frontends import frame_sizes, hann


def reference(waveforms, window, stride):
    """TensorFlow's own kernel, which works in float64 inside."""
    power = tf.raw_ops.AudioSpectrogram(
        input=np.transpose(waveforms), window_size=window, stride=stride, magnitude_squared=True
    )
    return np.log(np.abs(power) + 0.01)


def test_one_second_gives_98_frames_of_257_bins():
    image = hearingai.LogSpectrogram()(np.zeros((2, 16000), "float32"))
    assert tuple(image.shape) == (2, 98, 257, 1)
    np.testing.assert_allclose(image, np.log(0.01), rtol=1e-6)


@pytest.mark.parametrize(
    ("window_ms", "stride_ms", "rate", "samples"),
    [(30, 10, 16000, 16000), (25, 10, 16000, 12345), (30, 10, 8000, 8000), (40, 20, 44100, 30000)],
)
def test_equals_the_audio_spectrogram_kernel(window_ms, stride_ms, rate, samples):
    waveforms = np.random.default_rng(0).uniform(-1, 1, (3, samples)).astype("float32")
    front_end = hearingai.LogSpectrogram(window_ms, stride_ms, rate)
    window, stride, _ = frame_sizes(window_ms, stride_ms, rate)
    image = np.asarray(front_end(waveforms))
    np.testing.assert_allclose(image[..., 0], reference(waveforms, window, stride), atol=1e-4)


def test_equals_the_audio_spectrogram_kernel_on_real_clips(data_dir):
    clips = hearingai.speech_commands(data_dir / "speech_commands", words=["yes", "marvin"])
    sound = [hearingai.read_audio(f)[0] for f in clips["fname"][:40]]
    waveforms = np.stack([hearingai.fit_length(s, 16000) for s in sound])
    image = np.asarray(hearingai.LogSpectrogram()(waveforms))
    np.testing.assert_allclose(image[..., 0], reference(waveforms, 480, 160), atol=1e-4)


def test_the_window_is_periodic():
    np.testing.assert_allclose(hann(4), [0, 0.5, 1, 0.5], atol=1e-7)


def test_a_tone_peaks_in_its_bin():
    tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype("float32")
    image = np.asarray(hearingai.LogSpectrogram()(tone[None]))[0, :, :, 0]
    assert set(image.argmax(axis=1)) == {1000 * 512 // 16000}


def test_config_rebuilds_the_layer():
    layer = hearingai.LogSpectrogram(25, 12.5, 22050, offset=1e-3)
    twin = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    waveform = np.random.default_rng(0).normal(size=(1, 9000)).astype("float32")
    np.testing.assert_array_equal(layer(waveform), twin(waveform))


def test_low_precision_does_not_reach_the_front_end():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert hearingai.LogSpectrogram()(np.ones((1, 800), "float32")).dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"window_size_ms": 0}, "window_size_ms"),
        ({"window_stride_ms": -1}, "window_stride_ms"),
        ({"sample_rate": 16000.5}, "sample_rate"),
        ({"offset": float("nan")}, "offset"),
        ({"window_size_ms": 0.05}, "samples"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.LogSpectrogram(**arguments)


def test_wrong_shapes_are_refused():
    front_end = hearingai.LogSpectrogram()
    with pytest.raises(hearingai.HearingAIError, match="shorter than one window"):
        front_end(np.zeros((1, 479), "float32"))
    with pytest.raises(hearingai.HearingAIError, match=r"\(batch, samples\)"):
        front_end(np.zeros((1, 16000, 2), "float32"))
