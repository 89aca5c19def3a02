"""Checks of arrays that the metrics share, and counting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from .._typing import ArrayLike, Labels, Scores
from ..errors import HearingAIError
from ..runtime.arguments import name_list, scalar


def label_series(argument: str, values: Any) -> pd.Series:
    """Return labels as a Series, or raise an error that names the argument."""
    shape = shape_of(values)
    if len(shape) != 1 or not shape[0]:
        raise HearingAIError(
            f"`{argument}` must hold one label per clip. Received an object of shape {shape}"
        )
    values = pd.Series(values).reset_index(drop=True)
    _refuse_missing(argument, values.isna().to_numpy())
    return values


def number_array(argument: str, values: Any) -> np.ndarray:
    """Return one finite number per clip as a float64 array, or raise an error that names it."""
    shape = shape_of(values)
    if len(shape) != 1 or not shape[0]:
        raise HearingAIError(
            f"`{argument}` must hold one number per clip. Received an object of shape {shape}"
        )
    try:
        numbers = pd.Series(values).to_numpy("float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise HearingAIError(f"`{argument}` must hold numbers: {error}") from None
    _refuse_missing(argument, np.isnan(numbers))
    if np.isinf(numbers).any():
        row = int(np.argmax(np.isinf(numbers)))
        raise HearingAIError(f"`{argument}` must be finite. Received in row {row + 1}: infinity")
    return numbers


def shape_of(values: Any) -> tuple:
    """Return the shape of what may be ragged."""
    try:
        return np.shape(values)
    except ValueError:
        return (len(values), "ragged")


def same_length(**columns: Any) -> None:
    """Raise an error when two columns differ in length."""
    (first, a), (second, b) = columns.items()
    if len(a) != len(b):
        raise HearingAIError(
            f"`{first}` and `{second}` must be equally long. Received: {len(a)} and {len(b)}"
        )


def paired(truth: Labels, predicted: Labels) -> tuple[pd.Series, pd.Series]:
    """Return two columns of labels, equally long and complete."""
    truth, predicted = label_series("truth", truth), label_series("predicted", predicted)
    same_length(truth=truth, predicted=predicted)
    return truth, predicted


def place(
    values: pd.Series, labels: Iterable | None = None
) -> tuple[np.ndarray, list[str], pd.Series]:
    """Number a Series of labels.

    Returns:
        `(position, labels, values)`: where each value stands in `labels` (-1 for none), the
        labels as text, and the values as text.
    """
    if not pd.api.types.is_numeric_dtype(values):
        values = values.astype(str)
    # numbers are sorted as numbers, before they turn into text
    given = sorted(values.unique()) if labels is None else name_list("labels", labels)
    labels = [str(v) for v in given]
    if len(set(labels)) < len(labels):
        raise HearingAIError(f"`labels` must differ from each other. Received: {labels}")
    values = values.astype(str)
    return pd.Index(labels).get_indexer(values), labels, values


def unknown(argument: str, value: Any, labels: Iterable[str]) -> HearingAIError:
    """Make the error for a value that is not among the labels."""
    return HearingAIError(
        f"`{argument}` holds {str(value)!r}, which is not among the labels: {', '.join(labels)}"
    )


def is_target(target: Any, labels: pd.Series) -> np.ndarray:
    """Tell which of a Series of labels are the target, as a boolean array.

    A target that does not occur is an error, unless all clips share one other label: then none
    is the target.
    """
    if not isinstance(target, str) and scalar(target) is None and not isinstance(target, bool):
        raise HearingAIError(f"`target` must be one label. Received: {target!r}")
    # side by side, so that 1 finds 1.0
    (target,) = name_list("target", [target])
    joined = pd.concat([labels, pd.Series([target])], ignore_index=True).astype(str)
    found = (joined == joined.iloc[-1]).to_numpy()[:-1]
    names = joined.iloc[:-1].unique()
    if not found.any() and len(names) > 1:
        raise unknown("target", target, sorted(names))
    return found


def target_scores(truth: Labels, score: Scores, target: object) -> tuple[np.ndarray, np.ndarray]:
    """Return `(found, score)`: where the target is true, and its score, as arrays."""
    truth, score = label_series("truth", truth), number_array("score", score)
    same_length(truth=truth, score=score)
    return is_target(target, truth), score


def ratio(part: ArrayLike, whole: ArrayLike) -> np.ndarray:
    """Divide; 0 where the divisor is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, "float64"), whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _refuse_missing(argument: str, missing: np.ndarray) -> None:
    if missing.any():
        row = int(np.argmax(missing))
        raise HearingAIError(f"`{argument}` is missing a value in row {row + 1}")
