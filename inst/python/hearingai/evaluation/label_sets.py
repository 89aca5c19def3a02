"""Clips with any number of labels: what was answered to each label, and which occur together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .checks import ratio
from .scores import label_areas


def label_report(
    found: np.ndarray, probabilities: np.ndarray, labels: Sequence[str], thresholds: np.ndarray
) -> pd.DataFrame:
    """Measure the answers to each label.

    Args:
        found: Whether each clip has each label, bool `(clips, labels)`.
        probabilities: Array `(clips, labels)`.
        labels: The label of each column.
        thresholds: The probability from which each label is predicted.

    Returns:
        A DataFrame with `label`, `average_precision` (the area under the precision-recall curve),
        `roc_auc`, at the threshold `precision`, `recall` and `f1`, the `threshold`, and `n`, the
        clips with the label. Of a label that no clip has all but the precision and the F1, which
        are 0, are NaN.
    """
    taken = probabilities >= thresholds
    hits, answers = (found & taken).sum(axis=0), taken.sum(axis=0)
    areas = label_areas(found, probabilities)
    n = areas["n"].to_numpy()
    return pd.DataFrame(
        {
            "label": list(labels),
            "average_precision": areas["pr_auc"],
            "roc_auc": areas["roc_auc"],
            "precision": ratio(hits, answers),
            "recall": np.where(n > 0, ratio(hits, n), np.nan),
            "f1": ratio(2 * hits, n + answers),
            "threshold": np.asarray(thresholds, float),
            "n": n,
        }
    )


def label_means(
    found: np.ndarray, probabilities: np.ndarray, report: pd.DataFrame
) -> dict[str, float]:
    """The means of a report over labels, and the measures of all decisions together.

    Labels that no clip has take no part in the means over labels.

    Args:
        found: As for `label_report`.
        probabilities: As for `label_report`.
        report: What it gave.

    Returns:
        `map_macro`, the mean of the average precisions; `map_micro`, that of all pairs of a clip
        and a label as one ranking; `roc_auc` and `f1` likewise; and `f1_weighted`, the mean weighed
        by clips.
    """
    known = report[report["n"] > 0]
    every = label_areas(found.reshape(-1, 1), probabilities.reshape(-1, 1)).iloc[0]
    taken = probabilities >= report["threshold"].to_numpy()
    hits, answers, n = (found & taken).sum(), taken.sum(), found.sum()
    weighted = np.average(known["f1"], weights=known["n"]) if len(known) else np.nan
    return {
        "map_macro": float(known["average_precision"].mean()),
        "map_micro": float(every["pr_auc"]),
        "roc_auc_macro": float(known["roc_auc"].mean()),
        "roc_auc_micro": float(every["roc_auc"]),
        "f1_macro": float(known["f1"].mean()),
        "f1_micro": float(ratio(2 * hits, n + answers)),
        "f1_weighted": float(weighted),
    }


def cooccurrence(found: np.ndarray, taken: np.ndarray, labels: Sequence[str]) -> pd.DataFrame:
    """Count how often labels are predicted of clips that have a label.

    Args:
        found: Whether each clip has each label, bool `(clips, labels)`.
        taken: Whether each was predicted, likewise.
        labels: The label of each column.

    Returns:
        A DataFrame with `truth`, `predicted` and `n`, the clips that have the one and of which the
        other was predicted, a row per pair of labels, as `confusion` gives it.
    """
    counts: Any = found.astype("int64").T @ taken.astype("int64")
    pairs = {
        "truth": np.repeat(list(labels), len(labels)),
        "predicted": np.tile(labels, len(labels)),
    }
    return pd.DataFrame(pairs | {"n": counts.ravel()})
