"""One target against the rest: the measures at a threshold, and which threshold to use."""

import numpy as np
import pandas as pd

from ..errors import HearingAIError
from ..runtime.arguments import choose, number
from .checks import ratio, target_scores
from .decisions import accuracy, f1_score
from .scores import pr_auc, roc_auc, share, tally


def binary_metrics(truth, score, target, threshold=0.5):
    """Measure the detection of one target under every usual name.

    A clip is taken for the target where its score reaches the threshold. The four F1 differ
    widely where the target is rare, so each stands under its own name: `f1_positive` is that of
    the target, `f1_macro` its mean with that of the rest, `f1_weighted` the same weighted by
    clips, `f1_micro` the accuracy.

    Args:
        truth: The true label of each clip.
        score: The probability of the target for each clip.
        target: The label to detect; every other label counts as "not the target".
        threshold: The score from which on a clip is taken for the target, see `choose_threshold`.

    Returns:
        A DataFrame of one row with `n` (clips), `positives` (those of the target), `threshold`,
        `accuracy`, `precision`, `recall`, `f1_positive`, `f1_macro`, `f1_micro`, `f1_weighted`,
        `roc_auc` and `pr_auc`. Precision is 0 where nothing is taken for the target. Recall and
        `pr_auc` are NaN where no clip is the target, `roc_auc` also where all are.

    Raises:
        HearingAIError: As for `score_curve`, or `threshold` is not a number.

    Source:
        The audio-gate system, whose published F1 fits the micro or weighted average.

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


def choose_threshold(truth, score, target, metric="f1"):
    """Choose the threshold at which a metric is highest.

    Choose it on validation data: a threshold chosen on the test data flatters the model there.

    Args:
        truth: The true label of each clip.
        score: How sure the model is that each clip is the target, such as its probability.
        target: The label to detect.
        metric: `"f1"` of the target, `"accuracy"`, or `"balanced_accuracy"`, the mean of the shares
            found of the target and of the rest; `"youden"`, Youden's J, is highest where that is.

    Returns:
        A number midway between the two neighbouring scores that it parts, for clips that score it
        or more to be taken for the target. It is the lowest score where taking all clips is best,
        and just above the highest where taking none is. Of equally good ones, the highest.

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
    hits, alarms = np.append(0, hits), np.append(0, alarms)  # none taken comes first
    # whole numbers where that keeps the order, so that what is equal stays equal
    value = {
        "f1": lambda: 2 * hits / (hits + alarms + positives),
        "accuracy": lambda: hits - alarms,
    }.get(metric, lambda: hits * negatives - alarms * positives)()
    return between(scores, int(np.argmax(value)))


def between(scores, taken):
    """Part the highest `taken` of distinct scores, descending, from the others."""
    if taken == 0:
        # a step of single precision, so that it is above scores of that precision too
        return float(np.nextafter(np.float32(scores[0]), np.float32(np.inf)))
    upper, lower = scores[taken - 1], scores[min(taken, len(scores) - 1)]
    middle = (upper + lower) / 2
    return float(middle if lower < middle < upper else upper)  # neighbours may leave no middle
