"""Where files lie and are written to: the one seam between our code and a system of files."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from .._typing import PathLike
from .addresses import address_of
from .arguments import path_of
from .files import cannot_write, written
from .remote import states_at

_STALE = 3600  # seconds; what nobody wrote to for so long was left by a process that was killed
_PART = ".part-"  # how `written` names what is not complete


class Place(Protocol):
    """A folder, wherever it is. Names in it are relative, with `/` between them."""

    def __str__(self) -> str:
        """Its address, for messages."""

    def sub(self, folder: str) -> Place:
        """A folder in it; it need not exist."""

    def names(self) -> list[str]:
        """The names of the complete files in it, sorted; none where it does not exist."""

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name, complete."""

    def read(self, name: str) -> bytes:
        """What a file holds; raises a `FileNotFoundError` where there is none."""

    def written(self, name: str) -> AbstractContextManager[Path]:
        """Yield a path on this machine to write to; it becomes the file when the block succeeds."""

    def locked(self) -> AbstractContextManager[Any]:
        """A context in which no other process is that asked for the same."""

    def system(self) -> tuple[Any, str]:
        """For pyarrow: its `filesystem` (`None` is this machine's) and the folder's path there."""


class Folder:
    """A folder of this machine.

    Args:
        path: The folder; it is made when something is written.
    """

    def __init__(self, path: PathLike) -> None:
        self._path = Path(path)

    def __str__(self) -> str:
        return str(self._path)

    def sub(self, folder: str) -> Folder:
        """A folder in it; it need not exist."""
        return Folder(self._path / folder)

    def names(self) -> list[str]:
        """The names of the complete files in it, sorted; none where it does not exist."""
        try:
            with os.scandir(self._path) as entries:
                return sorted(e.name for e in entries if not e.name.startswith("."))
        except FileNotFoundError:
            return []

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name, complete."""
        return (self._path / name).is_file()

    def read(self, name: str) -> bytes:
        """What a file holds."""
        return (self._path / name).read_bytes()

    @contextmanager
    def written(self, name: str) -> Iterator[Path]:
        """Yield a path to write to; it becomes the file when the block succeeds."""
        self._make()
        with written(self._path / name) as partial:
            yield partial

    @contextmanager
    def locked(self) -> Iterator[None]:
        """A context in which no other process is that asked for the same."""
        from filelock import FileLock

        self._make()
        self._remove_stale()
        try:
            lock = FileLock(self._path / ".lock")
            lock.acquire()
        except OSError as error:
            raise cannot_write(self._path, error) from None
        try:
            yield
        finally:
            lock.release()

    def system(self) -> tuple[None, str]:
        """For pyarrow: its `filesystem` and the folder's path there."""
        return None, str(self._path)

    def _make(self) -> None:
        try:
            self._path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self._path, error) from None

    def _remove_stale(self) -> None:
        """Remove what processes left that were killed while they wrote, here and a folder below."""
        for rest in [*self._path.glob(f"{_PART}*"), *self._path.glob(f"*/{_PART}*")]:
            with contextlib.suppress(OSError):  # another process may remove it too
                if time.time() - rest.stat().st_mtime > _STALE:
                    for file in rest.iterdir():
                        file.unlink()
                    rest.rmdir()


def place_of(argument: str, path: PathLike) -> Place:
    """The place that an argument names."""
    address = address_of(path)
    if address is not None:
        from .buckets import Bucket

        return Bucket(argument, address)
    return Folder(path_of(argument, path))


def file_states(paths: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Sizes (bytes) and modification times (ns since 1970) of files, int64; -1 where unknown."""
    found = np.full((len(paths), 2), -1, "int64")
    far = {i: address for i, path in enumerate(paths) if (address := address_of(path))}
    if far:
        found[list(far)] = states_at(list(far.values()))
    for i, path in enumerate(paths):
        if i in far:
            continue
        with contextlib.suppress(OSError, ValueError):  # told when the file is opened
            state = os.stat(path)  # noqa: PTH116  # strings are faster here than paths
            found[i] = state.st_size, state.st_mtime_ns
    return found[:, 0], found[:, 1]
