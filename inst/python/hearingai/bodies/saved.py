"""The body that a saved classifier names: looked for, and opened only if it is the same."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import HearingAIError
from .body import Body, check_same, sha256_of
from .description import check_description
from .registry import FACTS, NAMED, open_body

_LARGEST = 2**31  # bytes that a LiteRT or ONNX file can have
# Endings of files that run no code; a SavedModel can write files when it runs.
_DATA_ALONE = (".onnx", ".tflite", ".ckpt", ".npz", ".index")


def found_again(described: Any, body: Body | None = None) -> Body:
    """The body of a saved classifier; the file may be a stranger's.

    Nothing is opened before its SHA-256 is found to be the one that is wanted, and nothing but a
    file of this machine of a kind that is data alone is looked at.

    Args:
        described: What `Body.description` gave.
        body: The body to take instead of looking for it; its files must be the same.

    Raises:
        HearingAIError: It is not there, or it is another.
    """
    check_description(described)
    if body is None:
        described = described | {"path": _own_path(described)}
        files = _files_of(described)
        check_same(described["name"], described["sha256"], sha256_of(files), files[0])
        return opened_again(described)
    check_same(described["name"], described["sha256"], body.sha256, body.files[0])
    if dict(body.options) != described["options"]:
        raise HearingAIError(
            f"its body `{described['name']}` must be given as "
            f"`{_opening(described['name'], described['options'])}`. Received: "
            f"`{_opening(body.name, dict(body.options))}`"
        )
    return _as_described(body, described)


def opened_again(described: dict[str, Any]) -> Body:
    """Open the body of a description that this program made, or whose files were checked.

    Raises:
        HearingAIError: Its files have changed.
    """
    if described["options"]:
        body = _as_described(open_body(described["path"], **described["options"]), described)
    else:
        body = NAMED[described["name"]].open(described["path"])
    check_same(body.name, described["sha256"], body.sha256, body.files[0])
    return body


def _as_described(body: Body, described: dict[str, Any]) -> Body:
    """The body under the name and the licence that it was trained with, of known ones ours."""
    if body.name in FACTS:
        return body
    told = {key: described[key] for key in ("name", "licence", "source")}
    if told["name"] in FACTS:
        told["licence"] = FACTS[told["name"]]["licence"]
    if all(getattr(body, key) == value for key, value in told.items()):
        return body
    return replace(body, **told)


def _own_path(described: dict[str, Any]) -> str | None:
    """Where its files are said to lie; `None` where a body that has a name is not there."""
    path = described["path"]
    if path is None or described["options"]:
        return path
    return path if _is_on_this_machine(path) and Path(path).exists() else None


def _files_of(described: dict[str, Any]) -> tuple[str, ...]:
    """The files of a body, found and not opened."""
    name, path = described["name"], described["path"]
    if described["options"]:
        files: tuple[str, ...] = (path or "",)
    elif name in NAMED:
        files = _files_of_named(name, path)
    else:
        raise HearingAIError(f"there is no body `{name}`; it can be given as `body`")
    missing = [file for file in files if not _may_be_opened(file)]
    if missing:
        kind = "a LiteRT or ONNX file" if described["options"] else "a file"
        raise HearingAIError(
            f"its body `{name}` is not to be found as {kind} `{missing[0]}`; open "
            f"it with get_body() or open_body() and give it as `body`"
        )
    return files


def _files_of_named(name: str, path: str | None) -> tuple[str, ...]:
    try:
        return NAMED[name].files(path)
    except HearingAIError as error:
        raise HearingAIError(
            f"its body `{name}` is not to be found: {error}. Opened from a path, it is given as "
            f"`{_opening(name, {})}`"
        ) from None


def _opening(name: str, options: dict[str, Any]) -> str:
    """A body as an argument: how it is opened, from a path."""
    told = "".join(f", {key}={value!r}" for key, value in options.items() if value is not None)
    return f"body=open_body(path{told})" if options else f'body=get_body("{name}", path)'


def _may_be_opened(path: str) -> bool:
    """Whether it is a file of this machine, of a kind that runs no code, and no larger than any."""
    suffix = Path(path).suffix.lower()
    if not _is_on_this_machine(path) or not (suffix in _DATA_ALONE or suffix.startswith(".data-")):
        return False
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST


def _is_on_this_machine(path: str) -> bool:
    """Whether a path is absolute and names no other machine, which would learn of the look-up."""
    return Path(path).is_absolute() and not path.startswith(("//", "\\\\"))
