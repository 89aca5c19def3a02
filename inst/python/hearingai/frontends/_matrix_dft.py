"""The power spectrum by products of matrices: for runtimes without a fast Fourier transform."""

import math
from typing import Any

import numpy as np
from keras import ops


def power_by_products(
    frames: Any, window: np.ndarray, fft_size: int, filters: np.ndarray | None, power: float
) -> Any:
    """Magnitudes of the frames' spectra, or their sums in bands, from matrix products and sums.

    A transform of `n = rows * columns` values is computed as transforms of the columns, one
    twiddle factor per value, and transforms of the rows. The matrices of the columns hold window
    and twiddle factors too, and of the rows, of which two each mirror one another, half are
    computed. For 1024 values that takes some 100,000 products per frame, where one matrix takes
    1,000,000.

    Args:
        frames: Tensor `(n, size)`, float32; `n` may be unknown.
        window: The window's values, an array `(size,)`.
        fft_size: Length of the Fourier transform; frames are padded with zeros up to it.
        filters: Weights of the bands, an array `(fft_size // 2 + 1, bands)`.
        power: 2, or 1 for magnitudes.

    Returns:
        Tensor `(n, fft_size // 2 + 1 or bands)`.

    Source:
        D. H. Bailey, "FFTs in External or Hierarchical Memory", Journal of Supercomputing 4, 1990:
        the four-step transform.
    """
    n_rows = _divisor_near_root(fft_size)
    n_columns, n_half = fft_size // n_rows, n_rows // 2 + 1
    used = -(-len(window) // n_columns)  # rows that are not all zeros
    missing = used * n_columns - len(window)
    if missing:
        frames = ops.pad(frames, ((0, 0), (0, missing)))
    window = np.pad(window, (0, missing)).reshape(used, n_columns)
    n = -1 if frames.shape[0] is None else frames.shape[0]  # LiteRT's converter needs known sizes
    # All moves are of matrices, two axes each: runtimes are slow with more.
    columns = ops.transpose(ops.reshape(frames, (n if n < 0 else n * used, n_columns)))
    columns = ops.matmul(ops.reshape(columns, (n_columns, n, used)), _of_columns(window, n_rows))
    rows = ops.transpose(ops.reshape(columns, (n_columns, n if n < 0 else n * 2 * n_half)))
    rows = ops.reshape(rows, (n if n < 0 else n * n_half, 2 * n_columns))
    squares = ops.square(ops.matmul(rows, _of_rows(n_columns)))
    places = _places(n_rows, n_columns)
    if filters is not None and power == 2:
        spread = np.zeros((n_half * n_columns, filters.shape[1]), "float32")
        spread[places] = filters
        spread = np.repeat(spread.reshape(n_half, 1, -1), 2, axis=1)  # of both kinds of squares
        squares = ops.reshape(squares, (n, 2 * n_half * n_columns))
        return ops.matmul(squares, spread.reshape(squares.shape[1], -1))
    found = ops.sum(ops.reshape(squares, (n if n < 0 else n * n_half, 2, n_columns)), axis=1)
    found = ops.take(ops.reshape(found, (n, n_half * n_columns)), places, axis=1)
    found = found if power == 2 else ops.sqrt(found)
    return found if filters is None else ops.matmul(found, filters)


def _of_columns(window: np.ndarray, n_rows: int) -> np.ndarray:
    """The transform of each column: `(columns, used rows, complex numbers of half the rows)`."""
    used, n_columns = window.shape
    moments = np.arange(window.size).reshape(used, n_columns).T[:, :, None]
    cosines, sines = _waves(moments * np.arange(n_rows // 2 + 1), n_rows * n_columns)
    waves = np.stack([cosines, -sines], axis=3) * window.T[:, :, None, None]
    return waves.reshape(n_columns, used, -1).astype("float32")


def _of_rows(n_columns: int) -> np.ndarray:
    """The transform of a row, real values before imaginary ones."""
    cosines, sines = _waves(np.outer(np.arange(n_columns), np.arange(n_columns)), n_columns)
    return np.block([[cosines, -sines], [sines, cosines]]).astype("float32")


def _places(n_rows: int, n_columns: int) -> np.ndarray:
    """Where each frequency is among those of the lower half of the rows, or its mirror image."""
    frequencies = np.arange(n_rows * n_columns // 2 + 1)
    mirrored = frequencies % n_rows > n_rows // 2
    frequencies = np.where(mirrored, n_rows * n_columns - frequencies, frequencies)
    return frequencies % n_rows * n_columns + frequencies // n_rows


def _waves(turns: np.ndarray, period: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines of `2 pi turns / period`."""
    # Whole periods are removed in integers: large angles lose precision.
    angles = 2 * np.pi / period * (turns % period)
    return np.cos(angles), np.sin(angles)


def _divisor_near_root(n: int) -> int:
    return next(d for d in range(math.isqrt(n), 0, -1) if n % d == 0)
