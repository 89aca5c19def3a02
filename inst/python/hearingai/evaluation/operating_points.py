"""Points of a DET curve: thresholds by the false accepts an hour that they allow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError
from ..runtime.arguments import number
from .binary import between

COLUMNS = ("at_false_accepts_per_hour", "threshold", "false_accepts_per_hour", "false_reject_rate")


def chosen_threshold(
    threshold: float | None, wanted_per_hour: float | None, curve: pd.DataFrame, hours: float | None
) -> float | None:
    """The threshold of `detection_metrics`: the given one, the one of the wanted rate, or none."""
    if wanted_per_hour is None:
        return None if threshold is None else number("threshold", threshold)
    if threshold is not None:
        raise HearingAIError("`threshold` and `wanted_per_hour` exclude each other: give one")
    wanted = number("wanted_per_hour", wanted_per_hour, low=0)
    if hours is None:
        raise HearingAIError("`wanted_per_hour` needs `duration`, the seconds of sound in all")
    if not len(curve):
        raise HearingAIError("`wanted_per_hour` needs events to choose from; `events` has no rows")
    return between(curve["threshold"].to_numpy(), _fitting(curve, wanted, hours))


def operating_points(
    at: Any, curve: pd.DataFrame, hours: float | None, n_truth: int
) -> pd.DataFrame:
    """The false rejects at given numbers of false accepts an hour.

    Args:
        at: The numbers, one or several; `None` for none.
        curve: The DET curve, see `DetectionMetrics`.
        hours: Hours of sound.
        n_truth: True events.

    Returns:
        A DataFrame of `COLUMNS`, a row for each number: the last point of the curve with at most
        so many. Where no point has so few, nothing is accepted.

    Raises:
        HearingAIError: A number is below 0, or there are no hours.
    """
    if at is None:
        return pd.DataFrame(columns=list(COLUMNS), dtype=float)
    name = "at_false_accepts_per_hour"
    several = isinstance(at, (list, tuple, np.ndarray, pd.Series))
    wanted = [number(name, value, low=0) for value in (at if several else [at])]
    if hours is None:
        raise HearingAIError(f"`{name}` needs `duration`, the seconds of sound in all")
    rows = []
    for value in wanted:
        fits = _fitting(curve, value, hours)
        threshold = between(curve["threshold"].to_numpy(), fits) if len(curve) else np.nan
        nothing = {"false_accepts_per_hour": 0.0, "miss_rate": 1.0 if n_truth else np.nan}
        point: Any = curve.iloc[fits - 1] if fits else nothing
        rows.append((value, threshold, point["false_accepts_per_hour"], point["miss_rate"]))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(float)


def _fitting(curve: pd.DataFrame, per_hour: float, hours: float) -> int:
    """How many points of a curve have at most so many false accepts an hour."""
    return int((curve["false_accepts"] <= per_hour * hours * (1 + 1e-12)).sum())
