"""Kaleidoscope's tables: a row a detection, by folder and file, offset and duration."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath
from typing import Any

import pandas as pd

from ..errors import warn
from ..runtime.addresses import address_of
from ._dialects import column_named
from ._matching import is_file
from .tables import as_written

_FOLDERS = ("INDIR", "FOLDER", "IN FILE")


def kaleidoscope_recordings(table: pd.DataFrame, path: Path | None) -> pd.Series:
    """The recording of each row: in its folder, else beside the table, else as it is called."""
    named = [column_named(table, name) for name in _FOLDERS]
    columns = [map(_text, table[name]) for name in named if name is not None]
    rows = list(zip(*columns, strict=True))
    known = {row: _path_of(row, path) for row in dict.fromkeys(rows)}
    found = [known[row] for row in rows]
    return pd.Series(found, table.index, dtype=object)


def _text(cell: Any) -> str | None:
    return None if pd.isna(cell) else as_written(cell)


def _path_of(row: tuple, table: Path | None) -> str | None:
    parts = [part for part in row if part is not None and part.strip(" .")]
    if not parts or row[-1] is None:
        return None
    windows = any("\\" in part for part in parts[:-1])  # a file's name may hold one elsewhere
    folders = [part.rstrip("\\/" if windows else "/") for part in parts[:-1]]
    full = ("\\" if windows else "/").join([*folders, parts[-1]])
    beside = None if table is None or windows else [table.parent / full, table.parent / row[-1]]
    if is_file(full) or beside is None:
        return full
    return next((str(file) for file in beside if is_file(file)), full)


def kaleidoscope_table(events: pd.DataFrame) -> pd.DataFrame:
    """Events in the columns that Kaleidoscope opens, and their score and further columns."""
    places = [_places_of(fname) for fname in events["fname"]]
    table = pd.DataFrame(places, events.index, list(_FOLDERS), dtype=object)
    table["OFFSET"] = events["start"]
    table["DURATION"] = (events["end"] - events["start"]).round(9)
    for ours, theirs in (("low", "Fmin"), ("high", "Fmax")):
        if ours in events:
            table[theirs] = events[ours]
    table["MANUAL ID"] = events["label"]
    if events["score"].notna().any():
        table["confidence"] = events["score"]
    known = {"fname", "start", "end", "label", "score", "low", "high"}
    lost = [name for name in events if name in table and name not in known]
    if lost:
        names = ", ".join(map(str, lost))
        warn(f"`events`: Kaleidoscope has columns {names} of its own; yours are left out")
    return table.join(events[[name for name in events if name not in {*known, *table}]])


def _places_of(fname: str | None) -> tuple[str, str, str]:
    """Folders and name of a recording; an address stays whole."""
    if fname is None:
        return "", "", ""
    if address_of(fname) is not None:
        return "", "", fname
    windows = PureWindowsPath(fname)  # of another machine, where this one has other paths
    its = windows.drive[1:] == ":" or ("\\" in fname and windows.is_absolute())
    path = windows if its else Path(fname).absolute()
    return str(path.parent.parent), path.parent.name, path.name
