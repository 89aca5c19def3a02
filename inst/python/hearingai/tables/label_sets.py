"""Clips with any number of labels: the column `labels`, in the place of `class`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, as_utf8

LABELS = "labels"
TRUE_LABELS = "true_labels"  # beside `labels`, those that were predicted
SEPARATOR = ";"  # between the labels of a clip, where they are text
_NONE = ""  # what clips without labels have in common


class LabelSet(tuple):
    """The labels of a clip, sorted, each once; as text they stand with `;` between."""

    def __str__(self) -> str:
        return SEPARATOR.join(self)


def is_multi_label(clips: object) -> bool:
    """Whether a table gives clips any number of labels: it has a column `labels`."""
    return isinstance(clips, pd.DataFrame) and LABELS in clips


def label_sets(argument: str, values: Iterable[Any], index: Any = None) -> pd.Series:
    """What was given as labels, as a column of `LabelSet`.

    Args:
        argument: What the column is called, for the error.
        values: Lists, tuples, sets or arrays of labels, or texts with `;` between them; an empty
            one is a clip without any label.
        index: The index of the column.

    Raises:
        HearingAIError: A value is missing or of another kind, or a label is blank or holds a `;`.
    """
    found = [_label_set(argument, row, value) for row, value in enumerate(values, 1)]
    return pd.Series(found, index=index, dtype=object)


def _label_set(argument: str, row: int, value: Any) -> LabelSet:
    if isinstance(value, LabelSet):
        return value
    if isinstance(value, str):
        value = [part for part in map(str.strip, value.split(SEPARATOR)) if part]
    if not isinstance(value, (Collection, np.ndarray)) or isinstance(value, (bytes, dict)):
        raise HearingAIError(
            f"`{argument}` in row {row} must be a list of labels, empty for a clip without any. "
            f"Received: {value!r}"
        )
    names = [as_utf8(str(name)) for name in value if np.ndim(name) == 0 and not pd.isna(name)]
    if len(names) < len(value) or any(not name.strip() or SEPARATOR in name for name in names):
        raise HearingAIError(
            f"`{argument}` in row {row} must hold labels, none of them missing, blank or with a "
            f"`{SEPARATOR}`. Received: {list(value)!r}"
        )
    return LabelSet(sorted(set(names)))


def class_names(clips: pd.DataFrame) -> list[str]:
    """The classes that a checked table names, or the labels of its clips, sorted."""
    if is_multi_label(clips):
        return sorted(set().union(*clips[LABELS]))
    return sorted(set(clips["class"]))


def names_of_clips(clips: pd.DataFrame) -> pd.Series:
    """The class of each clip, or each of its labels, one after the other."""
    if not is_multi_label(clips):
        return clips["class"]
    return clips[LABELS].map(list).explode().dropna()


def membership(sets: Iterable[Collection[str]], labels: Sequence[str]) -> np.ndarray:
    """Which labels each clip has, bool `(clips, labels)`; labels that are not known are left out.

    Example:
        >>> membership([("a", "c"), ()], ["a", "b"]).tolist()
        [[True, False], [False, False]]
    """
    sets = list(sets)
    found = np.zeros((len(sets), len(labels)), bool)
    found[_places(sets, labels)] = True
    return found


def truth_matrix(clips: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    """Which labels each clip has, bool `(clips, labels)`: its class, its labels, or true labels."""
    column = TRUE_LABELS if TRUE_LABELS in clips else LABELS
    if column in clips:
        return membership(label_sets(column, clips[column]), labels)
    return clips["class"].astype(str).to_numpy()[:, None] == np.array(labels, dtype=object)


def _places(sets: Sequence[Collection[str]], labels: Sequence[str]) -> tuple[Any, ...]:
    """Row and column of each label of each clip, two arrays."""
    place = {label: i for i, label in enumerate(labels)}
    pairs = [(i, place[name]) for i, names in enumerate(sets) for name in names if name in place]
    return tuple(np.array(pairs, int).reshape(-1, 2).T)


def counts_by_group(clips: pd.DataFrame, group: np.ndarray) -> np.ndarray:
    """How many clips of each stratum each group has, `(groups, strata)`.

    Strata are what a split keeps in balance: classes; or labels, and the lack of any.

    Args:
        clips: A checked table.
        group: The group of each clip, from 0.
    """
    if is_multi_label(clips):
        labels = [*class_names(clips), _NONE]
        rows, columns = _places([names or (_NONE,) for names in clips[LABELS]], labels)
        n = len(labels)
    else:
        rows, columns = np.arange(len(clips)), clips["class_id"].to_numpy()
        n = columns.max() + 1
    counts = np.zeros((group.max() + 1, n))
    np.add.at(counts, (group[rows], columns), 1)
    return counts


def stratum(clips: pd.DataFrame) -> pd.Series:
    """What to stratify clips by: the class, or of the labels of each the one that fewest have."""
    if not is_multi_label(clips):
        return clips["class"]
    counts = names_of_clips(clips).value_counts().to_dict()
    rarest = [min(s, key=lambda name: (counts[name], name), default=_NONE) for s in clips[LABELS]]
    return pd.Series(rarest, clips.index, dtype=object)


def only_labels(clips: pd.DataFrame, labels: Collection[str]) -> pd.DataFrame:
    """The table with no other labels than these; its clips stay."""
    kept = [LabelSet(name for name in sets if name in labels) for sets in clips[LABELS]]
    return clips.assign(**{LABELS: pd.Series(kept, clips.index, dtype=object)})


def check_one_kind(clips: pd.DataFrame, argument: str = "clips") -> None:
    """Refuse a table with both a class and labels."""
    if "class" in clips and LABELS in clips:
        raise HearingAIError(
            f"`{argument}` has a column `class`, one class a clip, and a column `labels`, any "
            f"number of them: leave one out"
        )
