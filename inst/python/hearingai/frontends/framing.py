"""What all spectral front ends share: frames, windows, sizes and the power spectrum."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import positive
from ._matrix_dft import power_by_products
from .portable import is_portable


def frame_sizes(
    window_size_ms: float, window_stride_ms: float, sample_rate: int
) -> tuple[int, int, int]:
    """Window, stride and FFT size in samples; the FFT size is the next power of two."""
    positive("window_size_ms", window_size_ms, most=1e6)
    positive("window_stride_ms", window_stride_ms, most=1e6)
    window_size = int(round(sample_rate * window_size_ms / 1000, 6))
    window_stride = int(round(sample_rate * window_stride_ms / 1000, 6))
    if window_size < 2 or window_stride < 1:
        raise HearingAIError(
            f"a window of {window_size_ms} ms every {window_stride_ms} ms has fewer than two "
            f"samples, or no stride, at {sample_rate} Hz; use longer ones"
        )
    return window_size, window_stride, next_power_of_two(window_size)


def next_power_of_two(size: int) -> int:
    """The smallest power of two that is at least `size`."""
    return 1 << (size - 1).bit_length()


def n_frames(samples: int, window_size: int, window_stride: int) -> int:
    """Number of whole frames in a signal."""
    if samples < window_size:
        raise HearingAIError(
            f"waveforms of {samples} samples are shorter than one window of {window_size}"
        )
    return 1 + (samples - window_size) // window_stride


def hann(size: int) -> np.ndarray:
    """Periodic Hann window, for spectral analysis (the symmetric one is for filter design)."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype("float32")


def hamming(size: int) -> np.ndarray:
    """Periodic Hamming window: the Hann window on a pedestal of 0.08."""
    return (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(size) / size)).astype("float32")


WINDOWS = {"hann": hann, "hamming": hamming}


def power_spectrum(waveforms: Any, window: np.ndarray, window_stride: int, fft_size: int) -> Any:
    """Squared magnitudes of the frames' spectra.

    Args:
        waveforms: Tensor `(batch, samples)`, float32.
        window: The window's values, an array; its length is that of a frame.
        window_stride: Distance from frame to frame, samples.
        fft_size: Length of the Fourier transform; frames are padded with zeros up to it.

    Returns:
        Tensor `(batch, frames, fft_size // 2 + 1)`.
    """
    frames = _frames(waveforms, len(window), window_stride)
    if is_portable():
        return power_by_products(frames, window, fft_size)
    real, imaginary = ops.rfft(frames * window, fft_length=fft_size)
    return ops.square(real) + ops.square(imaginary)


def _frames(waveforms: Any, size: int, stride: Any) -> Any:
    if keras.backend.backend() != "jax" and not is_portable():
        return ops.extract_sequences(waveforms, size, stride)
    # On JAX Keras frames by a convolution: slow, and inexact in low precision.
    # On TensorFlow the number of frames is dynamic; exported files need a static one.
    unit = math.gcd(size, stride)
    count = n_frames(waveforms.shape[-1], size, stride)
    n_units = waveforms.shape[-1] // unit
    if waveforms.shape[-1] % unit:
        waveforms = waveforms[:, : n_units * unit]
    units = ops.reshape(waveforms, (-1, n_units, unit))
    index = np.arange(count)[:, None] * (stride // unit) + np.arange(size // unit)
    return ops.reshape(ops.take(units, index, axis=1), (-1, count, size))
