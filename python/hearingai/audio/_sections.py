"""What a file holds, as stretches that libsndfile reads to their ends, whatever the header says."""

import bisect
import io
import itertools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Part = bytes | tuple[int, int]


@dataclass(frozen=True)
class Section:
    """A stretch of a file that is read as a recording of its own.

    Attributes:
        parts: What libsndfile is given in place of the file: bytes, and stretches `(begin, end)`
            of the file, one after the other; none of them gives the file as it is.
        samples: How many samples of each channel it holds, where libsndfile cannot know.
    """

    parts: tuple[Part, ...] = ()
    samples: int | None = None


@dataclass(frozen=True)
class Layout:
    """How a file is to be read.

    Attributes:
        sections: What it holds, in order.
        doubt: What its header says wrongly although nothing is lost, a clause for a warning.
        loss: What is missing of it, a clause for an error; the sections hold what is there.
        true_size: Whether its header tells the size, so that other readers find the same sound.
    """

    sections: tuple[Section, ...] = field(default_factory=lambda: (Section(),))
    doubt: str | None = None
    loss: str | None = None
    true_size: bool = True


class Spliced(io.RawIOBase):
    """Parts of a file, and bytes between them, read as one file.

    Args:
        path: The file.
        parts: Bytes, and stretches `(begin, end)` of the file.

    Example:
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "a")
        >>> with open(path, "wb") as file:
        ...     n = file.write(b"0123456789")
        >>> Spliced(path, (b"ab", (3, 5), (8, 10))).read()
        b'ab3489'
    """

    def __init__(self, path: str | os.PathLike[str], parts: Sequence[Part]) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 (closed with this one)
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
        """The place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._ends[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there is something; returns the number of bytes."""
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
        """At most `most` bytes of a part of which `left` are to come."""
        if isinstance(part, bytes):
            return part[len(part) - left :][:most]
        self._file.seek(part[1] - left)
        return self._file.read(min(left, most))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


Reader = Callable[[str | os.PathLike[str], int], Layout]
"""Looks into a file of a known size, in bytes."""
