"""The power spectrum by products of matrices: for runtimes without a fast Fourier transform."""

import math
from typing import Any

import numpy as np
from keras import ops


def power_by_products(frames: Any, window: np.ndarray, fft_size: int) -> Any:
    """Squared magnitudes of the frames' spectra, from matrix products and sums alone.

    A transform of `n = rows * columns` values is computed as transforms of the columns, one
    twiddle factor per value, and transforms of the rows. For 512 values that takes some 50,000
    products per frame, where one matrix takes 250,000, and the matrices are small enough to be
    stored in a file.

    Args:
        frames: Tensor `(batch, frames, size)`, float32.
        window: The window's values, an array `(size,)`.
        fft_size: Length of the Fourier transform; frames are padded with zeros up to it.

    Returns:
        Tensor `(batch, frames, fft_size // 2 + 1)`.

    Source:
        D. H. Bailey, "FFTs in External or Hierarchical Memory", Journal of Supercomputing 4, 1990:
        the four-step transform.
    """
    count, size = frames.shape[1:]
    n_rows = _divisor_near_root(fft_size)
    n_columns = fft_size // n_rows
    frames = ops.pad(frames * window, ((0, 0), (0, 0), (0, fft_size - size)))
    columns = ops.transpose(ops.reshape(frames, (-1, n_rows, n_columns)), (0, 2, 1))
    real, imaginary = _transform_columns(columns, fft_size)
    rows = ops.transpose(ops.concatenate([real, imaginary], axis=1), (0, 2, 1))
    power = _power_of_rows(rows)
    power = ops.reshape(ops.transpose(power, (0, 2, 1)), (-1, power.shape[1] * power.shape[2]))
    return ops.reshape(power[:, : fft_size // 2 + 1], (-1, count, fft_size // 2 + 1))


def _transform_columns(columns: Any, fft_size: int) -> Any:
    """Transform `(n, columns, rows)` along its last axis and apply the twiddle factors."""
    n_columns, n_rows = columns.shape[1:]
    cosines, sines = _waves(n_rows, n_rows, n_rows)
    flat = ops.reshape(columns, (-1, n_rows))
    shape = (-1, n_columns, n_rows)
    real = ops.reshape(ops.matmul(flat, cosines), shape)
    imaginary = ops.reshape(ops.matmul(flat, -sines), shape)
    cosines, sines = _waves(n_columns, n_rows, fft_size)
    return real * cosines + imaginary * sines, imaginary * cosines - real * sines


def _power_of_rows(rows: Any) -> Any:
    """Transform `(n, rows, real and imaginary columns)`; the squares of the lower half."""
    n_rows, n_columns = rows.shape[1], rows.shape[2] // 2
    cosines, sines = _waves(n_columns, n_columns // 2 + 1, n_columns)
    flat = ops.reshape(rows, (-1, 2 * n_columns))
    real = ops.matmul(flat, np.concatenate([cosines, sines]))
    imaginary = ops.matmul(flat, np.concatenate([-sines, cosines]))
    power = ops.square(real) + ops.square(imaginary)
    return ops.reshape(power, (-1, n_rows, n_columns // 2 + 1))


def _waves(rows: Any, columns: Any, period: Any) -> Any:
    """Cosines and sines of `2 pi row column / period`, each `(rows, columns)`, float32."""
    # Whole periods are removed in integers: large angles lose precision.
    angles = 2 * np.pi / period * (np.outer(np.arange(rows), np.arange(columns)) % period)
    return np.cos(angles).astype("float32"), np.sin(angles).astype("float32")


def _divisor_near_root(n: int) -> int:
    return next(d for d in range(math.isqrt(n), 0, -1) if n % d == 0)
