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


def padded(waveforms: Any, margin: int, mode: str) -> Any:
    """Waveforms `(batch, samples)` with a margin on both sides, `"constant"` or `"reflect"`."""
    if mode == "constant" or not is_portable():
        return ops.pad(waveforms, ((0, 0), (margin, margin)), mode)
    # LiteRT would find the mirror image of every sample anew.
    early, late = np.arange(margin, 0, -1), waveforms.shape[1] - 2 - np.arange(margin)
    sides = [ops.take(waveforms, side, axis=1) for side in (early, late)]
    return ops.concatenate([sides[0], waveforms, sides[1]], axis=1)


def power_spectrum(
    waveforms: Any,
    window: np.ndarray,
    window_stride: int,
    fft_size: int,
    *,
    filters: np.ndarray | None = None,
    power: float = 2.0,
) -> Any:
    """Squared magnitudes of the frames' spectra, or sums of them in bands.

    Args:
        waveforms: Tensor `(batch, samples)`, float32.
        window: The window's values, an array; its length is that of a frame.
        window_stride: Distance from frame to frame, samples.
        fft_size: Length of the Fourier transform; frames are padded with zeros up to it.
        filters: Weights of the bands, an array `(fft_size // 2 + 1, bands)`.
        power: 2, or 1 for magnitudes.

    Returns:
        Tensor `(batch, frames, fft_size // 2 + 1 or bands)`.
    """
    frames = _frames(waveforms, len(window), window_stride)
    count = size_of(frames, 1)
    if is_portable():
        n = -1 if frames.shape[0] is None else frames.shape[0] * count
        frames = ops.reshape(frames, (n, len(window)))
        found = power_by_products(frames, window, fft_size, filters, power)
    else:
        real, imaginary = ops.rfft(frames * window, fft_length=fft_size)
        found = ops.square(real) + ops.square(imaginary)
        found = found if power == 2 else ops.sqrt(found)
        if filters is None:
            return found
        # As one matrix product, which backends compute faster than a batched one.
        found = ops.matmul(ops.reshape(found, (-1, fft_size // 2 + 1)), filters)
    return ops.reshape(found, (-1, count, found.shape[1]))


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


def size_of(tensor: Any, axis: int) -> Any:
    """An axis' size: a number where it is static, else a tensor."""
    return ops.shape(tensor)[axis] if tensor.shape[axis] is None else tensor.shape[axis]
