"""Probabilities: cross-entropy, the ROC and precision-recall curves and the areas under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .._typing import ArrayLike, Labels, Scores
from ..errors import HearingAIError
from .checks import label_series, place, ratio, same_length, shape_of, target_scores, unknown

EPSILON = 1e-7  # Keras clips probabilities here, so that the loss stays finite


def cross_entropy(class_ids: ArrayLike, probabilities: ArrayLike) -> float:
    """Mean of -log p of the true class, p clipped to 1e-7...1 - 1e-7 as Keras does.

    Args:
        class_ids: The true class of each clip, as a whole number from 0.
        probabilities: Array `(clips, labels)` of predicted probabilities; each row sums to 1.

    Returns:
        The cross-entropy in nats: 0 is perfect, log(labels) is guessing.

    Raises:
        HearingAIError: The shapes do not fit, a class is out of range, or a row is not a
            distribution.

    Example:
        >>> from hearingai.evaluation import cross_entropy
        >>> round(cross_entropy([0, 1], [[0.5, 0.5], [0.0, 1.0]]), 4)
        0.3466
    """
    ids, table = np.asarray(class_ids), np.asarray(probabilities, dtype="float64")
    if table.ndim != 2 or ids.shape != table.shape[:1] or not len(ids):
        raise HearingAIError(
            "`class_ids` must have shape (clips,) and `probabilities` (clips, labels). "
            f"Received: {ids.shape} and {table.shape}"
        )
    # written so that NaN fails too
    unfit = ~((table >= 0).all(axis=1) & (np.abs(table.sum(axis=1) - 1) < 1e-2))
    if unfit.any():
        row = int(np.argmax(unfit))
        raise HearingAIError(
            f"`probabilities` must be 0 or more and sum to 1 in each row. Received in row "
            f"{row + 1}: {table[row].tolist()}"
        )
    if ids.dtype.kind not in "iuf" or not np.isin(ids, np.arange(table.shape[1])).all():
        raise HearingAIError(
            f"`class_ids` must be whole numbers from 0 to {table.shape[1] - 1}. "
            f"Received: {np.unique(ids).tolist()}"
        )
    true = table[np.arange(len(ids)), ids.astype(int)]
    return float(-np.log(np.clip(true, EPSILON, 1 - EPSILON)).mean())


def score_curve(truth: Labels, score: Scores, target: object) -> pd.DataFrame:
    """Measure a target's detection at every threshold: the ROC and precision-recall curves.

    At each threshold the clips that score as much or more are predicted as the target.

    Args:
        truth: The true label of each clip.
        score: How sure the model is that each clip is the target, such as its probability.
        target: The label to detect; every other label counts as "not the target".

    Returns:
        A DataFrame with `threshold`, `true_positive_rate`, `false_positive_rate`, `precision`,
        `recall` (the true positive rate by its other name) and `f1`; one row per distinct score,
        the highest first. Without clips of the target the true positive rate is NaN, without
        others the false positive rate.

    Raises:
        HearingAIError: The lengths differ, there are no clips, a value is missing or not a
            number, or `target` is not among the labels of `truth` (but `truth` may hold a single
            other label: then no clip is the target).

    Source:
        T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.

    Example:
        >>> import hearingai
        >>> curve = hearingai.score_curve(["go", "no", "go"], [0.9, 0.6, 0.2], "go")
        >>> curve["threshold"].tolist(), curve["true_positive_rate"].tolist()
        ([0.9, 0.6, 0.2], [0.5, 0.5, 1.0])
    """
    found, score = target_scores(truth, score, target)
    thresholds, hits, alarms = tally(found, score)
    positives = found.sum()
    recall = share(hits, positives)
    return pd.DataFrame(
        {
            "threshold": thresholds,
            "true_positive_rate": recall,
            "false_positive_rate": share(alarms, len(found) - positives),
            "precision": hits / (hits + alarms),
            "recall": recall,
            "f1": 2 * hits / (hits + alarms + positives),
        }
    )


def roc_auc(truth: Labels, score: Scores, target: object) -> float:
    """Area under the ROC curve: how often a clip of the target outscores one of the rest.

    Ties count half. 0.5 is guessing, 1 is perfect.

    Args:
        truth: The true label of each clip.
        score: How sure the model is that each clip is the target, such as its probability.
        target: The label to detect.

    Returns:
        A number from 0 to 1; NaN where all clips are the target or none is.

    Raises:
        HearingAIError: As for `score_curve`.

    Source:
        J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a ROC curve",
        Radiology 143, 1982.

    Example:
        >>> from hearingai.evaluation import roc_auc
        >>> roc_auc(["go", "no", "go", "no"], [0.9, 0.6, 0.5, 0.2], "go")
        0.75
    """
    return _roc_area(*target_scores(truth, score, target))


def pr_auc(truth: Labels, score: Scores, target: object) -> float:
    """Average precision: the area under the precision-recall curve, without interpolation.

    The sum of each threshold's precision times the recall that it adds. Guessing gives
    the share of the target's clips, 1 is perfect.

    Args:
        truth: The true label of each clip.
        score: How sure the model is that each clip is the target, such as its probability.
        target: The label to detect.

    Returns:
        A number from 0 to 1; NaN where no clip is the target.

    Raises:
        HearingAIError: As for `score_curve`.

    Source:
        J. Davis and M. Goadrich, "The relationship between precision-recall and ROC curves",
        ICML 2006; as scikit-learn's `average_precision_score`.

    Example:
        >>> from hearingai.evaluation import pr_auc
        >>> round(pr_auc(["go", "no", "go", "no"], [0.9, 0.6, 0.5, 0.2], "go"), 4)
        0.8333
    """
    return _pr_area(*target_scores(truth, score, target))


def class_aucs(truth: Labels, probabilities: ArrayLike, labels: Sequence[str]) -> pd.DataFrame:
    """Measure each label against the rest: areas under the ROC and precision-recall curves.

    Their plain means over labels are the macro averages; the mean of `pr_auc` is the mAP of
    AudioSet.

    Args:
        truth: The true label of each clip.
        probabilities: Array `(clips, labels)` of scores; the rows need not sum to 1.
        labels: The label of each column.

    Returns:
        A DataFrame with `label`, `roc_auc`, `pr_auc` and `n`, the clips of that label; one row per
        label. Both areas are NaN for a label without clips, `roc_auc` also for the only label.

    Raises:
        HearingAIError: The shapes do not fit, a value is missing or not a number, or a label of
            `truth` is not among `labels`.

    Example:
        >>> import hearingai
        >>> probabilities = [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]
        >>> areas = hearingai.class_aucs(["go", "go", "no"], probabilities, ["go", "no"])
        >>> areas["roc_auc"].tolist()
        [1.0, 1.0]
    """
    truth = label_series("truth", truth)
    position, labels, values = place(truth, labels)
    if (position < 0).any():
        raise unknown("truth", values[int(np.argmax(position < 0))], labels)
    table = _score_table(probabilities, len(labels))
    same_length(truth=truth, probabilities=table)
    areas = label_areas(position[:, None] == np.arange(len(labels)), table)
    return areas.assign(label=labels)[["label", *areas]]


def label_areas(found: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """The areas under the curves of each label.

    Args:
        found: Whether each clip has each label, bool `(clips, labels)`.
        scores: Array `(clips, labels)`.

    Returns:
        A DataFrame `roc_auc`, `pr_auc`, `n`, a row per label, see `class_aucs`.
    """
    columns = list(zip(found.T, scores.T, strict=True))
    return pd.DataFrame(
        {
            "roc_auc": [_roc_area(*column) for column in columns],
            "pr_auc": [_pr_area(*column) for column in columns],
            "n": found.sum(axis=0),
        }
    )


def label_cross_entropy(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """The binary cross-entropy of labels: the mean over clips and labels, in nats.

    Args:
        targets: Whether each clip has each label, or how much of it, 0 to 1, `(clips, labels)`.
        probabilities: Array `(clips, labels)`, clipped as `cross_entropy` does.
    """
    yes = np.clip(np.asarray(probabilities, "float64"), EPSILON, 1 - EPSILON)
    return -float(np.mean(targets * np.log(yes) + (1 - targets) * np.log(1 - yes)))


def tally(found: np.ndarray, score: np.ndarray) -> Any:
    """Return the distinct scores, descending, and the hits and false alarms at each or above."""
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    last = np.append(ordered[1:] != ordered[:-1], True)
    hits = np.cumsum(found[order])[last]
    return ordered[last], hits, np.flatnonzero(last) + 1 - hits


def share(part: Any, whole: float | None) -> Any:
    """Divide by a number; NaN where it is 0."""
    return part / whole if whole else np.full(np.shape(part), np.nan)


def _roc_area(found: np.ndarray, score: np.ndarray) -> float:
    _, hits, alarms = tally(found, score)
    area = (np.diff(alarms, prepend=0) * (hits + np.append(0, hits[:-1]))).sum() / 2
    return float(share(area, hits[-1] * alarms[-1]))


def _pr_area(found: np.ndarray, score: np.ndarray) -> float:
    _, hits, alarms = tally(found, score)
    area = (np.diff(hits, prepend=0) * ratio(hits, hits + alarms)).sum()
    return float(share(area, hits[-1]))


def _score_table(probabilities: ArrayLike, n_labels: int) -> np.ndarray:
    try:
        table = np.asarray(probabilities, dtype="float64")
    except (TypeError, ValueError):
        table = np.empty(0)
    if table.ndim != 2 or table.shape[1] != n_labels:
        raise HearingAIError(
            f"`probabilities` must be numbers of shape (clips, {n_labels}), one column per label. "
            f"Received: {type(probabilities).__name__} of shape {shape_of(probabilities)}"
        )
    unfit = ~np.isfinite(table).all(axis=1)
    if unfit.any():
        row = int(np.argmax(unfit))
        raise HearingAIError(
            f"`probabilities` must be finite. Received in row {row + 1}: {table[row].tolist()}"
        )
    return table
