"""The page's recordings, in private folders, and its classifier, which does one thing at a time."""

import secrets
import shutil
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from .._typing import PathLike
from ..classifier.protocol import Classifier
from ..errors import AudioFileError, HearingAIError
from ..events.windows import Grid
from ..web.uploads import BusyError, shown_name
from .detector import Detector, page_texts
from .recording import Recording
from .settings import Settings

_MOST = 8  # recordings stored; the oldest is deleted for a new one
_BUSY = 4  # recordings analysed or waiting; further uploads are refused


class Library:
    """Recordings by their keys.

    Args:
        settings: The `Settings`.
        folder: A private folder.

    Attributes:
        settings: The `Settings`; others once there is another classifier.
        detector: The `Detector` of words.
        turn: The lock to hold while using the classifier.
    """

    def __init__(self, settings: Settings, folder: PathLike) -> None:
        self.settings, self._folder = settings, Path(folder)
        self.detector = Detector(self._folder / "words.keras")
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

    def add(self, room: Path, name: str, asked: Mapping[str, str]) -> str:
        """Add the file `sound` of a folder and queue its analysis; returns its key.

        Args:
            room: The folder.
            name: The file name, for display.
            asked: The page's settings, see `Settings.grid`.

        Raises:
            HearingAIError: It cannot be read or is too long.
        """
        name, settings = shown_name(name), self.settings
        grid = settings.grid(asked)
        try:
            recording = Recording(name, room / "sound", settings)
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

    def analyse(self, key: str, asked: Mapping[str, str]) -> Recording | None:
        """Queue the analysis of a recording with other settings, unless it is done or queued.

        Args:
            key: Its key.
            asked: The page's settings, see `Settings.grid`.

        Returns:
            The recording; `None` where there is none of that key.

        Raises:
            BusyError: Too many are waiting.
        """
        settings = self.settings
        grid = settings.grid(asked)
        with self._lock:
            recording = self._recordings.get(key)
            if recording is None:
                return None
            if recording.settings is not settings:  # another classifier has heard it
                recording.stop()
                recording = Recording(recording.name, recording.path, settings)
                self._recordings[key] = recording
            if recording.grid == grid and (recording.busy or recording.known(grid)):
                return recording
            if not recording.busy:
                self._check_busy()
            self._submit(recording, grid)
        return recording

    def make(self, words: str, language: str) -> None:
        """Queue the making of a detector of words, which then is the classifier.

        Args:
            words: As they are typed, see `page_texts`.
            language: Their language.

        Raises:
            BusyError: One is being made.
            HearingAIError: There are no words, or too many.
        """
        texts = page_texts(words)
        with self._lock:
            if self.detector.busy:
                raise BusyError("a detector is being made; wait for it, or cancel it")
            self.detector.begin(texts)
            self._worker.submit(self._make, texts, language)

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
        self.detector.stop()
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
        if self.find(room.name) is None:  # files written after its removal
            _delete(room)

    def _make(self, texts: dict[str, tuple[str, ...]], language: str) -> None:
        with self.turn:
            self.detector.make(texts, language, self.settings.device, self._use)

    def _use(self, classifier: Classifier) -> None:
        self.settings = self.settings.of_words(classifier)


def _delete(room: Path) -> None:
    shutil.rmtree(room, ignore_errors=True)
