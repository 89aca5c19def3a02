"""The metrics of predictions of any number of labels a clip."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import first_few, readable, warn
from ..evaluation.label_sets import cooccurrence, label_means, label_report
from ..evaluation.scores import label_cross_entropy
from ..tables.label_sets import membership


def of_labels(
    truth: Sequence[Collection[str]],
    probabilities: np.ndarray,
    labels: Sequence[str],
    thresholds: np.ndarray,
) -> dict[str, Any]:
    """What an `Evaluation` holds of clips with any number of labels.

    Args:
        truth: The labels of each clip.
        probabilities: Array `(clips, labels)`.
        labels: The labels.
        thresholds: The probability from which each is predicted.

    Returns:
        Its `accuracy`, `loss`, `per_class` and `confusion`, the `means` over labels, and `right`,
        whether all labels of a clip are.
    """
    found, taken = membership(truth, labels), probabilities >= thresholds
    report = label_report(found, probabilities, labels, thresholds)
    right = (found == taken).all(axis=1)
    return {
        "accuracy": float(right.mean()),
        "loss": label_cross_entropy(found, probabilities),
        "per_class": report,
        "confusion": cooccurrence(found, taken, labels),
        "means": label_means(found, probabilities, report),
        "right": right,
    }


def warn_of_absent(per_class: pd.DataFrame) -> None:
    """Warn of labels that no clip has, which take no part in the means over labels."""
    absent = per_class.loc[per_class["n"] == 0, "label"].tolist()
    if absent:
        warn(
            f"{len(absent)} of {len(per_class)} labels have no clip, and no part in the means over "
            f"labels: {first_few(map(readable, absent))}"
        )
