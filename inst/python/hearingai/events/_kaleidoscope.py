"""Kaleidoscope's tables: a row a detection, by folder and file, offset and duration."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ._dialects import column_named
from ._matching import is_file

_FOLDERS = ("INDIR", "FOLDER", "IN FILE")


def kaleidoscope_recordings(table: pd.DataFrame, path: Path | None) -> pd.Series:
    """The recording of each row: in its folder, else beside the table, else as it is called."""
    named = [column_named(table, name) for name in _FOLDERS]
    cells = table[[name for name in named if name is not None]].astype(object)
    rows = list(cells.where(cells.notna(), None).itertuples(index=False, name=None))
    known = {row: _path_of(row, path) for row in dict.fromkeys(rows)}
    found = [known[row] for row in rows]
    return pd.Series(found, table.index, dtype=object)


def _path_of(row: tuple, table: Path | None) -> str | None:
    parts = [str(part) for part in row if isinstance(part, str) and part.strip(" .")]
    if not parts or not isinstance(row[-1], str):
        return None
    stroke = "\\" if any("\\" in part for part in parts) else "/"
    full = stroke.join(part.rstrip("\\/") or part for part in parts)
    beside = (
        None if table is None or "\\" in full else [table.parent / full, table.parent / row[-1]]
    )
    if is_file(full) or beside is None:
        return full
    return next((str(file) for file in beside if is_file(file)), full)


def kaleidoscope_table(events: pd.DataFrame) -> pd.DataFrame:
    """Events in the columns that Kaleidoscope opens, and their score and further columns."""
    paths = [None if fname is None else Path(fname).absolute() for fname in events["fname"]]
    table = pd.DataFrame(index=events.index)
    table["INDIR"] = ["" if path is None else str(path.parent.parent) for path in paths]
    table["FOLDER"] = ["" if path is None else path.parent.name for path in paths]
    table["IN FILE"] = ["" if path is None else path.name for path in paths]
    table["OFFSET"] = events["start"]
    table["DURATION"] = (events["end"] - events["start"]).round(9)
    for ours, theirs in (("low", "Fmin"), ("high", "Fmax")):
        if ours in events:
            table[theirs] = events[ours]
    table["MANUAL ID"] = events["label"]
    if events["score"].notna().any():
        table["confidence"] = events["score"]
    known = {"fname", "start", "end", "label", "score", "low", "high"}
    return table.join(events[[name for name in events if name not in {*known, *table}]])
