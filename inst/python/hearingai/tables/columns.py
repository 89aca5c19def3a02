"""The columns of a table, checked; an error names the table, the row and what is there."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError
from ..runtime.arguments import scalar

_ALSO = {  # what the columns that we ask for are called elsewhere
    "fname": (
        *("path", "file", "filename", "file_name", "filepath", "recording", "recordings"),
        *("begin path", "begin file"),
    ),
    "class": ("label", "category", "species", "word", "target"),
    "label": ("class", "labels", "category", "species", "annotation", "tag"),
    "start": ("begin", "onset", "start_time", "begin time (s)", "from"),
    "end": ("stop", "offset", "end_time", "end time (s)", "to"),
}


def check_columns(argument: str, table: object, columns: Sequence[str]) -> None:
    """Raise an error that names the argument unless `table` is a table with these columns."""
    names = ", ".join(f"`{column}`" for column in columns)
    named = f"a column {names}" if len(columns) == 1 else f"the columns {names}"
    if not isinstance(table, pd.DataFrame):
        raise HearingAIError(
            f"`{argument}` must be a table with {named}. Received: {type(table).__name__}"
        )
    if not set(columns) <= set(table):
        lacking = next(column for column in columns if column not in table)
        raise HearingAIError(
            f"`{argument}` must have {named}. Received: {', '.join(map(str, table)) or 'none'}"
            f"{meant(lacking, table)}"
        )
    refuse_doubled(argument, table, columns)


def refuse_doubled(argument: str, table: pd.DataFrame, columns: Iterable[object]) -> None:
    """Raise an error where a table has two columns of one of these names."""
    twice = set(table.columns[table.columns.duplicated()]).intersection(columns)
    if twice:
        raise HearingAIError(f"`{argument}` has two columns {str(min(twice, key=str))!r}")


def check_column(argument: str, table: pd.DataFrame, column: object, use: str = "") -> None:
    """Raise an error that lists the columns of a table unless `column` is among them."""
    if column not in table:
        raise HearingAIError(
            f"`{argument}` has no column `{column}`{use}. "
            f"Its columns: {', '.join(map(str, table)) or 'none'}{meant(column, table)}"
        )


def blank(values: pd.Series) -> np.ndarray:
    """Which values are missing: those that are none, and texts of blanks alone."""
    empty = [isinstance(value, str) and not value.strip() for value in values]
    return np.array(empty, dtype=bool) | values.isna().to_numpy(bool)


def refuse_blank(argument: str, table: pd.DataFrame, column: str) -> None:
    """Raise an error that names the first row where a value is missing."""
    missing = np.flatnonzero(blank(table[column]))
    if len(missing):
        raise HearingAIError(f'`{argument}["{column}"]` is missing in row {missing[0] + 1}')


def check_paths(argument: str, table: pd.DataFrame) -> list[str]:
    """The column `fname` of a table as text, or an error that names the row that holds no path."""
    for row, fname in enumerate(table["fname"]):
        if not isinstance(fname, (str, os.PathLike)):
            raise HearingAIError(
                f'`{argument}["fname"]` in row {row + 1} must be a path. '
                f"Received: {_plain(fname)!r}"
            )
    return [os.fspath(fname) for fname in table["fname"]]


def clip_times(argument: str, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The columns `start` and `end` of a table, checked.

    Args:
        argument: What the table is called, for the error.
        table: A table; it may lack the columns, and values in them.

    Returns:
        `(starts, ends)`: seconds, float64; 0 and NaN where they are not given.

    Raises:
        HearingAIError: A value is no number, negative, or an end does not lie after its start.

    Example:
        >>> starts, ends = clip_times("clips", pd.DataFrame({"fname": ["a.wav"], "end": [2]}))
        >>> starts.tolist(), ends.tolist()
        ([0.0], [2.0])
    """
    starts, ends = (_times(argument, table, column) for column in ("start", "end"))
    starts = np.where(np.isnan(starts), 0.0, starts)
    wrong = np.flatnonzero(ends <= starts)
    if len(wrong):
        row = wrong[0]
        raise HearingAIError(
            f'`{argument}["end"]` in row {row + 1} must lie after the start at {starts[row]:g} s. '
            f"Received: {ends[row]:g}"
        )
    return starts, ends


def _times(argument: str, table: pd.DataFrame, column: str) -> np.ndarray:
    """A column of seconds, float64; NaN where nothing is given."""
    if column not in table:
        return np.full(len(table), np.nan)
    values = table[column]
    missing = np.asarray(values.isna())
    if values.dtype.kind in "fiu":
        times = values.to_numpy("float64", na_value=np.nan)
    else:
        found = (scalar(value) for value in values)
        times = np.array([np.nan if time is None else time for time in found], "float64")
    wrong = np.flatnonzero(~missing & ~((times >= 0) & (times < np.inf)))
    if len(wrong):
        raise HearingAIError(
            f'`{argument}["{column}"]` in row {wrong[0] + 1} must be seconds, a number from 0. '
            f"Received: {_plain(values.iloc[wrong[0]])!r}"
        )
    return times


def _plain(value: Any) -> Any:
    """A value of NumPy as Python shows it."""
    return value.item() if isinstance(value, np.generic) else value


def meant(column: object, columns: Iterable[object]) -> str:
    """The column that a missing one may be called by mistake, as a hint; else nothing."""
    known = [str(name) for name in columns]
    lower = {name.lower(): name for name in known}
    near = next((lower[name] for name in _ALSO.get(str(column), ()) if name in lower), None)
    if near is None:
        found = difflib.get_close_matches(str(column).lower(), lower, n=1)
        near = lower[found[0]] if found else None
    return "" if near is None else f"\n  Is it the column {near!r}?"
