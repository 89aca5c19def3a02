"""Thresholds of labels, chosen on labelled clips: the best F1, or a wanted precision."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from ..errors import first_few, warn
from ..evaluation.reliability import scored
from ..inference.scoring import Evaluation
from ..tables.rest_labels import wanted

COLUMNS = ("label", "threshold", "n", "precision", "recall", "f1")


def clip_thresholds(found: Evaluation, precision: float | None, lowest: float) -> pd.DataFrame:
    """The threshold of each label that is not of the rest.

    Args:
        found: What `evaluate` said of labelled clips.
        precision: The wanted precision; `None` takes the best F1.
        lowest: No threshold is below this.

    Returns:
        A DataFrame of `COLUMNS`: `n` clips have the label, and the others are what the clips give
        at the threshold (NaN where nothing reaches it, or nothing is there).

    Warns:
        HearingAIWarning: A label is on none of the clips, or never reaches the precision.
    """
    labels, said, truth, _ = scored(found)
    rows, missed, absent = [], [], []
    for label in wanted(labels):
        p, t = said[:, labels.index(label)], truth[:, labels.index(label)]
        if not t.any():
            absent.append(label)
            continue
        level = _best_f1(p, t) if precision is None else _precise(p, t, precision)
        if level is None:
            missed.append(label)
        level = 1.0 if level is None else max(level, lowest)
        rows.append((label, level, int(t.sum()), *_at(p, t, level)))
    if absent:
        warn(f"no clip has {first_few(absent)}, so no threshold is chosen for it")
    if missed:
        warn(
            f"`wanted_precision` is not reached by {first_few(missed)}: the threshold is 1, which "
            f"next to nothing reaches"
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _at(p: np.ndarray, truth: np.ndarray, level: float) -> tuple[float, float, float]:
    """Precision, recall and F1 at a threshold."""
    taken = p >= level
    hits = float(truth[taken].sum())
    precision = hits / taken.sum() if taken.any() else np.nan
    return precision, hits / truth.sum(), 2 * hits / (taken.sum() + truth.sum())


def _steps(p: np.ndarray, *values: np.ndarray) -> tuple[np.ndarray, ...]:
    """Each probability that occurs, the highest first; how many have it or more; sums of values."""
    order = np.argsort(-p, kind="stable")
    last = np.flatnonzero(np.append(np.diff(p[order]) != 0, True))
    return p[order][last], last + 1, *(np.cumsum(v[order])[last] for v in values)


def _best_f1(p: np.ndarray, truth: np.ndarray) -> float:
    """The threshold with the best F1, halfway to the next probability below."""
    levels, taken, hits = _steps(p, truth)
    best = int(np.argmax(2 * hits / (taken + truth.sum())))
    return _below(levels, best)


def _precise(p: np.ndarray, truth: np.ndarray, precision: float) -> float | None:
    """The lowest threshold of a wanted precision.

    The precision is that of the rising curve through the clips, not of the clips themselves: the
    luckiest of many thresholds would be less precise on others.
    """
    curve = IsotonicRegression(y_min=0, y_max=1).fit(p, truth)
    levels, taken, hits = _steps(p, curve.predict(p))
    fits = np.flatnonzero(hits / taken >= precision - 1e-9)
    return _below(levels, int(fits[-1])) if len(fits) else None


def _below(levels: np.ndarray, i: int) -> float:
    """Halfway between a probability and the next lower one."""
    return float(levels[i] if i + 1 == len(levels) else (levels[i] + levels[i + 1]) / 2)
