"""Waveform and spectrogram of sound in blocks, reduced to the resolution of a screen."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import soxr

from .._typing import ArrayLike

_WINDOW, _STRIDE = Fraction(30, 1000), Fraction(10, 1000)  # seconds
_OFFSET = 0.01  # added to the power, so that silence stays finite
_BANDS = 128
_MOST = 2**14  # most columns stored; beyond that, neighbours are merged
_AT_ONCE = 1024  # columns computed at once
_DEEPEST, _HIGHEST = np.log(0.01), 12.0  # log power of the bytes 0 and 255

Parts: TypeAlias = Sequence[np.ndarray]
"""`(low, high, power)` of columns."""
View: TypeAlias = tuple[float, float, Parts]
"""The start and the length of a column in seconds, and the columns."""


class Columns:
    """Columns of 10 ms of sound in blocks: minimum and maximum of the waveform, and power.

    The sound is mixed to one channel at the classifier's rate, as the classifier's input is. The
    power is what `LogSpectrogram` takes the logarithm of, in 128 bands, its frames in the middle of
    the columns. NumPy computes it, since exported classifiers run without Keras.

    Args:
        sample_rate: Rate of the sound, Hz.
        rate: The classifier's sample rate, Hz.
        at_once: Columns computed at once.

    Attributes:
        step: Length of a column in seconds, a `Fraction`.
        bands: Bands of a column, of equal width from 0 to half the rate.

    Example:
        >>> import numpy
        >>> columns = Columns(16000, 16000)
        >>> [power.shape for _, _, power in columns.feed(numpy.zeros((16000, 2)), last=True)]
        [(100, 128)]
    """

    def __init__(self, sample_rate: int, rate: int, at_once: int = _AT_ONCE) -> None:
        size, self._stride = max(2, int(_WINDOW * rate)), max(1, int(_STRIDE * rate))
        self._fft_size = 1 << (size - 1).bit_length()
        self._hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype("float32")
        self.bands = min(_BANDS, self._fft_size // 2)
        self._reach = size - self._stride  # samples by which a frame is longer than its column
        self.step, self._at_once = Fraction(self._stride, rate), at_once
        self._resampler = None
        if sample_rate != rate:
            self._resampler = soxr.ResampleStream(sample_rate, rate, 1, quality="HQ")
        self._sound, self._begun = np.zeros(self._reach // 2, "float32"), False

    def feed(self, block: np.ndarray, last: bool = False) -> Iterator[Parts]:
        """Process a block of sound.

        Args:
            block: `(samples, channels)`, float in -1...1.
            last: Whether it is the last block; the remaining samples then become a column too.

        Yields:
            `(low, high, power)` of the columns that are complete: arrays `(n,)`, `(n,)` and
            `(n, bands)`.
        """
        sound = np.ascontiguousarray(block).mean(axis=1, dtype="float32")
        if self._resampler is not None:
            sound = self._resampler.resample_chunk(sound, last=last)
        self._sound = np.concatenate([self._sound, sound])
        if last:
            n = -(-(len(self._sound) - self._reach // 2) // self._stride)
            n = max(n, 0 if self._begun else 1)  # a sample or two are a column too
            missing = n * self._stride + self._reach - len(self._sound)
            self._sound = np.pad(self._sound, (0, missing))
        while (n := (len(self._sound) - self._reach) // self._stride) >= self._at_once:
            yield self._columns(self._at_once)
        if last and n > 0:
            yield self._columns(n)

    def _columns(self, n: int) -> Parts:
        length = n * self._stride
        sound = self._sound[: length + self._reach]
        frames = np.lib.stride_tricks.sliding_window_view(sound, len(self._hann))[:: self._stride]
        spectrum = np.fft.rfft(frames * self._hann, self._fft_size)
        power = (np.square(spectrum.real) + np.square(spectrum.imag) + _OFFSET).astype("float32")
        # all bins but the last are a power of two
        power = power[:, :-1].reshape(n, self.bands, -1).mean(axis=2)
        begin = self._reach // 2
        pieces = self._sound[begin : begin + length].reshape(n, self._stride)
        self._sound, self._begun = self._sound[length:], True
        return pieces.min(axis=1), pieces.max(axis=1), power


class Strip:
    """The columns of a recording or a part of it, as fine as memory allows.

    Args:
        columns: The `Columns` that the sound goes through.
        start: Where the part begins, in seconds.
    """

    def __init__(self, columns: Columns, start: float = 0.0) -> None:
        self._columns, self._start, self._each = columns, start, 1
        self._rest: Parts | None = None
        self._kept: Parts = []
        self._n = 0

    def feed(self, block: np.ndarray, last: bool = False) -> None:
        """Process a block of sound, see `Columns`."""
        for new in self._columns.feed(block, last):
            self._add(new)
        if last and self._rest is not None and len(self._rest[0]):
            self._append(grouped(self._rest, self._each))

    @property
    def step(self) -> float:
        """Length of a column, seconds."""
        return float(self._columns.step * self._each)

    @property
    def levels(self) -> list[int]:
        """The bytes between which most of the power lies: the range of the colours."""
        values = power_bytes(self._kept[2][: self._n])
        low, high = np.percentile(values, [5, 99.3])
        return [int(low), max(int(high), int(low) + 20)]

    def view(self, start: float, end: float, most: int) -> View:
        """A section in at most `most` columns.

        Returns:
            `(start, step, columns)`: where it begins and the length of a column, in seconds, and
            `(low, high, power)` as from `Columns`.
        """
        first = min(max(0, int((start - self._start) / self.step)), self._n - 1)
        last = max(first + 1, min(self._n, int(np.ceil((end - self._start) / self.step))))
        size = -(-(last - first) // most)
        columns = grouped([part[first:last] for part in self._kept], size)
        return self._start + first * self.step, size * self.step, columns

    def _add(self, new: Parts) -> None:
        if self._rest is None:
            self._kept = [np.zeros((_MOST, *part.shape[1:]), "float32") for part in new]
        else:
            new = [np.concatenate(pair) for pair in zip(self._rest, new, strict=True)]
        while len(new[0]) >= self._each:
            n = min(len(new[0]) // self._each, _MOST - self._n) * self._each
            self._append(grouped([part[:n] for part in new], self._each))
            new = [part[n:] for part in new]
        self._rest = new

    def _append(self, columns: Parts) -> None:
        n = len(columns[0])
        for kept, column in zip(self._kept, columns, strict=True):
            kept[self._n : self._n + n] = column
        self._n += n
        if self._n == _MOST:
            for kept, column in zip(self._kept, grouped(self._kept, 2), strict=True):
                kept[: len(column)] = column
            self._n, self._each = _MOST // 2, 2 * self._each


def grouped(columns: Parts, size: int) -> Parts:
    """Merge each `size` of the columns `(low, high, power)`; the last may have fewer."""
    if size == 1:
        return columns
    low, high, power = columns
    firsts = np.arange(0, len(low), size)
    counts = np.diff(firsts, append=len(low))[:, None]
    means = np.add.reduceat(power, firsts, dtype="float32") / counts
    return np.minimum.reduceat(low, firsts), np.maximum.reduceat(high, firsts), means


def power_bytes(power: np.ndarray) -> np.ndarray:
    """Power as bytes, even steps of its logarithm."""
    share = (np.log(np.maximum(power, 1e-9)) - _DEEPEST) / (_HIGHEST - _DEEPEST)
    return np.rint(255 * share.clip(0, 1)).astype("uint8")


def thousandths(values: ArrayLike) -> list[int]:
    """Numbers in whole thousandths, for JSON."""
    return np.rint(1000 * np.nan_to_num(np.asarray(values, "float64"))).astype(int).tolist()
