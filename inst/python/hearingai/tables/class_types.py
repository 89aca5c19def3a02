"""What classes were before they became labels, which are text: so that they come back as it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

MOST_LEVELS = 100_000
TYPES = ("logical", "integer", "number", "factor")
_ATTRIBUTE = "classes"  # of a table from a language whose columns cannot tell


def classes_of(clips: pd.DataFrame) -> dict[str, Any] | None:
    """What the classes of a table are, plain values; `None` for text.

    Args:
        clips: A table with `class`, as its owner has it.

    Returns:
        A dict of `type`, one of `TYPES`, and of a factor (a categorical column) also `levels`, its
        values in their order.

    Example:
        >>> classes_of(pd.DataFrame({"class": [True, False]}))
        {'type': 'logical'}
        >>> classes_of(pd.DataFrame({"class": ["yes", "no"]}))
    """
    told = clips.attrs.get(_ATTRIBUTE)
    if told is not None or "class" not in clips:
        return told
    column = clips["class"]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return {"type": "factor", "levels": [str(level) for level in column.cat.categories]}
    values = (v.item() if isinstance(v, np.generic) else v for v in column.to_numpy().tolist())
    kinds = {type(value) for value in values}
    known = {bool: "logical", int: "integer", float: "number"}
    return {"type": known[kinds.pop()]} if len(kinds) == 1 and kinds <= set(known) else None


def with_classes(clips: pd.DataFrame, classes: dict[str, Any] | None) -> pd.DataFrame:
    """A table that tells what its classes are, where its column `class` is text already."""
    clips.attrs[_ATTRIBUTE] = classes
    return clips


def as_they_were(labels: pd.Series, classes: Any, known: Sequence[str] = ()) -> pd.Series:
    """Labels as the classes that they were made of; missing ones stay so.

    Args:
        labels: Text.
        classes: What `classes_of` told, or `None` for text.
        known: All labels; those that came later, such as `background`, are the last levels.

    Example:
        >>> as_they_were(pd.Series(["2", "10"]), {"type": "integer"}).tolist()
        [2, 10]
    """
    if not is_told(classes):
        return labels
    if classes["type"] == "factor":
        levels = [*classes["levels"], *(k for k in known if k not in classes["levels"])]
        return labels.astype(pd.CategoricalDtype(levels))
    made: Any = {"logical": _truth, "integer": int, "number": float}[classes["type"]]
    try:
        for label in known:
            made(label)
        values = [None if pd.isna(label) else made(label) for label in labels]
    except (KeyError, ValueError):  # a label that was added, such as `background`
        return labels
    dtype = object if None in values or not values else None
    return pd.Series(values, index=labels.index, dtype=dtype)


def is_told(classes: Any) -> bool:
    """Whether it is what `classes_of` returns of classes that are no text."""
    if not isinstance(classes, dict) or classes.get("type") not in TYPES:
        return False
    levels = classes.get("levels", None if classes["type"] == "factor" else [])
    if not isinstance(levels, list) or len(levels) > MOST_LEVELS:
        return False
    return all(isinstance(level, str) for level in levels) and len(set(levels)) == len(levels)


def _truth(label: str) -> bool:
    return {"TRUE": True, "FALSE": False}[label.upper()]
