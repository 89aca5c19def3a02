"""The data of figures, for languages that draw them themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..evaluation import DetectionMetrics
from ..plots import plot_data
from ..plots.plot_data import (
    augmented,
    bands,
    curve,
    detections,
    events,
    explanation,
    folds,
    gate,
    panels,
    tuning,
)

__all__ = [
    "augmented",
    "bands",
    "curve",
    "det",
    "detections",
    "events",
    "explanation",
    "folds",
    "gate",
    "panels",
    "tuning",
]


def det(
    names: Sequence[str],
    curves: Sequence[pd.DataFrame],
    summaries: Sequence[pd.DataFrame | None],
) -> dict[str, Any]:
    """The tables of `plot_det`, of results that came back as tables; a summary may be `None`."""
    pairs, none = zip(curves, summaries, strict=True), pd.DataFrame()
    metrics = [c if s is None else DetectionMetrics(s, none, c, none, none) for c, s in pairs]
    return plot_data.det(dict(zip(names, metrics, strict=True)))
