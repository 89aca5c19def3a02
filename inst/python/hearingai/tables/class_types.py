"""What classes were before they became labels, which are text: so that they come back as it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..runtime.arguments import choose

if TYPE_CHECKING:
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
        values in their order, as text; `of`, their type unless that is text; and `ordered`, if
        they are.

    Example:
        >>> import pandas as pd
        >>> classes_of(pd.DataFrame({"class": [True, False]}))
        {'type': 'logical'}
        >>> classes_of(pd.DataFrame({"class": pd.Categorical([10, 2], [10, 2], ordered=True)}))
        {'type': 'factor', 'levels': ['10', '2'], 'of': 'integer', 'ordered': True}
        >>> classes_of(pd.DataFrame({"class": ["yes", "no"]}))
    """
    import pandas as pd

    told = clips.attrs.get(_ATTRIBUTE)
    if "class" not in clips or (told is not None and _suits(told, clips["class"])):
        return told
    column = clips["class"]
    if not isinstance(column.dtype, pd.CategoricalDtype):
        kind = _kind_of(column)
        return None if kind is None else {"type": kind}
    categories = column.cat.categories
    found: dict[str, Any] = {"type": "factor", "levels": [str(level) for level in categories]}
    kind = _kind_of(categories)
    found |= {} if kind is None else {"of": kind}
    return found | ({"ordered": True} if column.cat.ordered else {})


def _kind_of(column: pd.Series | pd.Index) -> str | None:
    """The type that all values have; `None` for text and for several types."""
    values = (v.item() if isinstance(v, np.generic) else v for v in column.to_numpy().tolist())
    kinds = {type(value) for value in values}
    known = {bool: "logical", int: "integer", float: "number"}
    return known[kinds.pop()] if len(kinds) == 1 and kinds <= set(known) else None


def _suits(told: Any, column: pd.Series) -> bool:
    """Whether a column holds what is told of it: a table keeps it when its column is replaced."""
    if not is_told(told):
        return False
    texts = sorted(set(column.astype(str)))
    if told["type"] == "factor":
        return set(texts) <= set(told["levels"])
    return _made(texts, told["type"]) is not None


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
        >>> import pandas as pd
        >>> as_they_were(pd.Series(["2", "10"]), {"type": "integer"}).tolist()
        [2, 10]
    """
    import pandas as pd

    if not is_told(classes):
        return labels
    if classes["type"] == "factor":
        added = [label for label in known if label not in classes["levels"]]
        if known and len(added) == len(known):  # levels of something else
            return labels
        levels = [*classes["levels"], *added]
        values = _made(levels, classes.get("of")) or levels
        if len({value for value in values if value == value}) < len(values):  # alike, or NaN
            values = levels
        ordered = bool(classes.get("ordered")) and not added
        again = labels.map(dict(zip(levels, values, strict=True)))
        return again.astype(pd.CategoricalDtype(values, ordered=ordered))
    made = _made([*known, *labels.dropna()], classes["type"])
    if made is None:
        return labels
    found = iter(made[len(known) :])
    values = [None if pd.isna(label) else next(found) for label in labels]
    dtype = object if None in values or not values else None
    return pd.Series(values, index=labels.index, dtype=dtype)


def _made(labels: Sequence[str], kind: str | None) -> list[Any] | None:
    """Labels as values of a type; `None` if one, such as `background`, is none of it."""
    makers: dict[Any, Any] = {"logical": _truth, "integer": int, "number": float}
    try:
        return [makers[kind](label) for label in labels]
    except (KeyError, ValueError):
        return None


def place_of(label: Any, labels: Sequence[str], classes: Any) -> int:
    """The place among the labels of one of them, or of the class that it was made of.

    Raises:
        HearingAIError: It is none of them.

    Example:
        >>> place_of(True, ["False", "True"], {"type": "logical"})
        1
    """
    import pandas as pd

    if not isinstance(label, str):
        values = as_they_were(pd.Series(labels, dtype=object), classes, labels).tolist()
        return values.index(choose("label", label, values))
    return labels.index(choose("label", label, labels))


def is_told(classes: Any) -> bool:
    """Whether it is what `classes_of` returns of classes that are no text."""
    if not isinstance(classes, dict) or classes.get("type") not in TYPES:
        return False
    if classes.get("of") not in (None, *TYPES[:3]) or classes.get("ordered") not in (None, True):
        return False
    levels = classes.get("levels", None if classes["type"] == "factor" else [])
    if not isinstance(levels, list) or len(levels) > MOST_LEVELS:
        return False
    return all(isinstance(level, str) for level in levels) and len(set(levels)) == len(levels)


def _truth(label: str) -> bool:
    return {"TRUE": True, "FALSE": False}[label.upper()]
