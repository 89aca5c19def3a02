"""Raven's selection tables: a row a selection and view, of one recording or of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from ..errors import readable, warn
from ..runtime.addresses import address_of
from ._dialects import BEGIN, END, column_named
from ._matching import is_file
from .tables import in_one_line

OFFSET = "File Offset (s)"
Beside = Callable[[Path | None], str | None]
Told = Callable[[str], None]  # takes what is to be said of a table


def without_headers(given: pd.DataFrame) -> pd.DataFrame:
    """Tables that were bound together are read as one: the headers between them are no events."""
    header = pd.Series(given.columns, given.columns)
    return given[~given.eq(header).all(axis=1)]


def raven_recordings(given: pd.DataFrame, path: Path | None, beside: Beside) -> pd.Series:
    """The recording of each selection: its path, else its name, beside the table if it is there."""
    none = pd.Series([None] * len(given), given.index, dtype=object)
    full, short = (column_named(given, name) for name in ("Begin Path", "Begin File"))
    paths = none if full is None else given[full]
    names = none if short is None else given[short]
    own = beside(path) if (paths.isna() & names.isna()).any() else None
    there = _beside_table(names, path)
    texts = [
        path_of_it if isinstance(path_of_it, str) else there.get(name, name) or own
        for path_of_it, name in zip(paths, names.where(names.notna(), None), strict=True)
    ]
    return pd.Series(texts, given.index, dtype=object)


def _beside_table(names: pd.Series, path: Path | None) -> dict[str, str]:
    """Those of some names that are files in the folder of a table, and their paths."""
    if path is None:
        return {}
    found = {name: path.with_name(name) for name in names.dropna().unique() if _is_name(name)}
    return {name: str(file) for name, file in found.items() if is_file(file)}


def _is_name(text: str) -> bool:
    return "\\" not in text and "/" not in text and text not in ("", ".", "..")


def times_in_files(
    given: pd.DataFrame, fname: pd.Series, seconds: Callable[[str], pd.Series], path: Path | None
) -> tuple[pd.Series, pd.Series]:
    """Start and end in the file of each selection, where Raven showed several files as one.

    Args:
        given: The table.
        fname: The recording of each row.
        seconds: Makes numbers of a column.
        path: The file of the table.
    """
    begin, end = (seconds(str(column_named(given, name))) for name in (BEGIN, END))
    offset = column_named(given, OFFSET)
    if offset is None:
        if fname.nunique() > 1:
            warn(
                f"{path or 'the table'} has selections of several recordings and no {OFFSET}: the "
                f"times are taken for those in each recording"
            )
        return begin, end
    start = seconds(offset)
    if fname.nunique() < 2:
        start = start.where(start.notna(), begin)
    moved = start != begin
    return start, end.where(~moved, start + (end - begin))


def without_views(
    given: pd.DataFrame, fname: pd.Series, label: str | None, bounds: Sequence[str], tell: Told
) -> pd.DataFrame:
    """One row a selection, of those that stand in several views or twice in one.

    Args:
        given: The table.
        fname: The recording of each row.
        label: The column of labels.
        bounds: Columns that may be filled in one view alone.
        tell: What is called with a clause about rows that are left out.
    """
    selection, view = (column_named(given, name) for name in ("Selection", "View"))
    if selection is None or view is None:
        return given
    also = [column_named(given, name) for name in (BEGIN, END, "Channel")]
    one = [selection, *(name for name in also if name is not None)]
    # numbers, since pandas groups texts by UTF-8 alone
    keys = pd.DataFrame({name: pd.factorize(given[name].to_numpy())[0] for name in one})
    keys = keys.set_axis(given.index).assign(_fname=pd.factorize(fname.to_numpy())[0])
    group = [keys[name] for name in keys]
    for column in bounds:
        given = given.assign(**{column: given[column].groupby(group).transform("first")})
    known = given[label].notna() if label else pd.Series(True, given.index)
    labelled = known.groupby(group).transform("any")
    if label:
        keys["_label"] = pd.factorize(given[label].to_numpy())[0]
    doubled = keys.assign(_view=pd.factorize(given[view].to_numpy())[0]).duplicated()
    views = (keys.duplicated() | (~known & labelled)) & ~doubled
    for rows, what in ((views, "further views of selections"), (doubled, "there twice")):
        if rows.any():
            tell(f"{int(rows.sum())} of {len(given)} rows are {what}")
    return given[~(views | doubled)]


def raven_table(events: pd.DataFrame, highest: float) -> pd.DataFrame:
    """Events of one recording in the columns that Raven needs, and their further columns.

    Args:
        events: The events.
        highest: The frequency to draw boxes to that have none, Hz.
    """
    fname = events["fname"].iloc[0] if len(events) else None
    table = pd.DataFrame({"Selection": range(1, len(events) + 1)}, events.index)
    table["View"], table["Channel"] = "Spectrogram 1", events.get("Channel", 1)
    table[BEGIN], table[END] = events["start"], events["end"]
    for theirs, ours, usual in (("Low Freq (Hz)", "low", 0.0), ("High Freq (Hz)", "high", highest)):
        table[theirs] = events[ours].fillna(usual) if ours in events else usual
    place = fname if not fname or address_of(fname) is not None else Path(fname).absolute()
    table["Begin Path"] = readable(place) if place else ""
    table[OFFSET] = table[BEGIN]
    table["Annotation"], table["Score"] = events["label"], events["score"]
    known = {"fname", "start", "end", "label", "score", "low", "high", *table}
    table = table.join(events[[name for name in events if name not in known]])
    table.columns = pd.Index([in_one_line(str(name)) for name in table])
    return table.map(lambda value: in_one_line(value) if isinstance(value, str) else value)
