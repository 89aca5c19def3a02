"""Files to read, on this machine or at an address, large ones in parts and small ones whole.

Copies of whole files are kept in the cache. Each is named after its address and what tells its
content (size, ETag, time), so that a changed file is another one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import time
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from .._typing import PathLike
from ..errors import HearingAIError, readable, unsigned, warn
from .addresses import address_of
from .arguments import path_of
from .cache import cache_dir
from .files import made_folder, written
from .remote import RemoteError, identity_of, patiently, state_of, system_of

_WHOLE = 2**24  # bytes; smaller files are fetched whole
_BLOCK = 2**20  # bytes that are fetched of larger ones at a time
_BLOCKS = 64  # that are kept in memory
_KEPT = 10 * 2**30  # bytes of copies
_ENDING = re.compile(r"\.\w{1,8}$")  # of a name, which the copy has too
_IN_USE = 600  # seconds after its last use in which a copy stays, whatever there is of others


class RemoteFile:
    """A file at an address, as it is when it is asked for.

    Args:
        address: The address.
        tell: Is told of answers that came late, a clause.

    Attributes:
        size: Bytes; `None` where the server does not tell.
        failure: Why a part could not be fetched, a clause; who reads it has come to its end.

    Raises:
        RemoteError: It does not exist, or cannot be asked for.
    """

    def __init__(self, address: str, tell: Callable[[str], object] | None = None) -> None:
        self._address, self._tell = address, tell
        self._system, self._path = system_of(address)
        info = self._asked(lambda: self._system.info(self._path))
        if info.get("type") == "directory":
            raise RemoteError("is a directory")
        size = state_of(info)[0]
        self.size: int | None = None if size < 0 else size
        self._identity = identity_of(info)
        self._in_parts = (
            size > _WHOLE
            and bool(self._identity)
            and info.get("partial") is not False
            and self._asked(self._gives_parts)
        )
        self._copy: Path | None = None
        self.failure: str | None = None

    def __str__(self) -> str:
        return self._address

    def here(self) -> Path | None:
        """Its copy on this machine; `None` where parts of it are fetched."""
        return None if self._in_parts else self.whole()

    def open(self) -> BinaryIO:
        """Open it for reading; it can seek."""
        copy = self.here()
        return io.BufferedReader(_Parts(self)) if copy is None else open(copy, "rb")

    def whole(self) -> Path:
        """A copy of all of it on this machine.

        Raises:
            RemoteError: It cannot be fetched.
        """
        if self._copy is None:
            named = f"{unsigned(self._address)}|{self._identity or uuid.uuid4()}"
            name = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]
            home = made_folder(cache_dir() / "remote")
            ending = _ENDING.search(self._address.partition("?")[0])
            self._copy = home / f"{name}{ending[0] if ending else ''}"
            with contextlib.suppress(FileNotFoundError):
                os.utime(self._copy)  # the copies that were used last are kept
                return self._copy
            try:
                with written(self._copy) as partial:
                    self._asked(lambda: self._fetch(partial))
            except BaseException:
                self._copy = None
                raise
            _clear(home)
        self._in_parts = False
        return self._copy

    def block(self, number: int) -> bytes:
        """A block of `_BLOCK` bytes, empty where it cannot be fetched."""
        begin = number * _BLOCK
        end = min(begin + _BLOCK, self.size or 0)
        try:
            return self._asked(lambda: _block(self._address, self._identity, begin, end))
        except RemoteError as error:
            self.failure = self.failure or str(error)
            return b""

    def ended(self) -> None:
        """Note in `failure` where the file changed while parts of it were fetched."""
        if not self._in_parts or self.failure is not None:
            return
        try:
            now = identity_of(self._asked(lambda: self._system.info(self._path)))
        except RemoteError as error:
            self.failure = str(error)
        else:
            self.failure = None if now == self._identity else "changed while it was read"

    def _asked(self, call: Callable[[], Any]) -> Any:
        return patiently(call, self._tell)

    def _gives_parts(self) -> bool:
        """Whether a web server gives parts of a file; stores of objects all do."""
        if not self._address.startswith("http"):
            return True
        try:
            with self._system.open(self._path, "rb", cache_type="none") as file:
                file.seek(-1, os.SEEK_END)
                return len(file.read(1)) == 1
        except ValueError:
            return False

    def _fetch(self, path: Path) -> None:
        self._system.get_file(self._path, str(path))
        there = path.stat().st_size
        if self.size is not None and there != self.size:
            raise ConnectionError(f"{there} of {self.size} bytes came")


@lru_cache(maxsize=_BLOCKS)
def _block(address: str, identity: str, begin: int, end: int) -> bytes:
    system, path = system_of(address)
    found = system.cat_file(path, start=begin, end=end)
    if len(found) != end - begin:
        raise ConnectionError(f"{len(found)} of {end - begin} bytes came")
    return found


class _Parts(io.RawIOBase):
    """A file of which parts are fetched as they are read."""

    def __init__(self, file: RemoteFile) -> None:
        self._file, self._size, self._at = file, file.size or 0, 0

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
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the block goes; returns the number of bytes, 0 at the end."""
        view = memoryview(buffer).cast("B")
        if not len(view) or self._at >= self._size:
            return 0
        number, begin = divmod(self._at, _BLOCK)
        found = self._file.block(number)[begin : begin + len(view)]
        view[: len(found)] = found
        self._at += len(found)
        return len(found)


Source: TypeAlias = PathLike | RemoteFile
"""A file to read."""


def open_binary(source: Source, *, whole: bool = False) -> BinaryIO:
    """Open a file for reading.

    Args:
        source: The file.
        whole: Whether it must have a number that the system knows it by, as mapping needs.
    """
    if isinstance(source, RemoteFile) and not whole:
        return source.open()
    return open(path_here(source), "rb")


def path_here(source: Source) -> PathLike:
    """The path of a file on this machine, of one at an address that of its copy."""
    return source.whole() if isinstance(source, RemoteFile) else source


def file_here(argument: str, path: PathLike) -> Path:
    """The path of a file that an argument names; of one at an address that of its copy.

    Raises:
        HearingAIError: It is no path, or what is at the address cannot be fetched.
    """
    address = address_of(path)
    if address is None:
        return path_of(argument, path)
    try:
        return RemoteFile(
            address, lambda text: warn(f"{readable(unsigned(address))} {text}")
        ).whole()
    except RemoteError as error:
        raise HearingAIError(f"`{argument}`: {readable(unsigned(address))} {error}") from None


def size_of(file: BinaryIO) -> int:
    """The bytes of a file that is open; its position stays."""
    at = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(at)
    return size


def _clear(home: Path) -> None:
    """Remove the copies that were used longest ago, as far as there are too many bytes."""
    copies = []
    with os.scandir(home) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # another process may remove it too
                if entry.is_file():
                    state = entry.stat()
                    copies.append((state.st_mtime, state.st_size, entry.path))
    total = sum(size for _, size, _ in copies)
    for used, size, path in sorted(copies):
        if total <= _KEPT or time.time() - used < _IN_USE:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108
            total -= size
