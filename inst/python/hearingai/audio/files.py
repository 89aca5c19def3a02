"""Which files are recordings, and which of them can be opened."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial as partial_of
from typing import Any, TypeVar

from ..errors import AudioFileError, first_few, readable, warn
from ..runtime.progress import ProgressBar
from ._av import is_installed
from .doubts import for_this_call, noted_doubts
from .reading import audio_info

EXTENSIONS = (  # of what libsndfile knows by its content
    *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf"),
    *(".w64", ".rf64", ".wave", ".bwf", ".mp2", ".mpga", ".mpa", ".mp1", ".aifc", ".aiffc"),
    *(".snd", ".voc", ".sph", ".nist", ".ircam", ".sf", ".sd2", ".avr", ".sds", ".paf", ".pvf"),
    *(".wve", ".svx", ".8svx"),
)
AV_EXTENSIONS = (  # of sound, and film with sound, that PyAV reads, where it is installed
    *(".m4a", ".m4b", ".mp4", ".m4v", ".aac", ".alac", ".ac3", ".eac3", ".ec3", ".wma", ".wmv"),
    *(".asf", ".amr", ".3gp", ".3ga", ".3g2", ".webm", ".weba", ".mka", ".mkv", ".mov", ".avi"),
    *(".mpg", ".mpeg", ".m2ts", ".mts", ".ape", ".wv", ".tta", ".mpc", ".spx", ".dsf", ".dff"),
    *(".ra", ".rm", ".flv", ".dts", ".ogv"),
)

_File = TypeVar("_File", bound="str | os.PathLike[str]")


def extensions() -> tuple[str, ...]:
    """The endings of recordings that can be read here."""
    return EXTENSIONS + AV_EXTENSIONS if is_installed() else EXTENSIONS


def is_audio_name(name: str) -> bool:
    """Whether a file of this name is considered a recording; hidden files are not."""
    return name[0] != "." and name.lower().endswith(extensions())


def openable(
    files: Iterable[_File], *, whole: bool = False
) -> tuple[list[_File], list[AudioFileError]]:
    """Split files into those whose headers can be read, and `AudioFileError`s.

    Args:
        files: Paths.
        whole: Whether truncated files are among the errors, and not left to who reads them.
    """
    with nullcontext() if whole else noted_doubts():
        found, problems = read_headers(list(files), partial=not whole)
    silent = [AudioFileError(file, "holds no samples") for file, i in found if i["samples"] == 0]
    return [file for file, info in found if info["samples"] != 0], problems + silent


def read_headers(
    files: Sequence[_File], *, partial: bool = False
) -> tuple[list[tuple[_File, dict[str, Any]]], list[AudioFileError]]:
    """Read the headers of recordings, several at a time; `partial` as of `audio_info`.

    Returns:
        `(found, problems)`: a list of `(file, info)` in the order of `files`, and a list of the
        `AudioFileError`s of the others.
    """
    found, problems = [], []
    look = for_this_call(partial_of(_info_or_error, partial=partial))
    with ProgressBar("Reading headers", len(files)) as bar, ThreadPoolExecutor(8) as pool:
        for file, info in zip(files, pool.map(look, files), strict=True):
            if isinstance(info, AudioFileError):
                problems.append(info)
            else:
                found.append((file, info))
            bar.advance()
    return found, problems


def _info_or_error(file: Any, partial: bool) -> Any:
    try:
        return audio_info(file, partial=partial)
    except AudioFileError as error:
        return error
    except OSError as error:
        return AudioFileError(file, f"cannot be opened ({error.strerror})")


def warn_left_out(problems: Any, what: str = "file(s)") -> None:
    """Warn once of files that cannot be used, at the caller of the public function."""
    if not problems:
        return
    named = first_few((f"{readable(p.path)} {p.reason}" for p in problems), between="; ")
    warn(f"left out {len(problems)} {what} that cannot be used: {named}")
