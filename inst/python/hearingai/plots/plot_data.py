"""The data of plots as plain tables, for R, which draws them itself.

Panels with axes of their own are put on one axis, each in a stretch of its own, so that one list
of ticks serves them all: panel `i` lies from `3 i` to `3 i + 1`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from .augmented import augmented_numbers
from .detections import det_numbers as det
from .detections import detection_numbers as detections
from .event_numbers import event_numbers
from .explained import DARKEST, explanation_numbers
from .gates import gate_numbers as gate
from .images import Wave
from .numbers import curve_numbers as curve
from .numbers import fold_numbers as folds
from .numbers import tuning_numbers
from .panels import band_numbers, panel_numbers
from .reliability_plots import reliability_numbers as reliability
from .survey_numbers import activity_numbers as activity
from .survey_numbers import density_numbers as density
from .survey_numbers import history_numbers as detection_history

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

APART = 3


def panels(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """The tables of `plot_panels`."""
    return _images(panel_numbers(*args, **kwargs))


def bands(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """The tables of `plot_bands`."""
    return _images(band_numbers(*args, **kwargs))


def augmented(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """The tables of `plot_augmented`."""
    return _images(augmented_numbers(*args, **kwargs))


def explanation(explanation: Any) -> dict[str, Any]:
    """What `plot_explanation` draws: greys from the top row down, cells, ticks and edges."""
    image, relevance = explanation_numbers(explanation)
    (frames, bins), axis = relevance.shape, image.axis
    share = (image.values - image.low) / ((image.high - image.low) or 1)
    time = image.start + (image.end - image.start) * (np.arange(frames) + 0.5) / frames
    place = axis.low + (axis.high - axis.low) * (np.arange(bins) + 0.5) / bins
    cells = {"time": np.repeat(time, bins), "place": np.tile(place, frames)}
    cells |= {"relevance": relevance.ravel(), "alpha": np.sqrt(np.abs(relevance)).ravel()}
    return {
        "title": image.title,
        "axis": axis.label,
        "grey": 1 - DARKEST * share.T[::-1],
        "cells": pd.DataFrame(cells),
        "ticks": pd.DataFrame(axis.ticks, columns=["place", "label"]),
        "start": float(image.start),
        "end": float(image.end),
        "low": float(axis.low),
        "high": float(axis.high),
    }


def tuning(table: pd.DataFrame, metric: str = "accuracy", x: str | None = None) -> Any:
    """The tables of `plot_tuning`: points, ticks and limits."""
    settings = tuning_numbers(table, metric, x)
    points, ticks, limits = [], [], []
    for i, panel in enumerate(settings):
        place = _placer(i, panel.low, panel.high, panel.log)
        best = np.arange(len(panel.x)) == panel.best
        points.append({"panel": i + 1, "place": place(panel.x), "value": panel.y, "best": best})
        ticks += [(float(place(at)), text) for at, text in panel.ticks]
        limits.append(_ends(i))
    return {
        "panels": [panel.setting for panel in settings],
        "points": _stack(points),
        "ticks": pd.DataFrame(ticks, columns=["place", "label"]),
        "limits": _stack(limits),
        "best_text": settings[0].best_text,
        "slanted": any(panel.slanted for panel in settings),
    }


def events(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """The tables of `plot_events`."""
    return vars(event_numbers(*args, **kwargs))


def _images(panels: list) -> dict[str, Any]:
    """Waves, images, marks, ticks and limits of panels, and the scale of the colours."""
    names, waves, images, marks, ticks, limits = [], [], [], [], [], []
    scales = {panel.scale for panel in panels if not isinstance(panel, Wave)}
    for i, panel in enumerate(panels):
        if isinstance(panel, Wave):
            names.append(f"{panel.title}\namplitude")
            peak = 1.05 * (np.abs(panel.amplitude).max() or 1)
            place, own_ticks = _placer(i, -peak, peak), _wave_ticks(peak)
            waves.append({"panel": i + 1, "time": panel.time, "place": place(panel.amplitude)})
        else:
            names.append(f"{panel.title}\n{panel.axis.label}")
            place, own_ticks = _placer(i, panel.axis.low, panel.axis.high), panel.axis.ticks
            images.append({"panel": i + 1, "cells": _cells(panel, i, len(scales) == 1)})
            marks += [_mark(panel, i, float(place(at)), text) for at, text in panel.marks]
        ticks += [(float(place(at)), text) for at, text in own_ticks]
        limits.append(_ends(i))
    low, high, unit = scales.pop() if len(scales) == 1 else (0.0, 1.0, "")
    return {
        "panels": names,
        "waves": _stack(waves),
        "images": images,
        "marks": pd.DataFrame(marks, columns=["panel", "time", "place", "label", "below"]),
        "ticks": pd.DataFrame(ticks, columns=["place", "label"]),
        "limits": _stack(limits),
        "low": float(low),
        "high": float(high),
        "unit": unit,
    }


def _cells(panel: Any, i: int, shared: Any) -> Any:
    """One row per cell of an image, at its middle; within 0...1 where images share no scale."""
    frames, bins = panel.values.shape
    step, height = (panel.end - panel.start) / frames, 1 / bins
    values = np.clip(panel.values, panel.low, panel.high)
    if not shared:
        values = (values - panel.low) / ((panel.high - panel.low) or 1)
    time = np.repeat(panel.start + step * (np.arange(frames) + 0.5), bins)
    place = np.tile(i * APART + height * (np.arange(bins) + 0.5), frames)
    return pd.DataFrame({"time": time, "place": place, "value": values.ravel()})


def _mark(panel: Any, i: int, place: Any, text: str) -> Any:
    below = place - i * APART > 0.9
    return {"panel": i + 1, "time": panel.end, "place": place, "label": text, "below": below}


def _ends(i: int) -> Any:
    return {"panel": i + 1, "place": [i * APART, i * APART + 1.0]}


def _wave_ticks(peak: float) -> Any:
    places = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(-peak, peak)
    return [(p, f"{p:g}") for p in places if -peak <= p <= peak]


def _placer(i: int, low: float, high: float, log: bool = False) -> Any:
    """A function that puts what lies between `low` and `high` into the stretch of panel `i`."""
    scale = np.log if log else np.asarray
    return lambda x: i * APART + (scale(x) - scale(low)) / (scale(high) - scale(low))


def _stack(parts: Any) -> pd.DataFrame:
    return pd.concat([pd.DataFrame(), *map(pd.DataFrame, parts)], ignore_index=True)
