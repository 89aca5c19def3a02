"""Download files and unpack archives; incomplete files never take their final names."""

from __future__ import annotations

import errno
import hashlib
import http.client
import json
import lzma
import re
import shutil
import tarfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.arguments import path_of
from ..runtime.progress import ProgressBar
from ..runtime.sizes import size_text
from ._files import filling

_CHUNK = 1 << 18
_TRIES = 3  # how often a broken connection is resumed
_TIMEOUT = 60  # seconds without a byte
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BROKEN_ARCHIVE = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(NotImplementedError, RuntimeError),  # zipfile: an unknown method, a password
)


class _BrokenOffError(Exception):
    """The connection ended before the file did."""


def fetch(url: str, path: PathLike, *, sha256: str | None = None, progress: bool = True) -> Path:
    """Download a file; an interrupted download is resumed.

    The file is written to `<path>.part` and takes its name when it is complete and its checksum
    is right. An existing file is kept, not downloaded again.

    Args:
        url: An http or https address.
        path: Where the file goes.
        sha256: Its SHA-256 in hexadecimal; `None` does not check.
        progress: Show a bar, on a terminal only.

    Returns:
        `path` as a `Path`.

    Raises:
        HearingAIError: The address cannot be reached or has no such file, the connection keeps
            breaking off, the disk is full, or the checksum is wrong.

    Example:
        >>> from hearingai.datasets.download import fetch
        >>> fetch("https://example.org/clips.zip", "clips.zip")  # doctest: +SKIP
    """
    path = path_of("path", path).expanduser()
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise HearingAIError(f"`url` must begin with http:// or https://. Received: {url!r}")
    if path.exists():
        if sha256 is not None and _digest(path) != sha256.lower():
            raise HearingAIError(
                f"`{path}` exists and is not the file at {url} (its SHA-256 differs); "
                f"nothing was overwritten. Move it away, then try again"
            )
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with ProgressBar(f"Fetching {path.name}", size=True, show=progress) as bar:
        for _ in range(_TRIES):
            if _fetch_rest(url, part, bar):
                break
        else:
            raise HearingAIError(
                f"{url}: the connection broke off {_TRIES} times. The bytes received, "
                f"{_size(part)}, are kept: the next try resumes there"
            )
    found = _digest(part)
    _note(part).unlink(missing_ok=True)
    if sha256 is not None and found != sha256.lower():
        part.unlink()
        raise HearingAIError(
            f"{url}: the downloaded file is not the expected one and was deleted. "
            f"SHA-256 expected: {sha256.lower()}, received: {found}"
        )
    part.replace(path)
    return path


def _fetch_rest(url: str, part: Path, bar: ProgressBar) -> bool:
    """Request once what `part` lacks and append it; returns whether the file is complete."""
    known = _read_note(part, url)
    request = urllib.request.Request(url, headers={"User-Agent": "hearingai"})
    if have := _size(part) if known else 0:
        request.add_header("Range", f"bytes={have}-")
        if known["validator"]:
            request.add_header("If-Range", known["validator"])
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
            total = _total(response, have)
            if response.status == 206 and total != known["total"]:
                _forget(part)  # the file has changed on the server
                return False
            if response.status != 206:
                have = 0
            _check_space(part, have, total)
            _write_note(part, url, response, total)
            return _append(response, part, have, total, bar)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:
            if have == known["total"]:
                return True
            _forget(part)
            return False
        raise HearingAIError(f"{url}: the server answered {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise HearingAIError(
            f"{url} cannot be reached ({error.reason}). Is there a network connection?"
        ) from None
    except (_BrokenOffError, ConnectionError, TimeoutError, http.client.HTTPException):
        return False
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise HearingAIError(f"`{part}` cannot be written: the disk is full") from None
        raise


def _append(response: Any, part: Path, have: int, total: int | None, bar: ProgressBar) -> bool:
    """Write what follows the first `have` bytes; returns whether the file is complete."""
    with open(part, "r+b" if have else "wb") as file:
        file.truncate(have)
        file.seek(have)
        bar.total = total
        for chunk in _chunks(response):
            file.write(chunk)
            have += len(chunk)
            bar.update(have)
    return total is None or have == total


