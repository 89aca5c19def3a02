"""Sections of a file, each readable to its end by libsndfile, even where the header is wrong."""

from __future__ import annotations

import bisect
import io
import itertools
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..runtime.remote_files import Source, open_binary

if TYPE_CHECKING:
    from ._av_packets import Packets

Part = bytes | tuple[int, int]


@dataclass(frozen=True)
class Section:
    """A section of a file that is read as a separate recording.

    Attributes:
        parts: What libsndfile reads instead of the file: bytes, and ranges `(begin, end)` of the
            file, one after the other; with no parts it reads the file itself.
        samples: Samples of each channel, where libsndfile cannot know.
        packets: Of a file that PyAV reads: its packets.
    """

    parts: tuple[Part, ...] = ()
    samples: int | None = None
    packets: Packets | None = None


@dataclass(frozen=True)
class Layout:
    """How to read a file.

    Attributes:
        sections: Its sections, in order.
        doubt: What is wrong in its header although nothing is lost, a clause for a warning.
        loss: What is missing, a clause for an error; the sections are what is there.
        true_size: Whether its header tells the size, so that other readers find the same sound.
    """

    sections: tuple[Section, ...] = field(default_factory=lambda: (Section(),))
    doubt: str | None = None
    loss: str | None = None
    true_size: bool = True


class Spliced(io.RawIOBase):
    """A file object that reads parts of a file, and bytes between them, as one file.

    Args:
        path: The file.
        parts: Bytes, and ranges `(begin, end)` of the file.

    Example:
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "a")
        >>> with open(path, "wb") as file:
        ...     n = file.write(b"0123456789")
        >>> Spliced(path, (b"ab", (3, 5), (8, 10))).read()
        b'ab3489'
    """

    def __init__(self, path: Source, parts: Sequence[Part]) -> None:
        self._file = open_binary(path)  # closed with this one
        self._parts = parts
        lengths = [len(p) if isinstance(p, bytes) else p[1] - p[0] for p in parts]
        self._ends = list(itertools.accumulate(lengths))
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The position of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._ends[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there are bytes; returns their number."""
        view, done = memoryview(buffer).cast("B"), 0
        while done < len(view) and self._at < self._ends[-1]:
            i = bisect.bisect_right(self._ends, self._at)
            found = self._read(self._parts[i], self._ends[i] - self._at, len(view) - done)
            if not found:
                break
            view[done : done + len(found)] = found
            done, self._at = done + len(found), self._at + len(found)
        return done

    def _read(self, part: Part, left: int, most: int) -> bytes:
        """At most `most` bytes of a part of which `left` are unread."""
        if isinstance(part, bytes):
            return part[len(part) - left :][:most]
        self._file.seek(part[1] - left)
        return self._file.read(min(left, most))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


@contextmanager
def mapped(path: Source) -> Iterator[mmap.mmap]:
    """All bytes of a file, in pages that the system reads as they are needed."""
    with (
        open_binary(path, whole=True) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        yield data


Reader = Callable[[Source, int], Layout]
"""Reads bytes at positions of a file of a known size."""
