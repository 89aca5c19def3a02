"""The table of clips: one row a clip, the classes sorted, `class_id` from 0."""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .._typing import PathLike
from ..errors import HearingAIError, HearingAIWarning, as_utf8, readable, warn
from ..runtime.arguments import check_seed, name_list, path_of, positive, scalar
from .recordings import GROUPS, group_of, texts_of, together
from .text_tables import guess_types, read_text_table

SPLITS = ("train", "validation", "test")
_ALSO = {  # what the columns that we ask for are called elsewhere
    "fname": ("path", "file", "filename", "file_name", "filepath", "recording", "recordings"),
    "class": ("label", "labels", "category", "species", "word", "target"),
    "label": ("class", "labels", "category", "species", "annotation", "tag"),
    "start": ("begin", "onset", "start_time", "begin time (s)", "from"),
    "end": ("stop", "offset", "end_time", "end time (s)", "to"),
}


def clip_table(fname: Any, class_: Any, **columns: Any) -> pd.DataFrame:
    """Build a table of clips.

    Args:
        fname: Paths of the recordings.
        class_: The class of each.
        **columns: Further columns, such as `speaker`, `fold` or `split`.

    Returns:
        A DataFrame with `fname`, `class`, `class_id` and the further columns; the classes are
        sorted and `class_id` counts them from 0.

    Examples:
        >>> import hearingai
        >>> clips = hearingai.clip_table(["a.wav", "b.wav"], ["yes", "no"], speaker=["ann", "bob"])
        >>> clips["class_id"].tolist()
        [1, 0]
    """
    lists = {"fname": _column("fname", fname), "class": _column("class_", class_)}
    lists["class"] = [_class_name(name) for name in lists["class"]]
    lists |= {n: _column(n, v) if _has_length(v) else v for n, v in columns.items()}
    for name, values in lists.items():
        if _has_length(values) and len(values) != len(lists["fname"]):
            raise HearingAIError(
                f"`{name}` must have a value for each of the {len(lists['fname'])} of `fname`. "
                f"Received: {len(values)}"
            )
    table = pd.DataFrame(lists | {"fname": pd.Series(lists["fname"], dtype=object)})
    return checked_once(table)


def _has_length(values: Any) -> bool:
    return isinstance(values, Collection) and not isinstance(values, (str, bytes))


def _column(name: str, values: Any) -> list:
    """The values of a column, a list."""
    if not _has_length(values) or isinstance(values, dict) or getattr(values, "ndim", 1) != 1:
        raise HearingAIError(f"`{name}` must be a list. Received: {values!r}")
    return list(values)


def checked_once(clips: pd.DataFrame) -> pd.DataFrame:
    """A new table of clips, checked; warns of recordings that are listed under two classes."""
    clips = check_clips(clips)
    part = [column for column in ("fname", "start", "end", "record") if column in clips]
    twice = clips[clips.duplicated(part, keep=False)]
    keys = [pd.factorize(twice[c].to_numpy())[0] for c in part]  # pandas groups by UTF-8 alone
    several = twice.groupby(keys)["class_id"].transform("nunique") > 1
    if several.any():
        both = twice[several]
        first = both["fname"].iloc[0]
        classes = sorted(set(both["class"][both["fname"] == first]))
        warn(
            f"{both['fname'].nunique()} recording(s) are listed under several classes; all rows "
            f"stay. The first: {readable(first)}, as {', '.join(classes)}"
        )
    return clips


def names_of(paths: Iterable[PathLike], index: Any = None) -> pd.Series:
    """Paths as a column: objects, since pandas' own text refuses names that are not UTF-8."""
    return pd.Series([os.fspath(path) for path in paths], index=index, dtype=object)


def _class_name(name: object) -> object:
    """The name of a class, which files and messages take."""
    return as_utf8(name) if isinstance(name, str) else name


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


def check_column(argument: str, table: pd.DataFrame, column: object, use: str = "") -> None:
    """Raise an error that lists the columns of a table unless `column` is among them."""
    if column not in table:
        raise HearingAIError(
            f"`{argument}` has no column `{column}`{use}. "
            f"Its columns: {', '.join(map(str, table)) or 'none'}{meant(column, table)}"
        )


