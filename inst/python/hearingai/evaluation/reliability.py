"""reliability(): whether probabilities come true as often as they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError
from ..runtime.arguments import flag, positive
from ..tables.columns import check_columns
from ..tables.label_sets import TRUE_LABELS, truth_matrix

USUAL_BINS = 15
_PREFIX = "prob_"


@dataclass
class Reliability:
    """The result of `reliability`.

    Attributes:
        bins: DataFrame with a row a bin that holds any: `label` (only with `by_label`), `low` and
            `high` (its probabilities), `n`, `probability` (the mean), `frequency` (how often it
            came true).
        summary: DataFrame of one row, or one a label: `label`, `n`, `expected_calibration_error`
            (the mean distance of `probability` and `frequency`, weighed by `n`),
            `maximum_calibration_error` (the largest) and `brier` (the mean square of the
            distance of probability and truth).
    """

    bins: pd.DataFrame
    summary: pd.DataFrame

    def __repr__(self) -> str:
        errors = self.summary["expected_calibration_error"]
        return f"<Reliability: expected calibration error {errors.mean():.4f}>"


def reliability(evaluation: Any, *, bins: int = USUAL_BINS, by_label: bool = False) -> Reliability:
    """Measure whether probabilities come true as often as they say.

    Of clips to which a calibrated classifier gives 0.8, eight in ten are right. Where a clip has
    one label, the probability of the most probable one is measured; where it has several, the
    probability of every label. `calibrate` mends a classifier.

    Args:
        evaluation: What `evaluate` returned, or its table `predictions`.
        bins: Number of bins, equally wide.
        by_label: Measure each label by itself: its probability on every clip.

    Returns:
        A `Reliability`; `plot_reliability` draws it.

    Raises:
        HearingAIError: `evaluation` has no true classes, or no clip that could be read.

    Source:
        M. Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (2015).

    Example:
        >>> import hearingai, pandas
        >>> table = pandas.DataFrame({"class": ["a", "b"], "prob_a": [0.9, 0.4]})
        >>> table["prob_b"] = 1 - table["prob_a"]
        >>> hearingai.reliability(table).summary["expected_calibration_error"].round(3).item()
        0.25
    """
    labels, probabilities, truth, exclusive = scored(evaluation)
    count = positive("bins", bins, whole=True, most=1000)
    names: Sequence[str | None] = [None]
    columns = [_counted(probabilities, truth, exclusive)]
    if flag("by_label", by_label):
        names, columns = labels, list(zip(probabilities.T, truth.T, strict=True))
    parts, rows_of_all = [], []
    for name, (said, came) in zip(names, columns, strict=True):
        table = _in_bins(said, came, count)
        gap = _gaps(table)
        row = {
            "n": len(said),
            "expected_calibration_error": float((gap * table["n"]).sum() / len(said)),
            "maximum_calibration_error": float(gap.max()),
            "brier": float(np.mean((said - came) ** 2)),
        }
        told = {} if name is None else {"label": name}
        parts.append(table.assign(**told)[[*told, *table]])
        rows_of_all.append(told | row)
    return Reliability(pd.concat(parts, ignore_index=True), pd.DataFrame(rows_of_all))


def scored(evaluation: Any) -> tuple[list[str], np.ndarray, np.ndarray, bool]:
    """The labels, the probabilities and the truth of clips that could be read.

    Returns:
        `(labels, probabilities, truth, exclusive)`: arrays `(clips, labels)`, the truth of 0 and 1;
        and whether each clip has one label.

    Raises:
        HearingAIError: The table is malformed or empty.
    """
    table = getattr(evaluation, "predictions", evaluation)
    exclusive = "class" in getattr(table, "columns", ())
    check_columns("evaluation", table, ("class" if exclusive else TRUE_LABELS,))
    good = table[table["error"].isna()] if "error" in table else table
    labels = [name.removeprefix(_PREFIX) for name in good if str(name).startswith(_PREFIX)]
    if not labels or not len(good):
        what = "columns of probabilities" if len(good) else "clips"
        raise HearingAIError(f"`evaluation` has no {what}; give what evaluate() returned")
    probabilities = good[[_PREFIX + label for label in labels]].to_numpy("float64")
    return labels, probabilities, truth_matrix(good, labels).astype("float64"), exclusive


def expected_error(probabilities: np.ndarray, truth: np.ndarray, exclusive: bool) -> float:
    """The expected calibration error of arrays `(clips, labels)`."""
    said, came = _counted(probabilities, truth, exclusive)
    table = _in_bins(said, came, USUAL_BINS)
    return float((_gaps(table) * table["n"]).sum() / len(said))


def _counted(
    probabilities: np.ndarray, truth: np.ndarray, exclusive: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and what came true: of the most probable label, or of all."""
    if not exclusive:
        return probabilities.ravel(), truth.ravel()
    rows, best = np.arange(len(probabilities)), probabilities.argmax(axis=1)
    return probabilities[rows, best], truth[rows, best]


def _gaps(table: pd.DataFrame) -> pd.Series:
    return (table["probability"] - table["frequency"]).abs()


def _in_bins(said: np.ndarray, came: np.ndarray, count: int) -> pd.DataFrame:
    """Mean probability and frequency of each bin that holds any; 1 belongs to the last."""
    place = np.minimum((said * count).astype(int), count - 1)
    n = np.bincount(place, minlength=count)
    kept = n > 0
    edges = np.arange(count + 1) / count
    return pd.DataFrame(
        {
            "low": edges[:-1][kept],
            "high": edges[1:][kept],
            "n": n[kept],
            "probability": np.bincount(place, said, count)[kept] / n[kept],
            "frequency": np.bincount(place, came, count)[kept] / n[kept],
        }
    )
