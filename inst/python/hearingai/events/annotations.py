"""Annotations of recordings by people: read, matched to the recordings, and checked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial as partial_of
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .._typing import OnError, PathLike
from ..audio.files import read_headers
from ..clips.recordings import recording_parts
from ..errors import HearingAIError
from ..runtime.arguments import choose, flag
from ..runtime.shared_options import shared_options
from ._dialects import column_named, named_columns
from ._doubtful import Doubtful
from ._matching import Beside, Matcher, is_file
from ._selections import Source, selections_of
from .reading import event_files, naming, selections_in
from .tables import complete_events, path_of

_ROUNDED = 0.01  # seconds that times in tables may be off without a word


@shared_options
def read_annotations(
    path: PathLike | Sequence[PathLike] | pd.DataFrame,
    recordings: PathLike | Sequence[PathLike] | pd.DataFrame | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    label: str | None = None,
    on_error: OnError = "report",
    partial: bool = False,
) -> pd.DataFrame:
    """Read annotations of recordings: what occurs from when to when, as people have marked it.

    Selection tables of Raven, labels of Audacity, tables of Kaleidoscope, warbleR and BirdNET, CSV
    and Parquet are known by their columns, in any order; a selection that Raven shows in several
    views counts once. Files may have a byte order mark, and commas in numbers where these do not
    part the columns.

    A label with `;` in it is several, each an annotation; blanks around labels are none of them.

    A recording that a table names is found by its path, else by its name, in any case, with any
    ending and however its accents are written; a table that names none is of the recording of its
    own name: `a.Table.1.selections.txt` and `a.txt` are of `a.wav`. One table may also be of the
    only recording.

    Args:
        path: A file, a folder (with all below it), a list of those; or a table itself.
        recordings: The recordings that are annotated: a path, a folder (with all below it), a list
            of those, or a table with `fname`. Annotations of others are told of and left out.
            `None` takes them from where the tables say, or from beside the tables.
        columns: What columns are called that have other names, a dict of `fname`, `start`, `end`,
            `duration` (in the place of `end`), `label`, `score`, `low` and `high` (Hz):
            `{"start": "Onset", "label": "Species"}`.
        label: The label of annotations that have none; `None` leaves it empty, which means that
            something unnamed is there.
        on_error: `"report"` names what is wrong in one warning, leaves out what cannot be used
            and mends times beyond a recording; `"raise"` makes it an error.
        partial: {partial}

    Returns:
        A DataFrame with `fname`, `start` and `end` (seconds), `label`, `score`, where they are
        known `low` and `high` (Hz), and the further columns of the tables. Selections may overlap,
        and may last no time.

    Raises:
        HearingAIError: There is nothing to read, a table lacks columns, what should be a number is
            none, or anything is wrong and `on_error="raise"`. The message names file and row.

    Warns:
        HearingAIWarning: Files that are no annotations; rows without times or whose end lies
            before their start; times beyond a recording; recordings that are missing; labels that
            are; rows that repeat another one.

    Example:
        >>> import hearingai, pandas
        >>> theirs = pandas.DataFrame({"File": ["a.wav"], "Onset": [1.5], "Offset": [2.0]})
        >>> names = {"fname": "File", "start": "Onset", "end": "Offset"}
        >>> table = hearingai.read_annotations(theirs, columns=names, label="wren")
        >>> table[["fname", "start", "end", "label"]].values.tolist()
        [['a.wav', 1.5, 2.0, 'wren']]
    """
    choose("on_error", on_error, ("report", "raise"))
    partial, names = flag("partial", partial), named_columns(columns)
    if label is not None and not isinstance(label, str):
        raise HearingAIError(f"`label` must be text. Received: {label!r}")
    known = None
    if recordings is not None:
        if isinstance(recordings, (str, os.PathLike)) and not os.path.lexists(recordings):
            raise HearingAIError(f"`recordings`: {recordings} does not exist")
        known = Matcher(fname for fname, _, _ in recording_parts("recordings", recordings))
    doubtful = Doubtful(raises=on_error == "raise")
    tables = [
        found.assign(_table=_same(file, found), _row=_row_names(found))
        for file, found in _read_all(path, names, doubtful, label is None)
    ]
    if not tables:
        doubtful.tell()
        raise HearingAIError("`path` holds no annotations that can be read")
    table = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    table = _with_labels(table, label, doubtful)
    table = _with_recordings(table, known, len(tables) == 1, doubtful)
    table = _within_recordings(_with_times(table, doubtful), doubtful, partial)
    doubtful.mended(table, _repeated(table), "repeats another annotation")
    doubtful.tell()
    return complete_events(table.drop(columns=["_table", "_row"]))


def _read_all(
    path: Any, columns: Mapping[str, str], doubtful: Doubtful, needs_label: bool
) -> Iterator[tuple[Path | None, pd.DataFrame]]:
    """Read each file; one that lies in a folder may be none of annotations."""
    beside = Beside()

    def source(file: Path | None) -> Source:
        return Source(partial_of(doubtful.views, file), beside, file, columns, needs_label)

    if isinstance(path, pd.DataFrame):
        yield None, selections_of(path, source(None))
        return
    several = isinstance(path, (list, tuple, pd.Series, np.ndarray))
    for given in map(path_of, path if several else [path]):
        for file in event_files(given) if given.is_dir() else [given]:
            try:
                yield file, naming(file, partial_of(selections_in, source(file)))
            except HearingAIError as error:
                if file is given:
                    raise
                doubtful.file(file, str(error).removeprefix(f"`{file}`: "))


def _same(file: Path | None, table: pd.DataFrame) -> pd.Series:
    """A column of the file; objects, since pandas' own text refuses names that are not UTF-8."""
    name = None if file is None else str(file)
    return pd.Series([name] * len(table), table.index, dtype=object)


