"""A recording block by block: never more than a moment of it in memory."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from .._typing import PathLike
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import positive
from ._headers import missing_bytes

_BLOCK = 2**18  # values a block, of all channels together
_MP3_LEAD = 40_000  # samples; an mp3 frame may lean on the bits of some thirty frames before it
_UNKNOWN = 2**62  # samples; as many has a file that was written to a stream


class _Forward(soundfile.SoundFile):
    """Read from front to back. Else soundfile seeks after each block, and an mp3 loses bits."""

    def seekable(self) -> bool:
        return False


@contextmanager
def open_blocks(
    path: PathLike, start: float = 0.0, duration: float | None = None
) -> Iterator[Blocks]:
    """Open a recording, or a part of it, to read it block by block.

    Args:
        path: An audio file.
        start: Where to begin, in seconds.
        duration: How much to read, in seconds; `None` reads to the end.

    Yields:
        A `Blocks`.

    Raises:
        AudioFileError: The file is missing, a directory, empty, truncated or not audio, or ends
            before `start`.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.wav")
        >>> hearingai.write_audio(path, numpy.zeros((2, 8000)), 16000)
        >>> with open_blocks(path, start=0.1) as sound:
        ...     print(sound.sample_rate, sound.samples, [b.shape for b in sound.read(5000)])
        16000 6400 [(5000, 2), (1400, 2)]
    """
    check_file(path)
    try:
        with _Forward(os.fspath(path)) as sound:
            yield Blocks(path, sound, start, duration)
    except soundfile.SoundFileError as error:
        raise AudioFileError(path, _reason(error)) from None


class Blocks:
    """A recording that is open for reading, made by `open_blocks`.

    Attributes:
        sample_rate: Hz.
        channels: How many.
        samples: How many of each channel there are to read; `None` where the file does not tell,
            as of a FLAC that was written to a stream.
        format: What kind of file it is, such as `"WAV"`.
        subtype: How its samples are kept, such as `"PCM_16"`.
    """

    def __init__(
        self, path: PathLike, sound: soundfile.SoundFile, start: float, duration: float | None
    ) -> None:
        self._path, self._sound = path, sound
        self.sample_rate, self.channels = sound.samplerate, sound.channels
        self.format, self.subtype = sound.format, sound.subtype
        first, self.samples, self._most = round(start * self.sample_rate), None, None
        if duration is not None:
            self._most = max(1, round(positive("duration", duration) * self.sample_rate))
        if sound.frames < _UNKNOWN:
            first = min(first, sound.frames)
            self.samples = sound.frames - first
            if first and not self.samples:
                raise AudioFileError(path, f"ends before `start` = {start:g} s")
            self.samples = self._most = min(self.samples, self._most or self.samples)
        self._lead = first  # read and dropped
        if soundfile.SoundFile.seekable(sound):
            self._lead = min(first, _MP3_LEAD) if sound.format == "MP3" else 0
            if first:
                sound.seek(first - self._lead)

    def read(self, size: int | None = None) -> Iterator[np.ndarray]:
        """Read what was asked for.

        Args:
            size: Samples a block; `None` takes a quarter of a million values.

        Yields:
            float32 of shape `(samples, channels)`, none of them empty.

        Raises:
            AudioFileError: The file holds no samples, fewer than it promises, or values that are
                not finite.
        """
        size = size or max(1, _BLOCK // self.channels)
        while self._lead:
            self._lead -= len(self._take(min(size, self._lead))) or self._lead
        done = 0
        while self._most is None or done < self._most:
            block = self._take(size if self._most is None else min(size, self._most - done))
            if not len(block):
                break
            done += len(block)
            if not np.isfinite(block).all():
                reason = "holds values that are not finite (NaN or infinite)"
                raise AudioFileError(self._path, reason)
            yield block
        if not done:
            raise AudioFileError(self._path, "holds no samples")
        if self.samples is not None and done < self.samples:
            reason = f"is truncated: {done} of {self.samples} samples can be read"
            raise AudioFileError(self._path, reason)

    def _take(self, n: int) -> np.ndarray:
        return self._sound.read(n, dtype="float32", always_2d=True)


def check_file(path: PathLike) -> None:
    """Name the reasons that libsndfile does not tell apart, and the one it passes over."""
    path = as_path(path)
    try:
        if path.is_dir():
            raise AudioFileError(path, "is a directory")
        if not path.exists():
            raise AudioFileError(path, "does not exist")
        if path.stat().st_size == 0:
            raise AudioFileError(path, "is empty")
        missing = missing_bytes(path)
    except OSError as error:  # no permission, a share that went away
        raise AudioFileError(path, f"cannot be opened ({error.strerror or error})") from None
    if missing:
        raise AudioFileError(path, f"is truncated: at least {missing} bytes are missing")


def as_path(path: Any) -> Path:
    """A path, or an error that says that it is none."""
    try:
        return Path(path)
    except TypeError:
        raise HearingAIError(f"`path` must name a file. Received: {path!r}") from None


def _reason(error: Exception) -> str:
    text = getattr(error, "error_string", None) or str(error)
    if "does not exist" in text:  # said of what begins like an mp3 and is none
        text = "format not recognised"
    text = text.split(": ")[-1].strip().rstrip(".")
    return f"is not audio that can be read ({text[0].lower()}{text[1:]})"


def read_ahead(items: Iterable, most: int = 2) -> Generator[Any, None, None]:
    """Go through an iterable in a thread of its own, at most `most` items ahead.

    Args:
        items: An iterable; it is closed when this is.
        most: How many items may wait.

    Yields:
        Its items, in order; what it raises is raised here.

    Example:
        >>> list(read_ahead(range(3)))
        [0, 1, 2]
    """
    waiting: queue.Queue = queue.Queue(most)
    stopped = threading.Event()

    def put(kind: str, item: object = None) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                waiting.put((kind, item), timeout=0.1)
                break

    def work() -> None:
        try:
            for item in items:
                put("item", item)
                if stopped.is_set():
                    break
            put("end")
        except BaseException as error:  # whatever it is, it belongs to the one who asked
            put("error", error)
        finally:
            getattr(items, "close", lambda: None)()

    thread = threading.Thread(target=work, name="hearingai-reader", daemon=True)
    thread.start()
    try:
        while (kind_and_item := waiting.get())[0] == "item":
            yield kind_and_item[1]
        if kind_and_item[0] == "error":
            raise kind_and_item[1]
    finally:
        stopped.set()
        thread.join()
