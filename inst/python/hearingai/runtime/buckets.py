"""A folder in an object store, through fsspec."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import HearingAIError, readable
from .addresses import refuse_secrets
from .arguments import flag
from .remote import RemoteError, patiently, state_of, system_of

_LOCK = ".lock"
_WAIT = 0.5  # seconds between two looks at a lock
_STALE = 600  # seconds after which a lock was left by a process that was killed


class Bucket:
    """A folder in an object store: what is put there is there as a whole, or not at all.

    Args:
        argument: What names it, for errors.
        address: Its address.

    Raises:
        HearingAIError: It can only be read, a library is missing, or the address holds a password.
    """

    def __init__(self, argument: str, address: str) -> None:
        self._argument, self._address = argument, address.rstrip("/")
        refuse_secrets(argument, [address])
        if address.startswith("http"):
            raise HearingAIError(
                f"`{argument}`: web servers can only be read. Received: {readable(address)}"
            )
        system_of(address)

    def __str__(self) -> str:
        return self._address

    def sub(self, folder: str) -> Bucket:
        """A folder in it; it need not exist."""
        return Bucket(self._argument, f"{self._address}/{folder}")

    def names(self) -> list[str]:
        """The names of the complete files in it, sorted; none where it does not exist."""
        system, path = system_of(self._address)
        found = self._asked(lambda: _listed(system, path))
        names = (entry.rstrip("/").rpartition("/")[2] for entry in found)
        return sorted(name for name in names if name and not name.startswith("."))

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name, complete."""
        system, path = self._at(name)
        return self._asked(lambda: _is_there(system, path))

    def read(self, name: str) -> bytes:
        """What a file holds; raises a `FileNotFoundError` where there is none."""
        system, path = self._at(name)
        found = self._asked(lambda: _content(system, path))
        if found is None:
            raise FileNotFoundError(f"{self._address}/{name}")
        return found

    @contextmanager
    def written(self, name: str) -> Iterator[Path]:
        """Yield a path on this machine to write to; it becomes the file when the block succeeds."""
        system, path = self._at(name)
        with tempfile.TemporaryDirectory(prefix="hearingai-") as folder:
            partial = Path(folder, name)
            yield partial
            self._asked(lambda: system.put_file(str(partial), path))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """A context in which no other process is that asked for the same.

        Where a store cannot put a file only if there is none, nothing is locked.
        """
        system, path = self._at(_LOCK)
        own = self._lock(system, path)
        try:
            yield
        finally:
            if own is not None:
                with contextlib.suppress(HearingAIError):  # it becomes stale
                    self._asked(lambda: _removed(system, path, own))

    def system(self) -> tuple[Any, str]:
        """For pyarrow: its `filesystem` and the folder's path there."""
        from pyarrow.fs import FSSpecHandler, PyFileSystem

        system, path = system_of(self._address)
        return PyFileSystem(FSSpecHandler(system)), path.rstrip("/")

    def _at(self, name: str) -> tuple[Any, str]:
        return system_of(f"{self._address}/{name}")

    def _asked(self, call: Any) -> Any:
        try:
            return patiently(call)
        except RemoteError as error:
            where = f"`{self._argument}`: {readable(self._address)}"
            raise HearingAIError(f"{where} {error}") from None

    def _lock(self, system: Any, path: str) -> bytes | None:
        """Wait for a lock and take it; returns what it holds, `None` where the store has none."""
        told = {"host": socket.gethostname(), "process": os.getpid(), "lock": uuid.uuid4().hex}
        own = json.dumps(told).encode()
        while True:
            taken = self._asked(lambda: _put_new(system, path, own))
            if taken is not False:
                return own if taken else None
            self._asked(lambda: _without_stale(system, path))
            time.sleep(_WAIT)


@contextmanager
def written_at(address: str, overwrite: bool) -> Iterator[Path]:
    """Yield a path on this machine; what is written there becomes a classifier's file in a store.

    Raises:
        HearingAIError: The ending is another, a file is there that may not be replaced, or the
            store takes none.
    """
    folder, _, name = address.rpartition("/")
    if not name.endswith(".keras"):
        raise HearingAIError(f"`path` must end in .keras. Received: {readable(address)}")
    bucket = Bucket("path", folder)
    if not flag("overwrite", overwrite) and bucket.exists(name):
        raise HearingAIError(f"`{readable(address)}` exists; `overwrite=True` replaces it")
    with bucket.written(name) as partial:
        yield partial


def _listed(system: Any, path: str) -> list[str]:
    try:
        return [entry["name"] for entry in system.ls(path, detail=True) if entry["type"] == "file"]
    except FileNotFoundError:
        return []


def _is_there(system: Any, path: str) -> bool:
    """Whether there is a file; fsspec's `isfile` says no where a store does not answer."""
    try:
        return system.info(path)["type"] == "file"
    except FileNotFoundError:
        return False


def _content(system: Any, path: str) -> bytes | None:
    try:
        return system.cat_file(path)
    except FileNotFoundError:
        return None


def _removed(system: Any, path: str, held: bytes | None) -> None:
    """Remove a lock, unless it is another's by now."""
    with contextlib.suppress(FileNotFoundError):
        if _content(system, path) == held:
            system.rm_file(path)


def _without_stale(system: Any, path: str) -> None:
    """Remove a lock that was left, and no other that is there since."""
    held, age = _content(system, path), _age(system, path)
    if age is not None and age > _STALE:
        _removed(system, path, held)


def _age(system: Any, path: str) -> float | None:
    """Seconds since a file was put there, by the clock of the store and of this machine."""
    try:
        changed = state_of(system.info(path))[1]
    except FileNotFoundError:
        return None
    return None if changed < 0 else time.time() - changed / 1e9


def _put_new(system: Any, path: str, content: bytes) -> bool | None:
    """Put a file where there is none: whether it was put; `None` where the store cannot tell."""
    try:
        system.pipe_file(path, content, mode="create")
    except FileExistsError:  # where the answer to the first try was lost, it is this very one
        return _content(system, path) == content
    except (NotImplementedError, TypeError, ValueError):
        return None
    return True