def meant(column: object, columns: Iterable[object]) -> str:
    """The column that a missing one may be called by mistake, as a hint; else nothing."""
    known = [str(name) for name in columns]
    lower = {name.lower(): name for name in known}
    near = next((lower[name] for name in _ALSO.get(str(column), ()) if name in lower), None)
    if near is None:
        found = difflib.get_close_matches(str(column).lower(), lower, n=1)
        near = lower[found[0]] if found else None
    return "" if near is None else f"\n  Is it the column {near!r}?"


def check_clips(clips: Any, labels: Sequence[str] | None = None) -> pd.DataFrame:
    """Check a table of clips and number its classes.

    Args:
        clips: A DataFrame with at least `fname` and `class`.
        labels: The classes of a model; `None` takes the sorted classes of the table.

    Returns:
        A copy with `class` as text and `class_id` as the position in `labels`.

    Raises:
        HearingAIError: A column is missing, a value is missing, there are no rows, or a class is
            not among `labels`.
    """
    for column in ("fname", "class"):
        check_columns("clips", clips, (column,))
        missing = np.flatnonzero(clips[column].isna())
        if len(missing):
            raise HearingAIError(f'`clips["{column}"]` is missing in row {missing[0] + 1}')
    if not len(clips):
        raise HearingAIError("`clips` has no rows")
    clip_times("clips", clips)
    names = clips["class"].map(_class_name).astype(str)
    known = sorted(set(names)) if labels is None else [str(n) for n in name_list("labels", labels)]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise HearingAIError(
            f"classes the model does not know: {', '.join(unknown)}. It knows: {', '.join(known)}"
        )
    position = {name: i for i, name in enumerate(known)}
    fname = names_of(check_paths("clips", clips), clips.index)
    checked = clips.assign(**{"fname": fname, "class": names, "class_id": names.map(position)})
    first = ["fname", "class", "class_id"]
    return checked[first + [c for c in clips if c not in first]].reset_index(drop=True)


def read_clips(path: PathLike) -> pd.DataFrame:
    """Read a table of clips from a CSV file; paths in it are relative to its folder.

    Classes and file names are text as it stands, so that a class may be called NA, None, TRUE or
    007; in other columns NA is a missing value, and what looks like 007 is text. Where semicolons
    or tabs part the columns, 1,5 is a number.

    Args:
        path: A CSV file with at least the columns `fname` and `class`, in UTF-8 or UTF-16.

    Returns:
        The table of clips.

    Raises:
        HearingAIError: The file is no such table, a row is longer than the header, or a column is
            named twice.

    Warns:
        HearingAIWarning: The same recording is listed under two classes, or the file is neither
            UTF-8 nor UTF-16 and taken for Latin-1.

    Examples:
        >>> import tempfile
        >>> import hearingai
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp()) / "clips.csv"
        >>> hearingai.clip_table(["a.wav", "b.wav"], ["yes", "no"]).to_csv(path)
        >>> hearingai.read_clips(path)["class"].tolist()
        ['yes', 'no']
    """
    path = path_of("path", path)
    texts, separator = read_text_table(path)
    clips = guess_types(texts, ("fname", "class"), decimal_comma=separator != ",")
    for column in {"speaker", "split"} & set(clips):  # names, whatever they look like
        clips[column] = texts[column].where(texts[column] != "NA", None)
    if "fname" in clips and not clips["fname"].isna().any():
        clips["fname"] = names_of((path.parent / f for f in clips["fname"]), clips.index)
    return checked_once(clips)


