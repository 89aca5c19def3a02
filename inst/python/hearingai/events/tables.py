"""Tables of events: their columns, and the formats of their files."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .._typing import PathLike
from ..audio.files import is_audio_name
from ..errors import HearingAIError
from ..runtime import arguments
from ..runtime.arguments import choose
from ..tables.columns import check_columns
from .tracking import EVENT_COLUMNS

FORMATS = ("csv", "parquet", "audacity", "raven", "kaleidoscope")
BOUNDS = ("low", "high")  # Hz, of events whose frequencies are known
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_ZONED = re.compile(r"\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$")  # a time that ends with its zone


def complete_events(events: Any) -> pd.DataFrame:
    """Check a table of events; returns it with all its columns, those of `EVENT_COLUMNS` first."""
    events = getattr(events, "events", events)
    if not isinstance(events, pd.DataFrame):
        raise HearingAIError(
            f"`events` must be a table with start, end and label, or what annotate() returned. "
            f"Received: {type(events).__name__}"
        )
    for column in ("start", "end", "label"):
        check_columns("events", events, (column,))
    others = [column for column in events.columns if column not in EVENT_COLUMNS]
    table = pd.DataFrame(index=range(len(events)))
    for column in EVENT_COLUMNS:
        given = events[column].to_numpy() if column in events else [None] * len(events)
        table[column] = _column(column, given)
    for other in others:
        given = events[other].to_numpy()
        table[other] = _column(other, given) if other in BOUNDS else given
    if "time" in events:
        table["time"] = _clock_times(events["time"])
    wrong = ~(table["start"].ge(0) & table["end"].ge(table["start"]) & np.isfinite(table["end"]))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise HearingAIError(
            f"`events` must have `start` from 0 and `end` not before it, in seconds. Received in "
            f"row {row + 1}: {table['start'][row]:g} and {table['end'][row]:g}"
        )
    if table["label"].isna().any():
        rows = np.flatnonzero(table["label"].isna())
        raise HearingAIError(
            f'`events["label"]` is missing in row {rows[0] + 1}, and in {len(rows)} of '
            f"{len(table)} rows in all"
        )
    return table


def _clock_times(given: pd.Series) -> pd.Series:
    """Clock times in UTC; what is none of a known zone is a column of the user's and stays."""
    zoned = isinstance(given.dtype, pd.DatetimeTZDtype)
    if not zoned and not all(isinstance(v, str) and _ZONED.search(v) for v in given.dropna()):
        return given.reset_index(drop=True)
    try:
        times = pd.to_datetime(given, utc=True, format=None if zoned else "ISO8601")
    except ValueError:
        return given.reset_index(drop=True)
    return times.astype("datetime64[us, UTC]").reset_index(drop=True)


def _column(name: str, values: Any) -> pd.Series:
    """Text as objects, `None` where it is missing; times and scores as numbers."""
    if name in ("fname", "label"):
        return pd.Series(texts(name, values), dtype=object)
    for row, value in enumerate(values):
        if isinstance(value, str) and not _is_number(value):
            raise HearingAIError(
                f'`events["{name}"]` must be numbers. Received in row {row + 1}: {value!r}'
            )
    try:
        return pd.to_numeric(pd.Series(values, dtype=object)).astype("float64")
    except (ValueError, TypeError) as error:
        raise HearingAIError(f'`events["{name}"]` must be numbers: {error}') from None


def texts(name: str, values: Iterable[Any]) -> list[str | None]:
    """Labels, or paths of recordings, as text; `None` where there is none."""
    kinds = (str, os.PathLike) if name == "fname" else object
    found = list[str | None]()
    for row, value in enumerate(values, 1):
        one = isinstance(value, os.PathLike) or pd.api.types.is_scalar(value)
        none = one and pd.isna(value)
        if not one or isinstance(value, bytes) or not (none or isinstance(value, kinds)):
            what = "a path" if name == "fname" else "text, one label"
            raise HearingAIError(
                f'`events["{name}"]` in row {row} must be {what}. Received: {value!r}'
            )
        found.append(None if none else os.fspath(value) if name == "fname" else as_written(value))
    return found


def as_written(value: object) -> str:
    """A cell as text: pandas makes 20240101 a float where another cell of the column is empty."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def in_one_line(text: str) -> str:
    """A text without what would end a line or a cell of a table; other blanks stay."""
    return _BREAKS.sub(" ", text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def as_seconds(text: str) -> float:
    """A number from a table that tabs or semicolons part, where 1,5 is one."""
    return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)


def seconds_of(table: pd.DataFrame, column: str, *, comma: bool = True) -> pd.Series:
    """A column as numbers; an empty cell and NA, as R writes it, are none.

    Args:
        table: A table whose index is the number of each row, for the error.
        column: The column.
        comma: Whether 1,5 is a number.
    """
    found = list[float]()
    for row, value in table[column].items():
        try:
            if isinstance(value, str) and value != "NA":
                found.append(as_seconds(value) if comma else float(value))
            else:
                found.append(float("nan") if pd.isna(value) or value == "NA" else float(value))
        except (ValueError, TypeError):
            raise HearingAIError(
                f"`{column}` must be numbers. Received in row {row}: {value!r}"
            ) from None
    return pd.Series(found, table.index, dtype="float64")


def event_format(path: Path, format: str | None = None) -> str:
    """The format of a file of events: as given, else by its ending."""
    if format is not None and is_audio_name(path.name):
        raise HearingAIError(
            f"`path` must not be named like a recording, which it would replace. Received: {path}"
        )
    if format is not None:
        return choose("format", format, FORMATS)
    name = path.name.lower()
    endings = {".csv": "csv", ".parquet": "parquet", ".selections.txt": "raven"}
    for ending, kind in (endings | {".txt": "audacity"}).items():
        if name.endswith(ending):
            return kind
    raise HearingAIError(
        f"`path` must end in .csv, .parquet, .txt (Audacity) or .selections.txt (Raven), or "
        f"`format` must be one of {', '.join(FORMATS)}. Received: {path}"
    )


def path_of(path: PathLike) -> Path:
    """A path, or an error where `path` is not one."""
    return arguments.path_of("path", path)
