"""Decoded clips for training: rows of one array, in memory or on disk."""

from __future__ import annotations

import mmap
import os
from copy import copy
from io import FileIO
from typing import Any

import numpy as np

from .digests import digests

_HELD = 2**27  # bytes of a mapped file that are read before its pages are released


class PackedClips:
    """Clips in one array: int16 waveforms, uint8 embeddings, or float32 embeddings of a body.

    Args:
        samples: The array, one row a clip; it may be mapped from a file.
        rows: The rows to use, in this order; `None` takes all.
        shifts: Samples by which the sound of each clip is delayed from that in `samples`; `None`
            delays none.
        hashes: The `digests` of each clip, where known.
    """

    def __init__(
        self,
        samples: np.ndarray,
        rows: np.ndarray | None = None,
        shifts: np.ndarray | None = None,
        hashes: list[str] | None = None,
    ) -> None:
        self._samples, self._file = samples, _opened(samples)
        self.rows = np.arange(len(samples)) if rows is None else np.asarray(rows, dtype=int)
        self._shifts, self._hashes, self._read = shifts, hashes, 0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dtype(self) -> np.dtype:
        """NumPy type of the values."""
        return self._samples.dtype

    def __getitem__(self, index: Any) -> np.ndarray:
        """A copy of the clips at some positions."""
        clips = self._rows(self.rows[index])
        if self._shifts is None:
            return clips
        for clip, shift in zip(clips, self._shifts[index], strict=True):
            clip[:] = np.roll(clip, shift, axis=-1)
        return clips

    def _rows(self, rows: Any) -> np.ndarray:
        if self._file is not None:
            clips = np.empty((len(rows), *self._samples.shape[1:]), self._samples.dtype)
            for clip, row in zip(clips, rows, strict=True):
                os.preadv(self._file.fileno(), [clip], int(row) * clip.nbytes)
            return clips
        clips = np.asarray(self._samples)[rows]
        self._read += clips.nbytes
        if self._read > _HELD:
            self._read = 0
            release(self._samples)
        return clips

    def digests(self) -> list[str]:
        """A short hash of each clip's sound."""
        if self._hashes is None:
            self._hashes = digests(self[[i]][0] for i in range(len(self)))
        return self._hashes

    def select(self, rows: Any, shifts: np.ndarray | None = None) -> PackedClips:
        """A subset of the clips, each with a new shift where `shifts` are given."""
        chosen = copy(self)
        chosen.rows, chosen._shifts = self.rows[rows], shifts
        if self._hashes is not None:
            chosen._hashes = [self._hashes[row] for row in rows]
        return chosen


def _opened(samples: np.ndarray) -> FileIO | None:
    """The file of a mapped array: reading through the map may load megabytes around a clip."""
    path = getattr(samples, "filename", None)
    return open(path, "rb", buffering=0) if path and hasattr(os, "preadv") else None


def release(samples: np.ndarray) -> None:
    """Release the pages of a mapped file; the system reads them again when needed."""
    mapped = getattr(samples, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
