"""Addresses in object stores and on servers, and what fsspec does there: named, listed, asked."""

from __future__ import annotations

import datetime
import errno
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar

from ..errors import first_line, without_secrets
from .addresses import NEEDS
from .extras import need

_WAITS = (0.5, 1.0, 2.0)  # seconds before one tries again
_CONNECT, _SILENCE = 30, 60  # seconds that a server may take to answer, and between two answers
_TELLS = ("ETag", "etag", "md5Hash", "content_md5", "blob_id", "Content-MD5", "Digest")
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "Last-Modified", "created")
_ASKED_ONE_BY_ONE = 32  # files of a folder; of more the folder is listed
_AT_ONCE = 32  # files that are asked for at once
_GONE = "does not exist"
_UP = {".", ".."}  # parts of links that lead to where one has been
_REFUSED = (401, 403)
_LATER = (408, 425, 429)  # answers of a server that may be another the next time

_Result = TypeVar("_Result")


class RemoteError(Exception):
    """Something at an address cannot be used; the message says why, a clause."""


def system_of(address: str) -> tuple[Any, str]:
    """Fsspec's system of files for an address, and the path that the address is there.

    Raises:
        HearingAIError: A library is missing; the message says which to install.
    """
    scheme = address.partition(":")[0]
    need("fsspec", f"{scheme}://")
    need(NEEDS[scheme], f"{scheme}://")
    from fsspec.core import url_to_fs

    # What others write must be seen: no list is kept.
    options: dict[str, Any] = {"use_listings_cache": False}
    if scheme.startswith("http"):
        options["client_kwargs"] = _patient_client()
    return url_to_fs(address, **options)


def _patient_client() -> dict[str, Any]:
    """A client of servers that may take long, as long as something comes; with `.netrc`."""
    import aiohttp
    from fsspec.config import conf

    limits = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_SILENCE)
    own = dict(conf.get("http", {}).get("client_kwargs", {}))
    return {"timeout": limits, "trust_env": True} | own


def patiently(call: Callable[[], _Result], tell: Callable[[str], object] | None = None) -> _Result:
    """Ask a server, several times where it does not answer or is too busy.

    Args:
        call: What asks it.
        tell: Is told of an answer that came late, a clause.

    Raises:
        RemoteError: It refuses, what is asked for does not exist, or no answer came.
        OSError: The disk of this machine is full.
    """
    before = ""
    for tries, wait in enumerate((*_WAITS, None), 1):
        try:
            answer = call()
        except Exception as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            before, passing = _reason(error)
            if before == _GONE:
                raise RemoteError(_GONE) from None
            if not passing or wait is None:
                often = f", {tries} times" if passing else ""
                raise RemoteError(f"cannot be opened ({before}{often})") from None
            time.sleep(wait)
        else:
            if before and tell is not None:
                tell(f"came at try {tries} ({before})")
            return answer
    raise AssertionError  # the last try returns or raises


def _reason(error: Exception) -> tuple[str, bool]:
    """Why a call failed, and whether another try may succeed."""
    if isinstance(error, FileNotFoundError) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # of a web server, whatever it answered
    status = getattr(error, "status", None) or getattr(error, "code", None)
    if isinstance(error, FileNotFoundError) or status in (404, 410):
        return _GONE, False
    named = type(error).__name__
    if isinstance(error, PermissionError) or status in _REFUSED or "Credential" in named:
        return "no permission: these credentials, or none, do not suffice", False
    if isinstance(status, int):
        return f"the server answered {status}", status >= 500 or status in _LATER
    if isinstance(error, TimeoutError):
        return "the server did not answer in time", True
    lasting = (IsADirectoryError, FileExistsError, NotImplementedError, ValueError)
    return without_secrets(first_line(error)), not isinstance(error, lasting)


def state_of(info: Mapping[str, Any]) -> tuple[int, int]:
    """Size in bytes and modification time (ns since 1970) by fsspec's `info`; -1 where unknown."""
    size = info.get("size")
    changed = next((_nanoseconds(info[key]) for key in _TIMES if info.get(key)), -1)
    return -1 if size is None else int(size), changed


