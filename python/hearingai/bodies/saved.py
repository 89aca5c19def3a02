"""The body that a saved classifier names: looked for, and opened only if it is the same."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import HearingAIError
from .body import LONGEST_LICENCE, LONGEST_NAME, Body, sha256_of
from .registry import NAMED, open_body

_LARGEST = 2**31  # bytes that a LiteRT or ONNX file can have
_DATA_ALONE = (".onnx", ".tflite", ".ckpt", ".npz")  # a SavedModel can write files when it runs


def check_description(described: Any) -> None:
    """Refuse what is not as `Body.description` gives it; opens nothing.

    Raises:
        HearingAIError: It names the entry and what it holds.
    """
    if not isinstance(described, dict):
        raise HearingAIError(f"`body` must be a dict. It is: {str(described)[:80]}")
    checks: dict[str, Callable[[Any], bool]] = {
        "name": lambda value: _is_text(value, LONGEST_NAME),
        "sha256": lambda value: _is_text(value, 64) and len(value) == 64,
        "licence": lambda value: _is_text(value, LONGEST_LICENCE),
        "source": lambda value: _is_text(value, 1000),
        "path": lambda value: value is None or _is_text(value, 4096),
        "options": _are_options,
    }
    for name, fits in checks.items():
        if not fits(described.get(name)):
            raise HearingAIError(
                f"`{name}` of its body is damaged. It is: {str(described.get(name))[:80]}"
            )


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
        _check_same(described, sha256_of(files), files[0])
        return opened_again(described)
    _check_same(described, body.sha256, body.files[0])
    if dict(body.options) != described["options"]:
        raise HearingAIError(
            f"its body `{described['name']}` must be given as "
            f"`{_opening(described['name'], described['options'])}`. Received: "
            f"`{_opening(body.name, dict(body.options))}`"
        )
    return _as_described(body, described)


def opened_again(described: dict[str, Any]) -> Body:
    """Open the body of a description that this program made, or whose files were checked."""
    if not described["options"]:
        return NAMED[described["name"]].open(described["path"])
    return _as_described(open_body(described["path"], **described["options"]), described)


def _as_described(body: Body, described: dict[str, Any]) -> Body:
    """The body under the name and the licence that it was trained with."""
    told = {key: described[key] for key in ("name", "licence", "source")}
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
        raise HearingAIError(f"there is no body `{name}`")
    missing = [file for file in files if not _may_be_opened(file)]
    if missing:
        raise HearingAIError(
            f"its body `{name}` is not to be found as a LiteRT or ONNX file `{missing[0]}`; open "
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
    if not _is_on_this_machine(path) or Path(path).suffix.lower() not in _DATA_ALONE:
        return False
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST


def _is_on_this_machine(path: str) -> bool:
    """Whether a path is absolute and names no other machine, which would learn of the look-up."""
    return Path(path).is_absolute() and not path.startswith(("//", "\\\\"))


def _check_same(described: dict[str, Any], found: str, file: str) -> None:
    wanted = described["sha256"]
    if found != wanted:
        raise HearingAIError(
            f"its body `{described['name']}` is another than the one it was trained with: {file} "
            f"has the SHA-256 {found[:16]}..., and {wanted[:16]}... is wanted"
        )


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest


def _are_options(options: Any) -> bool:
    """Whether they are those of a body by its name, none, or as `open_body` notes them."""
    if not isinstance(options, dict):
        return False
    names = ("sample_rate", "window", "hop", "input", "output")
    return not options or (
        set(options) == set(names)
        and type(options["sample_rate"]) is int
        and all(type(options[n]) is float and 1e-3 <= options[n] <= 3600 for n in ("window", "hop"))
        and all(options[n] is None or _is_text(options[n], 1000) for n in ("input", "output"))
    )
