"""The data of figures, for languages that draw them themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..evaluation import DetectionMetrics
from ..plots import plot_data
from ..plots.plot_data import (
    activity,
    augmented,
    bands,
    curve,
    detection_history,
    detections,
    events,
    explanation,
    folds,
    gate,
    panels,
    reliability,
    tuning,
)

__all__ = [
    "activity",
    "augmented",
    "bands",
    "curve",
    "density",
    "det",
    "detection_history",
    "detections",
    "events",
    "explanation",
    "folds",
    "gate",
    "panels",
    "reliability",
    "tuning",
]


def det(
    names: Sequence[str],
    curves: Sequence[pd.DataFrame],
    summaries: Sequence[pd.DataFrame | None],
    points: Sequence[pd.DataFrame | None],
) -> dict[str, Any]:
    """The tables of `plot_det`, of results that came back as tables; curves may be alone."""
    none = pd.DataFrame()
    metrics = [
        curve
        if summary is None or at is None
        else DetectionMetrics(summary, none, curve, none, none, at)
        for curve, summary, at in zip(curves, summaries, points, strict=True)
    ]
    return plot_data.det(dict(zip(names, metrics, strict=True)))


def density(
    summary: pd.DataFrame, bins: pd.DataFrame, level: float, by: str | None = None
) -> dict[str, Any]:
    """The tables of `plot_density`, of a result that came back as tables."""
    from ..surveys.density import Density

    return plot_data.density(Density(summary, bins, level, by))
