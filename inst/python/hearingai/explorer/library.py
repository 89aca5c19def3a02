"""The page's recordings, each in a private folder, analysed one after the other."""

import secrets
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from .._typing import PathLike
from ..classifier.protocol import Classifier
from ..errors import AudioFileError, HearingAIError
from ..events.windows import Grid
from .recording import Recording
from .settings import Settings

_MOST = 8  # recordings stored; the oldest is deleted for a new one
_BUSY = 4  # recordings analysed or waiting; further uploads are refused
_NAME = 120  # characters of a name that are shown


class BusyError(HearingAIError):
    """Too many recordings are waiting to be analysed."""


class Library:
    """Recordings by their keys.

    Args:
        classifier: The classifier.
        settings: The `Settings`.
        folder: A private folder.

    Attributes:
        turn: The lock to hold while using the classifier.
    """

    def __init__(self, classifier: Classifier, settings: Settings, folder: PathLike) -> None:
        self.classifier, self.settings, self._folder = classifier, settings, Path(folder)
        self._recordings: dict[str, Recording] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "hearingai-explorer")
        self.turn = threading.Lock()

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A new folder for a recording to `add`; an error in the block deletes it.

        Raises:
            BusyError: Too many are waiting.
        """
        with self._lock:
            self._check_busy()
        room = self._folder / secrets.token_hex(8)
        room.mkdir(mode=0o700)
        try:
            yield room
        except BaseException:
            _delete(room)
            raise

    def add(self, room: Path, name: str, grid: Grid) -> str:
        """Add the file `sound` of a folder and queue its analysis; returns its key.

        Raises:
            HearingAIError: It cannot be read or is too long.
        """
        name = readable(name)
        try:
            recording = Recording(name, room / "sound", self.classifier, self.settings)
        except AudioFileError as error:
            raise HearingAIError(f"{name}: {error.reason}") from None
        with self._lock:
            self._recordings[room.name] = recording
            self._submit(recording, grid)
            old = list(self._recordings)[:-_MOST]
        for key in old:
            self.remove(key)
        return room.name

    def find(self, key: str) -> Recording | None:
        """A recording; `None` where there is none of that key."""
        return self._recordings.get(key)

    def analyse(self, recording: Recording, grid: Grid) -> None:
        """Queue the analysis of a recording by a grid of windows, unless it is done or queued.

        Raises:
            BusyError: Too many are waiting.
        """
        with self._lock:
            if recording.grid == grid and (recording.busy or recording.known(grid)):
                return
            if not recording.busy:
                self._check_busy()
            self._submit(recording, grid)

    def remove(self, key: str) -> None:
        """Remove a recording and delete its files."""
        with self._lock:
            recording = self._recordings.pop(key, None)
        if recording is not None:
            recording.stop()
            _delete(recording.path.parent)

    def close(self) -> None:
        """Remove all recordings."""
        with self._lock:
            keys = list(self._recordings)
        for key in keys:
            self.remove(key)
        self._worker.shutdown(cancel_futures=True)

    def _check_busy(self) -> None:
        if sum(recording.busy for recording in self._recordings.values()) >= _BUSY:
            raise BusyError("several recordings are waiting to be analysed; try again in a while")

    def _submit(self, recording: Recording, grid: Grid) -> None:
        self._worker.submit(self._analyse, recording, *recording.begin(grid))

    def _analyse(self, recording: Recording, grid: Grid, stop: threading.Event) -> None:
        with self.turn:
            recording.analyse(grid, stop)
        room = recording.path.parent
        if self.find(room.name) is not recording:  # files written after its removal
            _delete(room)


def _delete(room: Path) -> None:
    shutil.rmtree(room, ignore_errors=True)


def readable(name: str) -> str:
    """A file name for display: one line, without its path."""
    name = "".join(c for c in str(name) if c.isprintable()).replace("\\", "/")
    return name.rpartition("/")[2].strip()[:_NAME] or "recording"
