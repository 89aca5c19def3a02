"""Raven's selection tables: a row a selection and view, of one recording or of several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import HearingAIError, warn
from .tables import seconds_of

BEGIN = "Begin Time (s)"  # a table that has this column is one of Raven's

_END, _OFFSET = "End Time (s)", "File Offset (s)"
_LABELS = (  # columns of labels, the likeliest first
    *("Annotation", "Label", "Species", "Common Name", "Tag", "Class", "Type", "Code"),
    *("Species Code", "Call Type", "Sound Type"),
)
_SCORES = ("Score", "Confidence")


def events_of_raven(
    given: pd.DataFrame, path: Path, beside: Callable[[Path], str | None]
) -> pd.DataFrame:
    """Events from the selections of a table.

    Tables that were bound together are read as one: the headers between them are no events, and
    selections of several recordings may bear one number.

    Args:
        given: The table, all texts.
        path: The file that it was read from.
        beside: Finds the recording that a file of labels is named after.
    """
    header = pd.Series(given.columns, given.columns)
    given = given[~given.eq(header).all(axis=1)].reset_index(drop=True)
    label = _label_column(given)
    if label is None or not {BEGIN, _END} <= set(given):
        times = _END if BEGIN in given else f"{BEGIN}, {_END}"
        raise HearingAIError(
            f"a selection table needs {times} and one of {', '.join(_LABELS)}. "
            f"Its columns: {', '.join(given.columns)}"
        )
    given = given.assign(fname=_recordings(given, path, beside))
    given = _without_views(given, label, path).reset_index(drop=True)
    begin, end = seconds_of(given, BEGIN), seconds_of(given, _END)
    # in the file, where Raven showed several of them as one
    start = seconds_of(given, _OFFSET) if _OFFSET in given else begin
    if start is begin and given["fname"].nunique() > 1:
        warn(
            f"{path} has selections of several recordings and no {_OFFSET}: the times are taken "
            f"for those in each recording"
        )
    table = pd.DataFrame({"start": start, "end": end if start is begin else start + (end - begin)})
    table["label"], table["fname"] = given[label], given["fname"]
    score = next((name for name in _SCORES if name in given), None)
    return table.assign(score=seconds_of(given, score) if score else None)


def _label_column(given: pd.DataFrame) -> str | None:
    """The first column of labels that holds any, else the first."""
    there = [name for name in _LABELS if name in given]
    return next((name for name in there if given[name].notna().any()), next(iter(there), None))


def _recordings(given: pd.DataFrame, path: Path, beside: Callable[[Path], str | None]) -> Any:
    """The recording of each selection: its path, else its name, beside the table if it is there."""
    none = pd.Series([None] * len(given), given.index, dtype=object)
    paths, names = given.get("Begin Path", none), given.get("Begin File", none)
    own = beside(path) if (paths.isna() & names.isna()).any() else None
    found = {name: path.with_name(name) for name in names.dropna().unique() if "\\" not in name}
    there = {name: str(file) for name, file in found.items() if file.is_file()}
    texts = [
        full or (there.get(name, name) if name else own)
        for full, name in zip(paths, names, strict=True)
    ]
    return pd.Series(texts, given.index, dtype=object)


def _without_views(given: pd.DataFrame, label: str, path: Path) -> pd.DataFrame:
    """One row a selection, of those that stand in several views or twice in one."""
    if not {"Selection", "View"} <= set(given):
        return given
    one = ["fname", "Selection", *(name for name in (BEGIN, _END, "Channel") if name in given)]
    keys = [pd.factorize(given[c].to_numpy())[0] for c in one]  # pandas groups by UTF-8 alone
    labelled = given[label].notna().groupby(keys).transform("any")
    doubled = given.duplicated([*one, "View", label])
    views = (given.duplicated([*one, label]) | (given[label].isna() & labelled)) & ~doubled
    for rows, what in ((views, "further views of selections"), (doubled, "there twice")):
        if rows.any():
            warn(
                f"{path}: {int(rows.sum())} of {len(given)} rows are {what}; "
                f"each selection is one event"
            )
    return given[~(views | doubled)]