def split_clips(
    clips: pd.DataFrame,
    fractions: Mapping[str, float] | None = None,
    *,
    by: str | None = "auto",
    seed: int = 0,
) -> pd.DataFrame:
    """Split a table of clips so that no group is in two splits and classes stay balanced.

    Parts of one recording (rows of one `fname`, or of one value of a column `recording`) stay
    together, whatever they are grouped by.

    Groups are assigned, the largest first, each to the split whose class counts it brings closest
    to their targets.

    Args:
        clips: A table of clips.
        fractions: A dict from the split's name to its share; the default is
            `{"train": 0.7, "validation": 0.3}`. Shares are scaled to sum to 1.
        by: The column whose values are kept together; `"auto"` takes `speaker`, else `source`,
            else `fold`, where the table has one. `None` splits single recordings, and warns where
            the table names speakers or folds, since the metrics are then too optimistic.
        seed: Whole number that seeds the order of groups of one size.

    Returns:
        The table with its `split` column set.

    Raises:
        HearingAIError: `by` is not a column, a share is not positive, or there are fewer groups
            than splits.

    Example:
        >>> import hearingai, pandas
        >>> clips = pandas.DataFrame({
        ...     "fname": [f"{i}.wav" for i in range(8)],
        ...     "class": ["yes", "no"] * 4,
        ...     "speaker": ["ann", "ann", "bob", "bob", "cy", "cy", "di", "di"],
        ... })
        >>> table = hearingai.split_clips(clips, {"train": 0.75, "test": 0.25}, seed=1)
        >>> table["split"].value_counts().to_dict()
        {'train': 6, 'test': 2}
    """
    clips = check_clips(clips)
    fractions = {"train": 0.7, "validation": 0.3} if fractions is None else fractions
    if not isinstance(fractions, Mapping) or not fractions:
        raise HearingAIError(
            f"`fractions` must be a dict from each split to its share. Received: {fractions!r}"
        )
    name_list("fractions", list(fractions))
    shares = [positive(f"fractions[{name!r}]", f) for name, f in fractions.items()]
    if isinstance(by, str) and by == "auto" and by not in clips:
        by = group_of(clips)
    groups = _groups(clips, by)
    n_groups = len(np.unique(groups))
    if n_groups < len(shares):
        raise HearingAIError(
            f"`clips` has {n_groups} group(s) by {f'`{by}`' if by else 'recording'}, too few for "
            f"{len(shares)} splits; parts of one recording stay together"
        )
    return deal_groups(clips, fractions, groups, seed)


def deal_groups(
    clips: pd.DataFrame, fractions: Mapping[str, float], groups: np.ndarray, seed: int
) -> pd.DataFrame:
    """Set the `split` of a checked table: clips of one group to one split, in balance."""
    names, group = np.unique(groups, return_inverse=True)
    shares = np.array(list(fractions.values()), dtype=float)
    counts = np.zeros((len(names), clips["class_id"].max() + 1))
    np.add.at(counts, (group, clips["class_id"].to_numpy()), 1)
    chosen = _deal(counts, shares / shares.sum(), np.random.default_rng(check_seed(seed)))
    return clips.assign(split=np.array(list(fractions), dtype=object)[chosen[group]])


def _groups(clips: pd.DataFrame, by: str | None) -> np.ndarray:
    if by is None:
        leaks = [g for g in GROUPS if g in clips and clips[g].nunique() > 1]
        if leaks:
            warnings.warn(
                f"a random split leaks: clips of one {leaks[0]} are on both sides and the "
                f"measured accuracy is too high. Use `by={leaks[0]!r}`",
                HearingAIWarning,
                stacklevel=3,
            )
        bound = together(clips, None)
        return np.arange(len(clips)) if bound is None else bound
    (by,) = name_list("by", [by])
    check_column("clips", clips, by, " to split by (`by=None` splits single clips at random)")
    missing = np.flatnonzero(clips[by].isna())
    if len(missing):
        raise HearingAIError(f'`clips["{by}"]` is missing in row {missing[0] + 1}')
    bound = together(clips, by)
    return texts_of(clips[by]).to_numpy() if bound is None else bound


def _deal(counts: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Assign groups (rows of class counts) to splits; returns the split of each group."""
    wanted = shares[:, None] * counts.sum(axis=0)
    scale = 1 / np.maximum(counts.sum(axis=0), 1)
    have = np.zeros_like(wanted)
    chosen = np.zeros(len(counts), dtype=int)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    for left, group in zip(range(len(order), 0, -1), order, strict=True):
        lack = ((wanted - have) * scale) @ counts[group] / (shares * counts[group].sum())
        if left <= len(shares):  # the last groups fill empty splits
            empty = ~have.any(axis=1)
            lack[~empty] -= np.inf if empty.sum() >= left else 0
        chosen[group] = np.argmax(lack)
        have[chosen[group]] += counts[group]
    return chosen