def _row_names(table: pd.DataFrame) -> list[str]:
    return [f"{table.index.name or 'row'} {number}" for number in table.index]


def _with_labels(table: pd.DataFrame, label: str | None, doubtful: Doubtful) -> pd.DataFrame:
    """A label for each row, `a; b` in two rows; an empty one is none."""
    given = table["label"] if "label" in table else pd.Series(None, table.index, dtype=object)
    texts = given.astype(object).where(given.notna(), "")
    found = [list(dict.fromkeys(filter(None, map(str.strip, t.split(";"))))) for t in texts]
    if label is None:
        none = np.array([not labels for labels in found], dtype=bool)
        none &= given.isna().to_numpy() | table["_table"].notna().to_numpy()  # "" is told already
        doubtful.mended(table, none, "has no label")
    rows = pd.Series([labels or [label or ""] for labels in found], table.index, dtype=object)
    return table.assign(label=rows).explode("label", ignore_index=True)


def _with_recordings(
    table: pd.DataFrame, known: Matcher | None, alone: bool, doubtful: Doubtful
) -> pd.DataFrame:
    """The recording of each row, as the caller calls it; rows of none are left out.

    Args:
        table: The annotations.
        known: The recordings; `None` takes those that the tables name.
        alone: Whether they are of one table, which may be of the only recording.
        doubtful: Collects what is left out.
    """
    told = table["fname"].where(table["fname"].notna(), None)
    keys = list(zip(told, table["_table"], strict=True))
    found = {key: _candidates(known, *key, alone) for key in dict.fromkeys(keys)}
    first = pd.Series([next(iter(found[key]), None) for key in keys], table.index, dtype=object)
    table = table.assign(fname=first, _told=told, _n=[len(found[key]) for key in keys])
    rows = doubtful.rows
    table = rows(table, table["_n"] > 1, "may be of several recordings that are called alike")
    reason = "names no recording, and none of `recordings` is called like the table"
    table = rows(table, (table["_n"] == 0) & table["_told"].isna(), reason)
    table = rows(table, table["_n"] == 0, "is of {}, which is none of `recordings`", "_told")
    return table.drop(columns=["_told", "_n"])


def _candidates(
    known: Matcher | None, told: str | None, table: str | None, alone: bool
) -> Sequence[str | None]:
    """The recordings that a row may be of, by what it tells and what its table is called."""
    if known is not None:
        if told is not None:
            return known.of_name(told)
        of_name = known.of_table(Path(table)) if table else []
        return known.only if alone and not of_name else of_name
    if told is None or table is None or is_file(told):
        return [told]
    beside = str(Path(table).parent / told)
    return [beside if "\\" not in told and is_file(beside) else told]


def _with_times(table: pd.DataFrame, doubtful: Doubtful) -> pd.DataFrame:
    """Rows whose times can be: an end not before its start, and neither before the recording."""
    rows, times = doubtful.rows, ("start", "end")
    finite = np.isfinite(table["start"]) & np.isfinite(table["end"])
    table = rows(table, ~finite, "has no start or no end")
    backwards = table["end"] < table["start"]
    table = rows(table, backwards, "ends before it starts ({1} and {0} s)", *times)
    table = rows(table, table["end"] < 0, "lies before its recording ({0} to {1} s)", *times)
    doubtful.mended(table, table["start"] < -_ROUNDED, "starts at {} s; 0 is taken", "start")
    return table.assign(start=table["start"].clip(lower=0.0))


def _within_recordings(table: pd.DataFrame, doubtful: Doubtful, partial: bool) -> pd.DataFrame:
    """Rows within their recordings, as far as these are there."""
    names = [name for name in table["fname"].dropna().unique() if is_file(name)]
    found, _ = read_headers(names, partial=partial)
    lengths = {name: info["duration"] for name, info in found}
    table = table.assign(_last=[lengths.get(name, np.inf) for name in table["fname"]])
    behind = table["start"] > table["_last"] + _ROUNDED
    beyond = "starts at {} s, behind the end of its recording at {} s"
    table = doubtful.rows(table, behind, beyond, "start", "_last")
    over = table["end"] > table["_last"] + _ROUNDED
    doubtful.mended(table, over, "ends at {} s; its recording, at {} s, is taken", "end", "_last")
    cut = {name: table[name].clip(upper=table["_last"]) for name in ("start", "end")}
    return table.assign(**cut).drop(columns="_last")


def _repeated(table: pd.DataFrame) -> np.ndarray:
    """Which rows say what one before them says: of one sound, one label, one time, one box."""
    names = ["fname", "start", "end", "label", "low", "high", column_named(table, "Channel")]
    places = table["fname"].where(table["fname"].notna(), table["_table"])
    given = table.assign(fname=places)[[name for name in names if name in table]]
    # numbers, since pandas groups texts by UTF-8 alone
    keys = {name: pd.factorize(given[name].to_numpy())[0] for name in given}
    return pd.DataFrame(keys, table.index).duplicated().to_numpy()
