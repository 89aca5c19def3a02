"""Numbers about predictions: confusion, precision, recall, F1, accuracy, cross-entropy.

Arrays and tables in, numbers and tables out. Labels may be text or numbers; tables hold them as
text. A class that is never predicted has precision 0, as in scikit-learn with `zero_division=0`.
"""

import numpy as np
import pandas as pd

from .errors import HearingAIError, choose

EPSILON = 1e-7  # Keras clips probabilities here, so that one sure mistake costs no infinity


def confusion(truth, predicted, labels=None):
    """Count how often each label was taken for each other.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.
        labels: All labels, in the order wanted; `None` takes those found, sorted.

    Returns:
        A DataFrame with the columns `truth`, `predicted` (text) and `n` (clips), one row a pair of
        labels, zeros included: all predictions for the first label, then for the second, and so on.

    Raises:
        HearingAIError: The lengths differ, there are no clips, a value is missing, or a value is
            not among `labels`.

    Example:
        >>> import hearingai
        >>> hearingai.confusion(["go", "go", "no"], ["go", "no", "no"])["n"].tolist()
        [1, 1, 0, 1]
    """
    counts, labels = _count(truth, predicted, labels)
    return pd.DataFrame(
        {
            "truth": np.repeat(labels, len(labels)),
            "predicted": np.tile(labels, len(labels)),
            "n": counts.ravel(),
        }
    )


def class_report(truth, predicted, labels=None):
    """Measure precision, recall and F1 of each label.

    Precision is the share of a label's predictions that are right, recall the share of its clips
    that are found, F1 = 2 TP / (2 TP + FP + FN), their harmonic mean.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.
        labels: All labels, in the order wanted; `None` takes those found, sorted.

    Returns:
        A DataFrame with `label`, `precision`, `recall`, `f1` and `n`, the clips of that true
        label; one row a label. Precision is 0 for a label never predicted. Recall is NaN for a
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
    recall = _ratio(right, clips)
    return pd.DataFrame(
        {
            "label": labels,
            "precision": _ratio(right, answers),
            "recall": np.where(clips > 0, recall, np.nan),
            "f1": _ratio(2 * right, clips + answers),
            "n": clips,
        }
    )


def accuracy(truth, predicted):
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


def f1_score(truth, predicted, average="macro"):
    """F1 over all labels found in `truth` or `predicted`, under a named average.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.
        average: `"macro"` is the plain mean over labels; `"weighted"` weighs each label by its
            clips; `"micro"` counts all decisions together, which is the accuracy here, where each
            clip has one label. The F1 of one label, such as the positive of two, is in
            `class_report`.

    Returns:
        A number from 0 to 1.

    Raises:
        HearingAIError: As for `confusion`, or `average` is unknown.

    Example:
        >>> from hearingai.evaluation import f1_score
        >>> truth, predicted = ["go", "go", "no", "no"], ["go", "no", "no", "no"]
        >>> round(f1_score(truth, predicted), 4)
        0.7333
    """
    choose("average", average, ("macro", "micro", "weighted"))
    if average == "micro":
        return accuracy(truth, predicted)
    report = class_report(truth, predicted)
    weights = report["n"] if average == "weighted" else None
    return float(np.average(report["f1"], weights=weights))


def cross_entropy(class_ids, probabilities):
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


def _count(truth, predicted, labels):
    """Return `(counts, labels)`: a square array, truth down and predicted across."""
    truth, predicted = _values("truth", truth), _values("predicted", predicted)
    if len(truth) != len(predicted):
        raise HearingAIError(
            f"`truth` and `predicted` must be equally long. Received: {len(truth)} and "
            f"{len(predicted)}"
        )
    both = pd.concat([truth, predicted], ignore_index=True)
    if not pd.api.types.is_numeric_dtype(both):
        both = both.astype(str)
    # numbers are sorted as numbers, before they turn into text
    labels = [str(v) for v in (sorted(both.unique()) if labels is None else labels)]
    if len(set(labels)) < len(labels):
        raise HearingAIError(f"`labels` must differ from each other. Received: {labels}")
    position = pd.Index(labels).get_indexer(both.astype(str))
    if (position < 0).any():
        first = int(np.argmax(position < 0))
        argument = "truth" if first < len(truth) else "predicted"
        raise HearingAIError(
            f"`{argument}` holds {str(both[first])!r}, which is not among the labels: "
            f"{', '.join(labels)}"
        )
    counts = np.zeros((len(labels), len(labels)), dtype="int64")
    np.add.at(counts, tuple(position.reshape(2, -1)), 1)
    return counts, labels


def _values(argument, values):
    """Return labels as a Series, or raise an error that names the argument."""
    if np.ndim(values) != 1 or not len(values):
        raise HearingAIError(
            f"`{argument}` must hold one label a clip. Received an object of shape "
            f"{np.shape(values)}"
        )
    values = pd.Series(values).reset_index(drop=True)
    if values.isna().any():
        row = int(np.argmax(values.isna()))
        raise HearingAIError(f"`{argument}` is missing a value in row {row + 1}")
    return values


def _ratio(part, whole):
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
