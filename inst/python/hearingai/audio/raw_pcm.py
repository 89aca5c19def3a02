"""Raw samples from pipes and files, and wav files that are still written."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import PathLike
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import MOST_CHANNELS, choose, no_rate, positive
from ._headers import head_of_wav
from ._layouts import is_container
from ._riff import end_of_sound
from .files import EXTENSIONS
from .folders import ELSEWHERE
from .samples import to_float32

FORMATS = {"uint8": 1, "int16": 2, "int24": 3, "int32": 4, "float32": 4, "float64": 8}  # bytes
_PAUSE = 0.05  # seconds between two checks of a file
_HEAD = 2**16  # most bytes of a wav header


class Pcm:
    """Converts bytes of samples, little-endian, with interleaved channels, to sound.

    Args:
        format: One of `FORMATS`.
        channels: How many.

    Example:
        >>> pcm = Pcm("int16", 2)
        >>> pcm.sound(bytes([0, 0, 0, 64, 1])).tolist()
        [[0.0], [0.5]]
        >>> pcm.sound(bytes([0, 2, 0])).tolist()  # the rest of a frame waits for its end
        [[3.0517578125e-05], [6.103515625e-05]]
    """

    def __init__(self, format: str = "int16", channels: int = 1) -> None:
        self._format = choose("format", format, tuple(FORMATS))
        self._channels = positive("channels", channels, whole=True, most=MOST_CHANNELS)
        self.frame = FORMATS[format] * self._channels
        self._rest = b""

    def sound(self, content: bytes) -> np.ndarray:
        """The complete frames so far, float32 `(channels, samples)`."""
        content = self._rest + content
        whole = len(content) - len(content) % self.frame
        self._rest, content = content[whole:], content[:whole]
        return self._floats(content).reshape(-1, self._channels).T

    def _floats(self, content: bytes) -> np.ndarray:
        if self._format.startswith("float"):
            return np.frombuffer(content, "<f4" if self._format == "float32" else "<f8")
        if self._format == "uint8":
            return (np.frombuffer(content, "u1").astype("float32") - 128) / 128
        if self._format == "int24":
            parts = np.frombuffer(content, "u1").reshape(-1, 3)
            padded = np.concatenate([np.zeros((len(parts), 1), "u1"), parts], axis=1)
            return (padded.reshape(-1).view("<i4") / 2**31).astype("float32")
        if self._format == "int16":
            return to_float32(np.frombuffer(content, "<i2"))
        return (np.frombuffer(content, "<i4") / 2**31).astype("float32")


def pipe_chunks(file: Any, pcm: Pcm, size: int) -> Iterator[np.ndarray]:
    """Yield sound from a file object or a file descriptor, as soon as it arrives.

    Args:
        file: Something with `read`, or a file descriptor.
        pcm: The `Pcm`.
        size: Most bytes at once.
    """
    read = _reader(file)
    while content := read(size):
        if isinstance(content, str):
            raise HearingAIError("`source` must be opened in binary mode: it returns text")
        yield pcm.sound(content)


def _reader(file: Any) -> Callable[[int], bytes]:
    """A function that reads the bytes that are there, without waiting for more."""
    if isinstance(file, int):
        return lambda size: os.read(file, size)
    try:  # not by Python's buffer, which waits and must not be locked by a thread at exit
        number = file.fileno()
    except (AttributeError, OSError):
        return getattr(file, "read1", file.read)
    return lambda size: os.read(number, size)


class GrowingFile:
    """A wav or a file of raw samples that is still written.

    Args:
        path: The file; it may not exist yet.
        sample_rate: Rate of raw samples, Hz; a wav file has its own.
        channels: Channels of raw samples.
        format: One of `FORMATS`, for raw samples.
        wait: Seconds without new samples after which it ends.

    Attributes:
        sample_rate: Hz.
    """

    def __init__(
        self,
        path: PathLike,
        sample_rate: int,
        channels: int = 1,
        format: str = "int16",
        wait: float = 10.0,
    ) -> None:
        self._path, self._wait = path, positive("wait", wait)
        self._pcm, self.sample_rate = Pcm(format, channels), sample_rate
        self._wav = 0  # where the wav that is heard begins
        self._begin = 0  # of the samples
        self._kind: tuple[int, int, str] | None = None  # rate, channels and format of a wav
        head = self._head(0)
        if head:
            if head.format not in FORMATS:
                raise HearingAIError(
                    f"`source`: a wav that is still written must hold plain samples. "
                    f"Received: {head.format}"
                )
            if wrong := no_rate(head.sample_rate):
                raise AudioFileError(path, wrong)
            self._kind, self._begin = head[:3], head.begin
            self.sample_rate = head.sample_rate
            self._pcm = Pcm(head.format, head.channels)
        elif str(path).lower().endswith((*EXTENSIONS, *ELSEWHERE)) or is_container(
            _read(path, 0, _HEAD)
        ):
            raise HearingAIError(
                f"`source` must be a wav or raw samples. Received: {path}, a recording of another "
                f"format"
            )

    def chunks(self, size: int) -> Iterator[np.ndarray]:
        """Yield its sound; `size` is the most bytes at once."""
        at, limit, seen, last = self._begin, 0, _size(self._path), time.monotonic()
        while time.monotonic() - last < self._wait:
            now = _size(self._path)
            end, joined = self._end()
            # behind the samples of a wav that is complete lies no sound; what was just written is
            grown = now if now > seen else max(limit, min(now, end))
            limit = grown if joined is None else end
            seen = max(now, seen)
            content = _read(self._path, at, min(size, limit - at)) if limit > at else b""
            if content:
                at, last = at + len(content), time.monotonic()
                yield self._pcm.sound(content)
            elif joined is not None:
                at, last = self._go_on(joined), time.monotonic()
                limit = at
            else:
                time.sleep(_PAUSE)

    def _go_on(self, begin: int) -> int:
        """Hear the wav that is joined to this one; returns where its samples begin."""
        head = self._head(begin)
        if not head or head[:3] != self._kind:
            rate, channels, format = self._kind or (0, 0, "")
            other = f"{head.channels} at {head.sample_rate} Hz in {head.format}" if head else "none"
            raise HearingAIError(
                f"`source`: {self._path} holds joined recordings that differ: {channels} "
                f"channel(s) at {rate} Hz in {format}, then {other}"
            )
        self._wav = begin
        self._pcm = Pcm(head.format, head.channels)
        return begin + head.begin

    def _head(self, begin: int) -> Any:
        """Wait until the header of the wav that begins there is complete."""
        last, before = time.monotonic(), -1
        while time.monotonic() - last < self._wait:
            content = _read(self._path, begin, _HEAD)
            head = head_of_wav(content, complete=len(content) == _HEAD) if content else None
            if head is not None:
                return head
            if len(content) > before:
                last, before = time.monotonic(), len(content)
            time.sleep(_PAUSE)
        what = "holds no sound" if Path(self._path).exists() else "does not exist"
        raise HearingAIError(f"`source`: {self._path} {what} after {self._wait:g} s")

    def _end(self) -> tuple[int, int | None]:
        """Where the samples end by now, at no end without a header, and the next wav begins."""
        if self._kind is None:
            return 2**62, None
        try:
            return end_of_sound(self._path, self._wav)
        except FileNotFoundError:  # deleted meanwhile
            return self._begin, None


def _size(path: PathLike) -> int:
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        return 0


def _read(path: PathLike, at: int, size: int) -> bytes:
    try:
        with open(path, "rb") as file:
            file.seek(at)
            return file.read(size)
    except FileNotFoundError:
        return b""
