"""Selections of a table of any program, in our columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import HearingAIError
from ..tables.columns import check_columns, refuse_doubled
from ..tables.text_tables import guess_types
from ._dialects import (
    BEGIN,
    END,
    KALEIDOSCOPE,
    PLAIN,
    RAVEN,
    RAVEN_LABELS,
    WARBLER,
    Dialect,
    column_named,
    dialect_of,
    places_of,
)
from ._kaleidoscope import kaleidoscope_recordings
from ._matching import Beside
from ._raven import Told, raven_recordings, times_in_files, without_headers, without_views
from .tables import seconds_of, texts


@dataclass(frozen=True)
class Source:
    """Where a table comes from, and how it is to be read.

    Attributes:
        tell: Called with a clause about rows that are left out.
        beside: Finds the recording that a file of labels is named after.
        path: The file; `None` of a table in memory.
        columns: What our columns are called, see `read_annotations`.
        needs_label: Whether a table without labels is an error.
        argument: What the table is called where it was given.
    """

    tell: Told
    beside: Beside
    path: Path | None = None
    columns: Mapping[str, str] | None = None
    needs_label: bool = True
    argument: str = "annotations"


def selections_of(table: pd.DataFrame, source: Source, *, comma: bool = True) -> pd.DataFrame:
    """The selections of a table, by the number of their row.

    Args:
        table: Texts, `None` where a cell is empty; or values as pandas has them.
        source: Where it comes from.
        comma: Whether 1,5 is a number.

    Returns:
        A DataFrame with `fname`, `start` and `end`, and where they are known `label`, `score`,
        `low`, `high` and further columns; of times only that they are numbers is checked.
    """
    table = table.set_axis([str(name) for name in table], axis=1)
    table = table.set_axis(pd.RangeIndex(1, len(table) + 1))
    refuse_doubled(source.argument, table, table)
    dialect = dialect_of(table)
    if dialect is RAVEN:
        table = without_headers(table)
    places = places_of(table, dialect, source.columns or {})
    label = _label_column(table, places["label"])
    _refuse_incomplete(table, dialect, places, label is None and source.needs_label, source)
    fname = _recordings(table, dialect, places["fname"], source)
    if dialect is RAVEN:
        bounds = [column for name in ("low", "high") for column in places[name][:1]]
        table = without_views(table, fname, label, bounds, source.tell)
        fname = fname[table.index]
    found = pd.DataFrame({"fname": fname}, table.index)

    def numbers(column: str) -> pd.Series:
        return seconds_of(table, column, comma=comma)

    if dialect is RAVEN and not {"start", "end", "duration"} & set(source.columns or {}):
        found["start"], found["end"] = times_in_files(table, fname, numbers, source.path)
    else:
        found["start"] = numbers(places["start"][0])
        last = places["end"] or places["duration"]
        found["end"] = numbers(last[0]) + (0 if places["end"] else found["start"])
    if label is not None:
        found["label"] = pd.Series(texts("label", table[label]), table.index, dtype=object)
    for name in ("score", "low", "high"):
        if places[name] and table[places[name][0]].notna().any():
            found[name] = numbers(places[name][0])
    if _in_kilohertz(table, dialect):
        found = found.assign(**{c: 1000 * found[c] for c in ("low", "high") if c in found})
    used = {column for columns in places.values() for column in columns[:1]} | {label}
    used |= {column_named(table, name) for name in dialect.unused}
    others = table[[name for name in table if name not in used and name not in found]]
    if source.path is not None and source.path.suffix.lower() != ".parquet":
        others = guess_types(others, (), decimal_comma=comma)
    return found.join(others)


def _label_column(table: pd.DataFrame, columns: list[str]) -> str | None:
    """The first column of labels that holds any, else the first."""
    return next((c for c in columns if table[c].notna().any()), next(iter(columns), None))


def _refuse_incomplete(
    table: pd.DataFrame,
    dialect: Dialect,
    places: Mapping[str, list[str]],
    no_label: bool,
    source: Source,
) -> None:
    """Raise an error of a table that lacks times or labels, and say what it has."""
    no_end = not places["end"] and not places["duration"]
    names = [str(name) for name in table]
    named = f"Its columns: {', '.join(names)}"
    almost = dialect is PLAIN and any(BEGIN in name for name in names)
    if almost or (dialect is RAVEN and (no_end or no_label)):
        times = f"{BEGIN}, {END}" if almost else END
        raise HearingAIError(
            f"a selection table needs {times} and one of {', '.join(RAVEN_LABELS)}. {named}"
        )
    if not places["start"]:
        check_columns(source.argument, table, ("start",))
    if no_end:
        check_columns(source.argument, table, ("end",))
    if no_label and dialect is PLAIN:
        check_columns(source.argument, table, ("label",))
    if no_label:
        raise HearingAIError(
            f"the table has no labels; read_annotations() takes the name of their column "
            f"(`columns`), or one for all rows (`label`). {named}"
        )


def _recordings(
    table: pd.DataFrame, dialect: Dialect, columns: list[str], source: Source
) -> pd.Series:
    """The recording of each row: text, or `None`."""
    if columns:
        return pd.Series(texts("fname", table[columns[0]]), table.index, dtype=object)
    if dialect is RAVEN:
        return raven_recordings(table, source.path, source.beside)
    if dialect is KALEIDOSCOPE:
        return kaleidoscope_recordings(table, source.path)
    own = source.beside(source.path)
    return pd.Series([own] * len(table), table.index, dtype=object)


def _in_kilohertz(table: pd.DataFrame, dialect: Dialect) -> bool:
    """Whether frequencies are in kHz: warbleR's are, and Kaleidoscope's of bats, which have Fc."""
    bats = dialect is KALEIDOSCOPE and column_named(table, "Fc") is not None
    return dialect is WARBLER or bats
