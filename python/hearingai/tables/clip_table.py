"""The table of clips: one row a clip, the classes sorted, `class_id` from 0."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .._typing import PathLike
from ..errors import HearingAIError, HearingAIWarning, as_utf8
from ..runtime.arguments import check_seed, positive

SPLITS = ("train", "validation", "test")
GROUPS = ("speaker", "source", "fold")  # columns whose values must not straddle a split


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
    table = pd.DataFrame({"fname": names_of(fname), "class": [_class_name(c) for c in class_]})
    return check_clips(table.assign(**columns))


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
        raise HearingAIError(
            f"`{argument}` must have {named}. Received: {', '.join(map(str, table)) or 'none'}"
        )


def check_clips(clips: Any, labels: Sequence[str] | None = None) -> pd.DataFrame:
    """Check a table of clips and number its classes.

    Args:
        clips: A DataFrame with at least `fname` and `class`.
        labels: The classes a model knows; `None` takes the sorted classes of the table.

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
    names = clips["class"].map(_class_name).astype(str)
    known = sorted(set(names)) if labels is None else list(labels)
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise HearingAIError(
            f"classes the model does not know: {', '.join(unknown)}. It knows: {', '.join(known)}"
        )
    position = {name: i for i, name in enumerate(known)}
    try:
        fname = names_of(clips["fname"], clips.index)
    except TypeError as error:
        raise HearingAIError(f'`clips["fname"]` must hold paths: {error}') from None
    checked = clips.assign(**{"fname": fname, "class": names, "class_id": names.map(position)})
    first = ["fname", "class", "class_id"]
    return checked[first + [c for c in clips if c not in first]].reset_index(drop=True)


def read_clips(path: PathLike) -> pd.DataFrame:
    """Read a table of clips from a CSV file; relative paths in it start from its folder.

    Args:
        path: A CSV file with at least the columns `fname` and `class`.

    Returns:
        The table of clips.

    Examples:
        >>> import tempfile
        >>> import hearingai
        >>> path = Path(tempfile.mkdtemp()) / "clips.csv"
        >>> hearingai.clip_table(["a.wav", "b.wav"], ["yes", "no"]).to_csv(path)
        >>> hearingai.read_clips(path)["class"].tolist()
        ['yes', 'no']
    """
    path = Path(path)
    try:
        clips = pd.read_csv(path, dtype={"class": str, "speaker": str, "split": str})
    except (OSError, ValueError) as error:
        raise HearingAIError(f"cannot read the table `{path}`: {error}") from None
    if "fname" in clips and not clips["fname"].isna().any():
        paths = [path.parent / str(f) for f in clips["fname"]]
        clips["fname"] = names_of(paths, clips.index)
    return check_clips(clips)


def split_clips(
    clips: pd.DataFrame,
    fractions: Mapping[str, float] | None = None,
    *,
    by: str | None = "speaker",
    seed: int = 0,
) -> pd.DataFrame:
    """Split a table of clips so that no group straddles two splits and classes stay balanced.

    Groups are dealt out, the largest first, each to the split whose class counts it brings
    closest to their targets.

    Args:
        clips: A table of clips.
        fractions: A dict from the split's name to its share; the default is
            `{"train": 0.7, "validation": 0.3}`. Shares are scaled to sum to 1.
        by: The column whose values are kept together: `"speaker"`, `"fold"`, `"source"` or any
            other. `None` deals single clips, and warns where the table names speakers or folds,
            since the numbers then flatter the model.
        seed: Whole number that decides the order of groups of one size.

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
    fractions = dict(fractions or {"train": 0.7, "validation": 0.3})
    shares = np.array([positive(f"fractions[{name!r}]", f) for name, f in fractions.items()])
    groups = _groups(clips, by)
    names, group_of = np.unique(groups, return_inverse=True)
    if len(names) < len(shares):
        raise HearingAIError(
            f"`clips` has {len(names)} group(s) by `{by}`, too few for {len(shares)} splits"
        )
    counts = np.zeros((len(names), clips["class_id"].max() + 1))
    np.add.at(counts, (group_of, clips["class_id"].to_numpy()), 1)
    chosen = _deal(counts, shares / shares.sum(), np.random.default_rng(check_seed(seed)))
    return clips.assign(split=np.array(list(fractions), dtype=object)[chosen[group_of]])


def _groups(clips: pd.DataFrame, by: str | None) -> np.ndarray:
    if by is None:
        leaks = [g for g in GROUPS if g in clips and clips[g].nunique() > 1]
        if leaks:
            warnings.warn(
                f"a random split leaks: clips of one {leaks[0]} land on both sides and the "
                f"measured accuracy is too high. Use `by={leaks[0]!r}`",
                HearingAIWarning,
                stacklevel=3,
            )
        return np.arange(len(clips))
    if by not in clips:
        raise HearingAIError(
            f"`clips` has no column `{by}` to split by. Its columns: {', '.join(map(str, clips))}. "
            f"`by=None` splits single clips at random"
        )
    missing = np.flatnonzero(clips[by].isna())
    if len(missing):
        raise HearingAIError(f'`clips["{by}"]` is missing in row {missing[0] + 1}')
    return clips[by].astype(str).to_numpy()


def _deal(counts: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Deal groups (rows of class counts) to splits; returns the split of each group."""
    wanted = shares[:, None] * counts.sum(axis=0)
    scale = 1 / np.maximum(counts.sum(axis=0), 1)
    have = np.zeros_like(wanted)
    chosen = np.zeros(len(counts), dtype=int)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    for left, group in zip(range(len(order), 0, -1), order, strict=True):
        lack = ((wanted - have) * scale) @ counts[group] / (shares * counts[group].sum())
        if left <= len(shares):  # the last groups go where nothing is yet
            empty = ~have.any(axis=1)
            lack[~empty] -= np.inf if empty.sum() >= left else 0
        chosen[group] = np.argmax(lack)
        have[chosen[group]] += counts[group]
    return chosen