def identity_of(info: Mapping[str, Any]) -> str:
    """What differs where the content does, by fsspec's `info`; empty where nothing tells."""
    told = [str(info[key]) for key in (*_TELLS, *_TIMES) if info.get(key)]
    return "|".join([str(info.get("size")), *told]) if told else ""


def _nanoseconds(when: Any) -> int:
    try:
        if isinstance(when, str):
            iso = when[:4].isdigit()
            when = (
                datetime.datetime.fromisoformat(when.replace("Z", "+00:00"))
                if iso
                else parsedate_to_datetime(when)
            )
        if isinstance(when, datetime.datetime):
            when = when if when.tzinfo else when.replace(tzinfo=datetime.timezone.utc)
            return round(when.timestamp() * 1e6) * 1000
        return round(float(when) * 1e6) * 1000
    except (TypeError, ValueError):
        return -1


def is_folder_at(address: str) -> bool:
    """Whether an address is a folder: by its last slash, else by asking.

    All that is on a web server is a file unless it ends in a slash.

    Raises:
        RemoteError: It does not exist, or cannot be asked.
    """
    if address.endswith("/"):
        return True
    if address.startswith("http"):
        return False
    system, path = system_of(address)
    return bool(patiently(lambda: system.isdir(path)))


def files_below(address: str) -> tuple[dict[str, str], dict[str, str]]:
    """The files in a folder and in all below it.

    Returns:
        The address of each file by its name there; and of each folder below that cannot be listed,
        likewise by its name, why: a clause.

    Raises:
        RemoteError: It cannot be listed.
    """
    system, path = system_of(address)
    if address.startswith("http"):
        found, failures = _linked_below(system, path)
    else:
        found, failures = patiently(lambda: system.find(path, withdirs=False)), {}
    base, root = address.rstrip("/"), path.rstrip("/")
    inside = {name: name[len(root) :].lstrip("/") for name in found if name.startswith(root)}
    files = {name: f"{base}/{name}" for name in sorted(inside.values()) if name}
    return files, {folder[len(root) :].strip("/"): why for folder, why in failures.items()}


def _linked_below(system: Any, root: str) -> tuple[list[str], dict[str, str]]:
    """The files that pages of links lead to, page by page; `find` passes over those that fail."""
    found, failures, seen, waiting = list[str](), dict[str, str](), {root}, [root]
    while waiting:
        folder = waiting.pop()
        try:
            entries = patiently(partial(system.ls, folder, detail=True))
        except RemoteError as error:
            if folder == root:
                raise
            failures[folder] = str(error)
            continue
        for name in (entry["name"] for entry in entries):
            if not name.endswith("/"):
                found.append(name)
            elif name.startswith(root) and name not in seen and not _UP & set(name.split("/")):
                seen.add(name)
                waiting.append(name)
    return found, failures


def states_at(addresses: Sequence[str]) -> list[tuple[int, int]]:
    """Sizes and modification times of files, see `state_of`; many of one folder by listing it."""
    folders: dict[str, list[int]] = defaultdict(list)
    for i, address in enumerate(addresses):
        folders[address.rpartition("/")[0]].append(i)
    states, alone = [(-1, -1)] * len(addresses), list[int]()
    for folder, places in folders.items():
        listed = _listed(folder) if len(places) > _ASKED_ONE_BY_ONE else {}
        for i in places:
            if (name := addresses[i].rpartition("/")[2]) in listed:
                states[i] = listed[name]
            else:
                alone.append(i)
    if alone:
        with ThreadPoolExecutor(min(_AT_ONCE, len(alone))) as pool:
            asked = pool.map(_state_at, [addresses[i] for i in alone])
            for i, state in zip(alone, asked, strict=True):
                states[i] = state
    return states


def _listed(folder: str) -> dict[str, tuple[int, int]]:
    """The states of the files in a folder, by name; none where listing does not tell."""
    if folder.startswith("http"):
        return {}
    try:
        system, path = system_of(folder)
        entries = patiently(lambda: system.ls(path, detail=True))
    except RemoteError:
        return {}
    return {entry["name"].rpartition("/")[2]: state_of(entry) for entry in entries}


def _state_at(address: str) -> tuple[int, int]:
    try:
        system, path = system_of(address)
        return state_of(patiently(lambda: system.info(path)))
    except RemoteError:  # told when it is opened
        return -1, -1
