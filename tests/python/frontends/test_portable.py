"""Front ends for exported files: the same images from plain arithmetic."""

import keras
import numpy as np
import pytest

import hearingai
from hearingai.frontends.framing import hann, power_spectrum
from hearingai.frontends.portable import is_portable, portable

RNG = np.random.default_rng(0)
SOUND = (RNG.normal(0, 0.1, (20, 4000)) * np.logspace(0, -4, 20)[:, None]).astype("float32")


def image(layer, waveforms):
    return keras.ops.convert_to_numpy(layer(waveforms))


@pytest.mark.parametrize(
    ("size", "stride", "fft_size"),
    [(480, 160, 512), (1024, 512, 1024), (551, 220, 1024), (1168, 584, 1168), (101, 50, 101)]
    + [(9, 4, 9), (2, 1, 2), (3, 3, 4)],
)
def test_the_products_are_the_fourier_transform(size, stride, fft_size):
    """Against NumPy's transform in double precision, for powers of two, odd sizes and primes."""
    with portable():
        found = np.asarray(power_spectrum(SOUND[:3], hann(size), stride, fft_size))
    frames = np.lib.stride_tricks.sliding_window_view(SOUND[:3].astype("float64"), size, axis=1)
    expected = np.abs(np.fft.rfft(frames[:, ::stride] * hann(size), fft_size)) ** 2
    assert found.shape == expected.shape
    loudest = expected.max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(found / loudest, expected / loudest, atol=2e-6)


@pytest.mark.parametrize(
    "layer",
    [
        hearingai.LogSpectrogram(),
        hearingai.LogMel(n_mels=40),
        hearingai.LogMel(n_mels=40, log="decibel", padding="reflect", frames=40, power=1),
        hearingai.LogMel(n_mels=40, padding="fft", slopes="mel", power=1, offset=0.01),
        hearingai.LogMel(n_mels=40, padding="zero", frames=20, window="hamming"),
        hearingai.MFCC(n_mfcc=13, n_mels=40, lifter=22),
    ],
)
def test_the_images_are_the_same(layer):
    usual = image(layer, SOUND)
    with portable():
        np.testing.assert_allclose(image(layer, SOUND), usual, atol=2e-3)
    np.testing.assert_array_equal(image(layer, SOUND), usual)  # as if nothing had been


def test_several_channels_stay_apart():
    layer = hearingai.LogMel(n_mels=20, log="decibel")
    stereo = np.stack([SOUND, SOUND[::-1]], axis=1)
    with portable():
        found = image(layer, stereo)
    np.testing.assert_allclose(found, image(layer, stereo), atol=2e-3)


def test_no_transform_and_no_loop_is_left(tf):
    layer = hearingai.LogMel(n_mels=20, frames=30)
    function = tf.function(layer, input_signature=[tf.TensorSpec((None, 4000), tf.float32)])
    with portable():
        graph = function.get_concrete_function().graph
    kinds = {node.op for node in graph.as_graph_def().node}
    assert not {kind for kind in kinds if "FFT" in kind or "While" in kind}
    assert "MatMul" in kinds


def test_it_lasts_as_long_as_it_is_asked_for():
    assert not is_portable()
    with pytest.raises(ZeroDivisionError), portable():
        assert is_portable()
        raise ZeroDivisionError
    assert not is_portable()
