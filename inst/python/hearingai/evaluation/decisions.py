"""Predicted labels: confusion, precision, recall, F1, accuracy.

A class that is never predicted has precision 0, as in scikit-learn with `zero_division=0`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .._typing import Labels
from ..errors import HearingAIError
from ..runtime.arguments import choose
from .checks import is_target, paired, place, ratio, unknown


def confusion(truth: Labels, predicted: Labels, *, labels: Iterable | None = None) -> pd.DataFrame:
    """Count the clips of each pair of true and predicted label.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.
        labels: All labels, in the order wanted; `None` takes those found, sorted.

    Returns:
        A DataFrame with the columns `truth`, `predicted` (text) and `n` (clips), one row per pair
        of labels, zeros included: all predictions for the first label, then for the second, and so
        on.

    Raises:
        HearingAIError: The lengths differ, there are no clips, a value is missing, or a value is
            not among `labels`.

    Example:
        >>> import hearingai
        >>> hearingai.confusion(["go", "go", "no"], ["go", "no", "no"])["n"].tolist()
        [1, 1, 0, 1]
    """
    counts, names = _count(truth, predicted, labels)
    return pd.DataFrame(
        {
            "truth": np.repeat(names, len(names)),
            "predicted": np.tile(names, len(names)),
            "n": counts.ravel(),
        }
    )


def class_report(
    truth: Labels, predicted: Labels, *, labels: Iterable | None = None
) -> pd.DataFrame:
    """Measure precision, recall and F1 of each label.

    Precision is the share of a label's predictions that are right, recall the share of its clips
    that are found, F1 = 2 TP / (2 TP + FP + FN), their harmonic mean.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.
        labels: All labels, in the order wanted; `None` takes those found, sorted.

    Returns:
        A DataFrame with `label`, `precision`, `recall`, `f1` and `n`, the clips of that true
        label; one row per label. Precision is 0 for a label never predicted. Recall is NaN for a
        label without clips, since there was nothing to find; its F1 is 0.

    Raises:
        HearingAIError: As for `confusion`.

    Example:
        >>> import hearingai
        >>> report = hearingai.class_report(["go", "go", "no"], ["go", "no", "no"])
        >>> report["recall"].tolist()
        [0.5, 1.0]
    """
    counts, labels = _count(truth, predicted, labels)
    right, clips, answers = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    recall = ratio(right, clips)
    return pd.DataFrame(
        {
            "label": labels,
            "precision": ratio(right, answers),
            "recall": np.where(clips > 0, recall, np.nan),
            "f1": ratio(2 * right, clips + answers),
            "n": clips,
        }
    )


def accuracy(truth: Labels, predicted: Labels) -> float:
    """Share of clips whose predicted label is the true one.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.

    Returns:
        A number from 0 to 1.

    Raises:
        HearingAIError: The lengths differ, there are no clips, or a value is missing.

    Example:
        >>> from hearingai.evaluation import accuracy
        >>> accuracy(["go", "go", "no", "no"], ["go", "no", "no", "no"])
        0.75
    """
    counts, _ = _count(truth, predicted, None)
    return float(np.trace(counts) / counts.sum())


def f1_score(
    truth: Labels, predicted: Labels, *, average: str = "macro", target: object = None
) -> float:
    """F1 over all labels found in `truth` or `predicted`, under a named average.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.
        average: `"macro"` is the plain mean over labels; `"weighted"` weighs each label by its
            clips; `"micro"` counts all decisions together, which is the accuracy here, where each
            clip has one label; `"positive"` is the F1 of one label, the `target`.
        target: The positive class of `"positive"`, such as `"Speech"`.

    Returns:
        A number from 0 to 1.

    Raises:
        HearingAIError: As for `confusion`, `average` is unknown, or `target` is missing, is not
            among the labels, or was given with another average.

    Example:
        >>> from hearingai.evaluation import f1_score
        >>> truth, predicted = ["go", "go", "no", "no"], ["go", "no", "no", "no"]
        >>> round(f1_score(truth, predicted), 4)
        0.7333
        >>> round(f1_score(truth, predicted, average="positive", target="no"), 4)
        0.8
    """
    choose("average", average, ("macro", "micro", "weighted", "positive"))
    if average == "positive":
        return _f1_of_target(truth, predicted, target)
    if target is not None:
        raise HearingAIError(
            f"`target` goes with `average='positive'` alone. Received: {target!r} with {average!r}"
        )
    if average == "micro":
        return accuracy(truth, predicted)
    report = class_report(truth, predicted)
    weights = report["n"] if average == "weighted" else None
    return float(np.average(report["f1"], weights=weights))


def _f1_of_target(truth: Labels, predicted: Labels, target: object) -> float:
    truth, predicted = paired(truth, predicted)
    found = is_target(target, pd.concat([truth, predicted], ignore_index=True)).reshape(2, -1)
    return float(ratio(2 * found.all(axis=0).sum(), found.sum()))


def _count(truth: Labels, predicted: Labels, labels: Iterable | None) -> tuple:
    """Return `(counts, labels)`: a square array, truth down and predicted across."""
    truth, predicted = paired(truth, predicted)
    both = pd.concat([truth, predicted], ignore_index=True)
    position, labels, values = place(both, labels)
    if (position < 0).any():
        first = int(np.argmax(position < 0))
        raise unknown("truth" if first < len(truth) else "predicted", values[first], labels)
    counts = np.zeros((len(labels), len(labels)), dtype="int64")
    np.add.at(counts, tuple(position.reshape(2, -1)), 1)
    return counts, labels
