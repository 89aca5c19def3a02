"""Recordings as an argument: a path, a folder with all below it, a list of those, or a table."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pandas as pd

from ..audio.folders import files_at
from ..errors import HearingAIError
from ..tables.columns import check_columns
from .decoding import parts_of


def recording_parts(
    argument: str, recordings: Any, also: str = ""
) -> list[tuple[str, float, float | None]]:
    """`(fname, start, duration)` of each recording, or part of one, that an argument names.

    Args:
        argument: What the argument is called, for errors.
        recordings: A path, a folder, a list of those, or a table with `fname` (and `start` and
            `end`).
        also: What else the argument may be, for errors.

    Raises:
        HearingAIError: It is of another kind, names no recording, or a folder holds none.
    """
    if isinstance(recordings, pd.DataFrame):
        check_columns(argument, recordings, ("fname",))
        parts = parts_of(recordings, argument)
        found = [(_path(argument, part[0], also), *part[1:]) for part in parts]
    else:
        several = isinstance(recordings, (list, tuple, pd.Series, np.ndarray))
        paths = recordings if several else [recordings]
        files = [file for path in paths for file in files_at(argument, _path(argument, path, also))]
        found = [(file, 0.0, None) for file in files]
    if not found:
        raise HearingAIError(f"`{argument}` names no recording")
    return found


def _path(argument: str, path: Any, also: str) -> str:
    if not isinstance(path, (str, os.PathLike)):
        kinds = ["paths", "a table with a column `fname`", *([also] if also else [])]
        hint = "" if also else "\n  write_audio() makes a file of sound in memory"
        raise HearingAIError(
            f"`{argument}` must be {', '.join(kinds[:-1])}{',' if also else ''} or {kinds[-1]}. "
            f"Received: {path!r}{hint}"
        )
    return os.fspath(path)
