"""The sources of live sound; each puts `(samples lost before it, chunk)` into a queue."""

import os
import queue
import stat
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, TypeAlias

import numpy as np

from .._typing import PathLike
from ..audio.addresses import Address, is_address
from ..audio.own_rates import has_rate, waveform_and_rate
from ..audio.raw_pcm import GrowingFile, Pcm, pipe_chunks
from ..errors import HearingAIError
from ..runtime.arguments import path_of

_CHUNK = 0.1  # seconds, at most
_LOOK = 0.2  # seconds between two checks whether it was stopped
LiveSource: TypeAlias = int | PathLike | BinaryIO | Iterable[np.ndarray] | None
"""A microphone (`None`, or its number), a file, a pipe, an address, a file object, or chunks."""

SampleFormat: TypeAlias = Literal["uint8", "int16", "int24", "int32", "float32", "float64"]
"""The encoding of raw samples, little-endian."""

_NO_MICROPHONE = 'The microphone needs sounddevice. Type: `pip install "hearingai[live]"`'


class _Source(Protocol):
    """A source of chunks of sound.

    Attributes:
        sample_rate: Their rate, Hz.
    """

    sample_rate: int

    def start(self, chunks: queue.Queue) -> None:
        """Start to put chunks into a queue."""

    def stop(self) -> None:
        """Put no more."""


def live_source(
    source: LiveSource, sample_rate: int, channels: int, format: SampleFormat, wait: float
) -> _Source:
    """The source for `source`: an object with `sample_rate`, `start` and `stop`."""
    if source is None or (isinstance(source, int) and not isinstance(source, bool)):
        return _Microphone(source, sample_rate, channels)
    size = max(1, int(_CHUNK * sample_rate))
    if isinstance(source, str) and is_address(source):
        found_at = Address(source, wait)
        return _Thread(found_at.chunks(), found_at.sample_rate)
    if isinstance(source, (str, os.PathLike)):
        source = path_of("source", source)
        if source.is_dir():
            raise HearingAIError(f"`source` must be a file. Received: {source}, a folder")
        if Path(source).exists() and not stat.S_ISREG(Path(source).stat().st_mode):
            pcm = Pcm(format, channels)
            return _Thread(_piped(source, pcm, size * pcm.frame), sample_rate)
        file = GrowingFile(source, sample_rate, channels, format, wait)
        return _Thread(file.chunks(2**16), file.sample_rate)
    if hasattr(source, "read"):
        pcm = Pcm(format, channels)
        return _Thread(pipe_chunks(source, pcm, size * pcm.frame), sample_rate)
    if isinstance(source, Iterable):
        chunks = [source] if has_rate(source) else source
        found = (waveform_and_rate(chunk, sample_rate, "source")[0] for chunk in chunks)
        return _Thread((np.asarray(chunk) for chunk in found), sample_rate)
    raise HearingAIError(
        f"`source` must be a file, a pipe, an address, chunks of sound, or `None` for the "
        f"microphone. Received: {source!r}"
    )


def _piped(path: PathLike, pcm: Pcm, size: int) -> Iterator[np.ndarray]:
    with open(path, "rb", buffering=0) as file:
        yield from pipe_chunks(file, pcm, size)


class _Thread:
    """Chunks read by a thread. It is a daemon, since waiting for a pipe cannot be cancelled."""

    def __init__(self, chunks: Iterable[np.ndarray], sample_rate: int) -> None:
        self._source, self.sample_rate = chunks, sample_rate
        self._stopped = threading.Event()

    def start(self, chunks: queue.Queue) -> None:
        threading.Thread(target=self._work, args=(chunks,), daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _work(self, chunks: queue.Queue) -> None:
        end: BaseException | None = None
        try:
            for chunk in self._source:
                self._put(chunks, chunk)
                if self._stopped.is_set():
                    return
        except BaseException as error:  # raised in the thread that listens
            end = error
        self._put(chunks, end)

    def _put(self, chunks: queue.Queue, chunk: np.ndarray | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                return chunks.put((0, chunk), timeout=_LOOK)
            except queue.Full:
                pass
        return None


class _Microphone:
    """The sound of a microphone, recorded with sounddevice."""

    def __init__(self, number: int | None, sample_rate: int, channels: int) -> None:
        try:
            import sounddevice
        except ImportError:
            raise HearingAIError(_NO_MICROPHONE) from None
        except OSError as error:  # sounddevice without PortAudio
            raise HearingAIError(f"the microphone cannot be opened: {error}") from None
        self._library, self._number, self._channels = sounddevice, number, channels
        self.sample_rate, self._lost = sample_rate, 0
        self._device: Any = None

    def start(self, chunks: queue.Queue) -> None:
        def heard(sound: np.ndarray, frames: int, _time: object, _status: object) -> None:
            try:
                chunks.put_nowait((self._lost, np.array(sound.T)))
                self._lost = 0
            except queue.Full:
                self._lost += frames

        try:
            self._device = self._library.InputStream(
                samplerate=self.sample_rate,
                blocksize=max(1, int(_CHUNK / 2 * self.sample_rate)),
                device=self._number,
                channels=self._channels,
                dtype="float32",
                callback=heard,
            )
            self._device.start()
        except (self._library.PortAudioError, ValueError) as error:
            raise HearingAIError(
                f"the microphone cannot be opened: {error}. It may need another `sample_rate`, "
                f"such as 44100 or 48000"
            ) from None

    def stop(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None
