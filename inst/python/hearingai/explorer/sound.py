"""A recording as a wav file in which a browser can seek, made piece by piece."""

import re
import struct
from collections.abc import Iterator
from typing import Literal

import numpy as np

from .._typing import PathLike
from ..audio.blocks import open_blocks
from ..audio.doubts import noted_doubts

_HEAD = 44  # bytes
_PIECE = 2**20  # bytes a response; a browser requests the next
LONGEST = 2**32 - 2**20  # most bytes of a wav
_RANGE = re.compile("bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class Wav:
    """A recording converted to a 16-bit wav of one channel.

    Args:
        path: The recording.
        sample_rate: Hz.
        samples: Samples a channel.

    Attributes:
        size: Bytes.
        playable: Whether it fits into a wav.
    """

    def __init__(self, path: PathLike, sample_rate: int, samples: int) -> None:
        self._path, self._rate, self._samples = path, sample_rate, samples
        self.size = _HEAD + 2 * samples
        self.playable = self.size < LONGEST

    def read(self, first: int, last: int | None = None) -> bytes:
        """Bytes from `first` on, to `last` at most, no more than one response holds."""
        last = self.size - 1 if last is None else min(last, self.size - 1)
        last = min(last, first + _PIECE - 1)
        head = self._head()[first : last + 1]
        begin = max(0, first - _HEAD)
        end = last + 1 - _HEAD
        if end <= begin:
            return head
        sound = self._sound(begin // 2, -(-end // 2))
        return head + sound[begin % 2 :][: end - begin]

    def pieces(self) -> Iterator[bytes]:
        """Yield all of it."""
        at = 0
        while at < self.size:
            piece = self.read(at)
            yield piece
            at += len(piece)

    def _sound(self, first: int, last: int) -> bytes:
        stretch = first / self._rate, (last - first) / self._rate
        with noted_doubts(), open_blocks(self._path, *stretch, partial=True) as recording:
            blocks = [block.mean(axis=1) for block in recording.read()]
        sound = np.concatenate(blocks).clip(-1, 1) * 32767
        return np.rint(sound).astype("<i2").tobytes()

    def _head(self) -> bytes:
        data, rate = 2 * self._samples, self._rate
        about = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
        return (
            struct.pack("<4sI4s", b"RIFF", 36 + data, b"WAVE")
            + about
            + b"data"
            + struct.pack("<I", data)
        )


def byte_range(text: str | None, size: int) -> tuple[int, int | None] | Literal[False] | None:
    """The bytes that a `Range` header requests: `(first, last)`, the last `None` for the end.

    Returns:
        `None` where it requests all or cannot be parsed, `False` where it lies beyond the end.
    """
    asked = _RANGE.fullmatch(text or "")
    if asked is None or not any(asked.groups()):
        return None
    begin, end = (int(digits) if digits else None for digits in asked.groups())
    if begin is None:  # the last bytes
        return (max(0, size - end), None) if end else False
    if end is not None and end < begin:
        return None
    return (begin, end) if begin < size else False
