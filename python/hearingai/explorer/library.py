"""The recordings that the page has, each in a private folder, heard one after the other."""

import secrets
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ..errors import AudioFileError, HearingAIError
from .recording import Heard

_MOST = 8  # recordings kept; the one sent first goes for the next
_BUSY = 4  # recordings that wait to be heard or are; more are refused before they are sent
_NAME = 120  # letters shown of a name


class BusyError(HearingAIError):
    """There is as much to do already as is taken on."""


class Shelf:
    """Recordings by their keys.

    Args:
        classifier: The classifier.
        settings: The `Settings`.
        folder: A private folder.

    Attributes:
        turn: A lock: who holds it uses the classifier.
    """

    def __init__(self, classifier, settings, folder):
        self.classifier, self.settings, self._folder = classifier, settings, Path(folder)
        self._heard, self._lock = {}, threading.Lock()
        self._worker = ThreadPoolExecutor(1, "hearingai-explorer")
        self.turn = threading.Lock()

    @contextmanager
    def room(self):
        """A new folder for a recording to `add`; what goes wrong meanwhile removes it.

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

    def add(self, room, name, grid):
        """Take in the file `sound` of a folder, and let it be heard; returns its key.

        Raises:
            HearingAIError: It cannot be read or is too long.
        """
        name = readable(name)
        try:
            heard = Heard(name, room / "sound", self.classifier, self.settings)
        except AudioFileError as error:
            raise HearingAIError(f"{name}: {error.reason}") from None
        with self._lock:
            self._heard[room.name] = heard
            self._submit(heard, grid)
            old = list(self._heard)[:-_MOST]
        for key in old:
            self.remove(key)
        return room.name

    def find(self, key):
        """A recording; `None` where there is none of that key."""
        return self._heard.get(key)

    def hear(self, heard, grid):
        """Let a recording be heard by a grid, unless it is heard already.

        Raises:
            BusyError: Too many are waiting.
        """
        with self._lock:
            if heard.grid == grid and (heard.busy or heard.known(grid)):
                return
            if not heard.busy:
                self._check_busy()
            self._submit(heard, grid)

    def remove(self, key):
        """Forget a recording and delete its files."""
        with self._lock:
            heard = self._heard.pop(key, None)
        if heard is not None:
            heard.stop()
            _delete(heard.path.parent)

    def close(self):
        """Forget all of them."""
        with self._lock:
            keys = list(self._heard)
        for key in keys:
            self.remove(key)
        self._worker.shutdown(cancel_futures=True)

    def _check_busy(self):
        if sum(heard.busy for heard in self._heard.values()) >= _BUSY:
            raise BusyError("several recordings are waiting to be heard; try again in a while")

    def _submit(self, heard, grid):
        self._worker.submit(self._hear, heard, *heard.begin(grid))

    def _hear(self, heard, grid, stop):
        with self.turn:
            heard.hear(grid, stop)
        room = heard.path.parent
        if self.find(room.name) is not heard:  # what was written after it was removed
            _delete(room)


def _delete(room):
    shutil.rmtree(room, ignore_errors=True)


def readable(name):
    """A file's name as it is shown: of one line, without a path."""
    name = "".join(c for c in str(name) if c.isprintable()).replace("\\", "/")
    return name.rpartition("/")[2].strip()[:_NAME] or "recording"
