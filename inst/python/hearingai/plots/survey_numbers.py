"""The data of plots of surveys, which Python and R both draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError
from ..surveys.density import Density
from ..surveys.detection_history import checked_history, of_label
from ..tables.columns import check_columns
from .canvas import filled

_TICKS = 7  # dates on an axis
_HOURS = {
    "hour": "hour of the day",
    "hours_from_sunrise": "hours from sunrise",
    "hours_from_sunset": "hours from sunset",
}


def history_numbers(history: Any, label: str | None = None) -> dict[str, Any]:
    """What `plot_detection_history` draws: cells with effort, ticks and the names of the axes."""
    table = checked_history(history) if label is None else of_label(history, label)
    lengths = table["occasion_end"] - table["occasion"]
    hourly = bool((lengths == pd.Timedelta(hours=1)).all())
    begin = table["occasion"].dt.tz_localize(None)
    if hourly:
        across, up = begin.dt.normalize(), begin.dt.hour
    else:
        across, up = begin, table["site"].astype(str)
    days = across.drop_duplicates().sort_values()
    if hourly:  # days without a recording have their place
        days = pd.Series(pd.date_range(days.iloc[0], days.iloc[-1], freq="D"))
    rows = list(range(24)) if hourly else sorted(up.unique(), reverse=True)
    cells = pd.DataFrame(
        {"x": pd.Index(days).get_indexer(across), "y": pd.Index(rows).get_indexer(up)}
    )
    cells["n"] = table["n"].fillna(0).to_numpy("float64")
    # The effort is the same for every label.
    first = table["label"] == table["label"].iloc[0]
    cells["effort"] = table["effort"].to_numpy() * first.to_numpy()
    cells = cells.groupby(["x", "y"], as_index=False).sum()
    cells = cells[cells["effort"] > 0].reset_index(drop=True)
    cells["rate"] = cells["n"] / cells["effort"]
    every = max(1, int(np.ceil(len(days) / _TICKS)))
    midnight = bool((days == days.dt.normalize()).all())
    names = days.dt.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M").to_numpy()
    shown_rows = range(0, 24, 3) if hourly else range(len(rows))
    row_names = [f"{rows[i]:02}:00" if hourly else rows[i] for i in shown_rows]
    return {
        "cells": cells,
        "x_ticks": pd.DataFrame({"place": range(0, len(days), every), "label": names[::every]}),
        "y_ticks": pd.DataFrame({"place": list(shown_rows), "label": row_names}),
        "columns": len(days),
        "rows": len(rows),
        "highest": float(cells["rate"].max()) if len(cells) else 0.0,
        "y": "hour of the day" if hourly else "",
    }


def activity_numbers(pattern: Any) -> dict[str, Any]:
    """What `plot_activity` draws: a line a label, and the name of the hours."""
    filled("pattern", pattern, ("label", "effort", "rate"))
    column = next((name for name in _HOURS if name in pattern), None)
    if column is None:
        check_columns("pattern", pattern, ("hour",))
    lines = pd.DataFrame(
        {
            "label": pattern["label"].astype(str),
            "hour": pattern[column],
            "rate": pattern["rate"],
        }
    ).reset_index(drop=True)
    for name in ("hour", "rate"):
        if not pd.api.types.is_numeric_dtype(lines[name]):
            raise HearingAIError("`pattern` must be what activity_pattern() returned, with numbers")
    centred = column != "hour"
    return {
        "lines": lines,
        "labels": list(dict.fromkeys(lines["label"])),
        "low": -12 if centred else 0,
        "high": 12 if centred else 24,
        "x": _HOURS[str(column)],
    }


def density_numbers(density: Any) -> dict[str, Any]:
    """What `plot_density` draws: the share of each bin, or the density of each site."""
    if not isinstance(density, Density):
        raise HearingAIError(
            "`density` must be what estimate_density() returned. "
            f"Received: {type(density).__name__}"
        )
    single = len(density.summary) == 1
    table = density.bins if single else density.summary
    if single:
        names = [
            f"{round(low, 3):g} to {round(high, 3):g}"
            for low, high in zip(table["low"], table["high"], strict=True)
        ]
    else:
        names = table[density.by].astype(str).tolist()
    points = pd.DataFrame({"place": range(len(table)), "label": names})
    points["value"] = table["share" if single else "density"].to_numpy()
    points["lower"], points["upper"] = table["lower"].to_numpy(), table["upper"].to_numpy()
    row = density.summary.iloc[0]
    interval = f"{row['lower']:.3g} to {row['upper']:.3g}"
    return {
        "points": points,
        "x": "score" if single else "",
        "y": "share of validated windows with the label" if single else "share of windows",
        "text": f"density {row['density']:.3g}, {density.level:.0%} interval {interval}"
        if single
        else f"{density.level:.0%} intervals",
    }
