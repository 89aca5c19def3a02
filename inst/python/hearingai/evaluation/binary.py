"""One target against the rest: the measures at a threshold, and which threshold to use."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .._typing import Labels, Scores
from ..errors import HearingAIError
from ..runtime.arguments import choose, number
from .checks import ratio, target_scores
from .decisions import accuracy, f1_score
from .scores import pr_auc, roc_auc, share, tally


def binary_metrics(
    truth: Labels, score: Scores, target: object, *, threshold: float = 0.5
) -> pd.DataFrame:
    """Measure the detection of one target by every usual metric.

    A clip is predicted as the target if its score is at least the threshold. The four F1 differ
    widely where the target is rare, so each has its own name: `f1_positive` is that of
    the target, `f1_macro` its mean with that of the rest, `f1_weighted` the same weighted by
    clips, `f1_micro` the accuracy.

    Args:
        truth: The true label of each clip.
        score: The probability of the target for each clip.
        target: The label to detect; every other label counts as "not the target".
        threshold: The lowest score that is predicted as the target, see `choose_threshold`.

    Returns:
        A DataFrame of one row with `n` (clips), `positives` (those of the target), `threshold`,
        `accuracy`, `precision`, `recall`, `f1_positive`, `f1_macro`, `f1_micro`, `f1_weighted`,
        `roc_auc` and `pr_auc`. Precision is 0 where no clip is predicted as the target. Recall and
        `pr_auc` are NaN where no clip is the target, `roc_auc` also where all are.

    Raises:
        HearingAIError: As for `score_curve`, or `threshold` is not a number.

    Source:
        The audio-gate system, whose published F1 matches the micro or weighted average.

    Example:
        >>> import hearingai
        >>> metrics = hearingai.binary_metrics(["go", "go", "no"], [0.9, 0.4, 0.3], "go")
        >>> metrics[["precision", "recall", "roc_auc"]].iloc[0].tolist()
        [1.0, 0.5, 1.0]
    """
    found, score = target_scores(truth, score, target)
    threshold = number("threshold", threshold)
    taken = score >= threshold
    hits, positives = (found & taken).sum(), found.sum()
    row = {
        "n": len(found),
        "positives": int(positives),
        "threshold": threshold,
        "accuracy": accuracy(found, taken),
        "precision": float(ratio(hits, taken.sum())),
        "recall": float(share(hits, positives)),
        "f1_positive": float(ratio(2 * hits, taken.sum() + positives)),
        **{f"f1_{a}": f1_score(found, taken, average=a) for a in ("macro", "micro", "weighted")},
        "roc_auc": roc_auc(found, score, True),
        "pr_auc": pr_auc(found, score, True),
    }
    return pd.DataFrame([row])


def choose_threshold(truth: Labels, score: Scores, target: object, *, metric: str = "f1") -> float:
    """Choose the threshold at which a metric is highest.

    Choose it on validation data: on the test data, the result would be too optimistic.

    Args:
        truth: The true label of each clip.
        score: The score of the target for each clip, such as its probability.
        target: The label to detect.
        metric: `"f1"` of the target, `"accuracy"`, or `"balanced_accuracy"`, the mean recall of
            the target and of the rest; `"youden"`, Youden's J, has its maximum there too.

    Returns:
        The threshold, midway between two neighbouring scores; clips with this score or more are
        predicted as the target. It is the lowest score if predicting all clips as the target is
        best, and just above the highest if predicting none is. Of equally good ones, the highest.

    Raises:
        HearingAIError: As for `score_curve`, `metric` is unknown, or all clips are the target or
            none is.

    Source:
        W. J. Youden, "Index for rating diagnostic tests", Cancer 3, 1950.

    Example:
        >>> import hearingai
        >>> hearingai.choose_threshold(["go", "go", "no"], [0.75, 0.5, 0.25], "go")
        0.375
    """
    choose("metric", metric, ("f1", "accuracy", "balanced_accuracy", "youden"))
    found, score = target_scores(truth, score, target)
    positives = int(found.sum())
    negatives = len(found) - positives
    if not positives or not negatives:
        raise HearingAIError(
            f"`truth` must hold clips with and without the target {str(target)!r} to choose a "
            f"threshold. Received: {positives} with and {negatives} without"
        )
    scores, hits, alarms = tally(found, score)
    hits, alarms = np.append(0, hits), np.append(0, alarms)  # first row: none predicted
    # integers of the same order as the metric, so that ties stay exact
    value = {
        "f1": lambda: 2 * hits / (hits + alarms + positives),
        "accuracy": lambda: hits - alarms,
    }.get(metric, lambda: hits * negatives - alarms * positives)()
    return between(scores, int(np.argmax(value)))


def between(scores: np.ndarray, taken: int) -> float:
    """The threshold between the highest `taken` of distinct scores, descending, and the rest."""
    if taken == 0:
        # a step of single precision, so that it is above scores of that precision too
        return float(np.nextafter(np.float32(scores[0]), np.float32(np.inf)))
    upper, lower = scores[taken - 1], scores[min(taken, len(scores) - 1)]
    middle = (upper + lower) / 2
    return float(middle if lower < middle < upper else upper)  # adjacent floats have no middle