def _chunks(response: Any) -> Iterator[bytes]:
    try:
        while chunk := response.read(_CHUNK):
            yield chunk
    except (OSError, http.client.HTTPException):
        raise _BrokenOffError from None


def _total(response: Any, have: int) -> int | None:
    """The size of the whole file by the response's headers, or `None`."""
    if response.status == 206:
        stated = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
        return int(stated[2]) if stated and int(stated[1]) == have else None
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None


def _check_space(part: Path, have: int, total: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - have > free:
        raise HearingAIError(
            f"`{part.parent}` has {size_text(free)} free; the file needs "
            f"{size_text(total - have)} more"
        )


def _note(part: Path) -> Path:
    """The file beside `part` with the address and the version of the file."""
    return part.with_name(part.name + ".json")


def _write_note(part: Path, url: str, response: Any, total: int | None) -> None:
    tag = response.headers.get("ETag") or ""
    validator = response.headers.get("Last-Modified") if tag[:2] in ("", "W/") else tag
    note = {"url": url, "validator": validator, "total": total}
    _note(part).write_text(json.dumps(note), encoding="utf-8")


def _read_note(part: Path, url: str) -> Any:
    """The address and version of `part`; `None` unless it can be resumed."""
    try:
        note = json.loads(_note(part).read_text(encoding="utf-8"))
        return note if note["url"] == url and note["total"] is not None else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def unpack(archive: PathLike, folder: PathLike, *, progress: bool = True) -> None:
    """Unpack a tar archive (plain, gz, bz2 or xz) or a zip archive into a folder.

    All is unpacked to a temporary folder first, so that a failure leaves nothing behind and no file
    is overwritten. An archive with a member outside the folder, a link that leads out of it, or a
    device is refused.

    Args:
        archive: The archive.
        folder: The folder to unpack to; created if necessary.
        progress: Show a bar, on a terminal only.

    Raises:
        HearingAIError: The archive is damaged or unsafe, the disk is full, or a member's name
            exists already.
    """
    archive = Path(archive).expanduser()
    if not archive.is_file():
        raise HearingAIError(f"`archive` must be a file. Received: {str(archive)!r}")
    try:
        with (
            filling(Path(folder).expanduser()) as place,
            ProgressBar(f"Unpacking {archive.name}", _size(archive), True, progress) as bar,
        ):
            kind = _unpack_tar if tarfile.is_tarfile(archive) else _unpack_zip
            kind(archive, place, bar)
    except _BROKEN_ARCHIVE as error:
        raise HearingAIError(f"`{archive}` cannot be unpacked: {error}") from None
    except OSError as error:
        reason = "the disk is full" if error.errno in _NO_SPACE else error
        raise HearingAIError(f"`{archive}` cannot be unpacked: {reason}") from None


def _unpack_tar(archive: Path, place: Path, bar: ProgressBar) -> None:
    # Python 3.10 before 3.10.12 has no filters; the checks here hold without them.
    safety: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with open(archive, "rb") as file, tarfile.open(fileobj=file) as tar:
        for member in tar:
            _check_inside(archive, member.name, member.name)
            if member.issym() or member.islnk():
                _check_inside(archive, member.name, member.linkname)
            elif not (member.isfile() or member.isdir()):
                raise HearingAIError(f"`{archive}` is unsafe: `{member.name}` is a device")
            tar.extract(member, place, set_attrs=False, **safety)
            bar.update(file.tell())


def _unpack_zip(archive: Path, place: Path, bar: ProgressBar) -> None:
    with open(archive, "rb") as file, zipfile.ZipFile(file) as container:
        for member in container.infolist():
            _check_inside(archive, member.filename, member.filename)
            container.extract(member, place)
            bar.update(file.tell())


def _check_inside(archive: Path, member: str, target: str) -> None:
    """Refuse a name, or a link's target, that is absolute or leads out of the folder."""
    target = target.replace("\\", "/")
    if target.startswith("/") or re.match("[A-Za-z]:", target) or ".." in target.split("/"):
        raise HearingAIError(f"`{archive}` is unsafe: `{member}` leads out of the folder")
