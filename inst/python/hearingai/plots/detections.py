"""Pictures of detection: miss rate against false accepts, and events over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from ..errors import HearingAIError
from ..evaluation import DetectionMetrics, detection_metrics
from ..evaluation.detection import OUTCOMES
from ..evaluation.events import check_events
from ..runtime.arguments import number
from ..runtime.sizes import counted
from .canvas import CURVES, FAINT, RIGHT, TRAINING, VALIDATION, WRONG, Picture, plain
from .numbers import decades

# Outcomes in the order they are drawn: true events above, detected events below.
KINDS = ("there, found", "there, missed", *OUTCOMES)
_FACES = dict(zip(KINDS, (RIGHT, "white", TRAINING, WRONG, FAINT, VALIDATION), strict=True))
_HATCHES = dict(zip(KINDS, ("", "////", "", "xxxx", "....", "\\\\\\\\"), strict=True))
_LEAST_SHARE = 1 / 400  # of the picture's width; shorter bars are widened to it


def plot_det(metrics: Any, *, title: str | None = None) -> Picture:
    """Draw the DET curve: the miss rate against the false accepts per hour, on a logarithmic axis.

    The curve of a perfect detector is the lower left corner. Points without false accepts are
    drawn at the 0 on the left; a chosen threshold is marked, and so are the operating points.

    Args:
        metrics: What `detection_metrics` returned, its table `curve`, or several of either as a
            dict from their names or a list.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: There is nothing to draw, or it was measured without `duration` or without
            true events.

    Example:
        >>> import hearingai, pandas
        >>> truth = pandas.DataFrame(
        ...     {"fname": "a.wav", "start": [1.0, 5.0], "end": [1.5, 5.5], "label": "go"}
        ... )
        >>> events = truth.assign(start=[1.1, 8.0], end=[1.6, 8.5], score=[0.9, 0.4])
        >>> figure = hearingai.plot_det(hearingai.detection_metrics(events, truth, duration=600))
        >>> figure.axes[0].get_xscale()
        'log'
    """
    numbers = det_numbers(metrics)
    figure = Picture(6.4, 4.8, title)
    ax = figure.subplots()
    ax.set_xscale("log")
    for i, (name, label) in enumerate(zip(numbers["names"], numbers["labels"], strict=True)):
        curve = numbers["curve"][numbers["curve"]["curve"] == name]
        style: dict[str, Any] = {
            "color": CURVES[i % len(CURVES)],
            "ls": ("-", "--", "-.", ":")[i % 4],
        }
        ax.plot(curve["x"], curve["y"], lw=2, drawstyle="steps-post", label=label, **style)
        mark = numbers["mark"][numbers["mark"]["curve"] == name]
        if len(mark):
            ax.plot(mark["x"], mark["y"], "o", color=style["color"], ms=8)
    ax.set_xlim(numbers["low"], numbers["high"])
    ax.set_ylim(-0.02, 1.02)
    ax.set_xticks(numbers["ticks"]["place"], numbers["ticks"]["label"])
    ax.minorticks_off()
    ax.set(xlabel="false accepts per hour", ylabel="share of events missed")
    plain(ax)
    if any(numbers["labels"]):
        legend = figure.legend(loc="outside lower center", ncols=2, frameon=False)
        for text in legend.get_texts():
            text.set_parse_math(False)
    return figure


def plot_detections(
    events: Any,
    truth: Any,
    *,
    tolerance: float = 0.5,
    by: str = "midpoint",
    threshold: float | None = None,
    fname: str | None = None,
    start: float | None = None,
    end: float | None = None,
    title: str | None = None,
) -> Picture:
    """Draw the true and the detected events of one recording over time.

    Each label has a lane: above, the true events, found or missed; below, the events found, as
    hits, substitutions, duplicates and false accepts. Events too short to be visible are
    drawn wider.

    Args:
        events: A table of events, see `detection_metrics`.
        truth: The true events.
        tolerance: How far an event may be off, seconds.
        by: What must be within the tolerance, see `detection_metrics`.
        threshold: Count the events that score it or more; `None` counts all.
        fname: The recording; `None` takes the first of `truth`.
        start: Where to begin, seconds; `None` begins at 0.
        end: Where to end, seconds; `None` ends after the last event.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: As for `detection_metrics`, or there is nothing to draw.

    Example:
        >>> import hearingai, pandas
        >>> truth = pandas.DataFrame(
        ...     {"fname": "a.wav", "start": [1.0, 5.0], "end": [1.5, 5.5], "label": ["go", "no"]}
        ... )
        >>> events = truth.assign(start=[1.1, 8.0], end=[1.6, 8.5], score=[0.9, 0.4])
        >>> figure = hearingai.plot_detections(events, truth)
        >>> [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
        ['no', 'go']
    """
    numbers = detection_numbers(events, truth, tolerance, by, threshold, fname, start, end)
    labels, bars = numbers["labels"], numbers["bars"]
    figure = Picture(10, 1.6 + 0.45 * len(labels), title)
    ax = figure.subplots()
    for kind, some in bars.groupby("kind", sort=False):
        height = some["high"] - some["low"]
        style: dict[str, Any] = {
            "facecolor": _FACES[kind],
            "hatch": _HATCHES[kind],
        }
        ax.bar(
            some["left"],
            height,
            some["right"] - some["left"],
            some["low"],
            align="edge",
            linewidth=0.5,
            edgecolor="black",
            **style,
        )
    ax.set_yticks(range(1, len(labels) + 1), labels, parse_math=False)
    ax.set_xlim(numbers["start"], numbers["end"])
    ax.set_ylim(0.4, len(labels) + 0.6)
    ax.set_xlabel("time (s)")
    ax.set_title(numbers["text"], fontsize=10, parse_math=False)
    plain(ax)
    ax.tick_params(axis="y", length=0)
    shown = [k for k in KINDS if k in set(bars["kind"])]
    keys = [
        Patch(facecolor=_FACES[k], hatch=_HATCHES[k], edgecolor="black", lw=0.5, label=k)
        for k in shown
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=6, frameon=False)
    return figure


def det_numbers(metrics: Any) -> dict[str, Any]:
    """What `plot_det` draws: tables of points, marks and ticks, and the ends of the axis."""
    curves, marks, texts = [], [], []
    for name, one in _named(metrics).items():
        texts.append(name)
        table = _det_curve(name, one)
        # above the highest score, no event is counted
        x = np.append(0.0, table["false_accepts_per_hour"])
        y = np.append(1.0, table["miss_rate"])
        curves.append(pd.DataFrame({"curve": name, "x": x, "y": y}))
        row: Any = one.summary.iloc[0] if isinstance(one, DetectionMetrics) else {}
        if not pd.isna(row.get("threshold")):
            texts[-1] += f"{', ' if name else ''}threshold {row['threshold']:.3g}"
            at = {"x": row["false_accepts_per_hour"], "y": row["miss_rate"]}
            marks.append({"curve": name} | at)
        points = one.operating_points if isinstance(one, DetectionMetrics) else curves[-1][:0]
        for point in points.itertuples():
            at = {"x": point.false_accepts_per_hour, "y": point.false_reject_rate}
            marks.append({"curve": name} | at)
    curve = pd.concat(curves, ignore_index=True)
    mark = pd.DataFrame(marks, columns=["curve", "x", "y"])
    some = curve["x"][curve["x"] > 0]
    least, most = (some.min(), some.max()) if len(some) else (1.0, 10.0)
    most = max(most, 10 * least)
    nought = least / (most / least) ** 0.15
    ticks = [(nought, "0")] + [t for t in decades(least, most) if t[0] >= least]
    # extend each curve to the right at its last miss rate
    ends = curve.groupby("curve", sort=False).tail(1).assign(x=most)
    curve = pd.concat([curve, ends]).sort_index(kind="stable").reset_index(drop=True)
    return {
        "names": list(_named(metrics)),
        "labels": texts,
        "curve": curve.assign(x=curve["x"].clip(lower=nought)),
        "mark": mark.assign(x=mark["x"].astype(float).clip(lower=nought)),
        "ticks": pd.DataFrame(ticks, columns=["place", "label"]),
        "low": float(nought * 0.95),
        "high": float(most * 1.05),
    }


def detection_numbers(
    events: Any,
    truth: Any,
    tolerance: float = 0.5,
    by: str = "midpoint",
    threshold: float | None = None,
    fname: str | None = None,
    start: float | None = None,
    end: float | None = None,
) -> dict[str, Any]:
    """What `plot_detections` draws: bars in lanes, the labels upwards, and the ends of the axis."""
    events, truth = check_events("events", events, scored=True), check_events("truth", truth)
    known = [*truth["fname"], *events["fname"]]
    if not known:
        raise HearingAIError("`events` and `truth` have no rows: there is nothing to draw")
    fname = known[0] if fname is None else str(fname)
    if fname not in known:
        raise HearingAIError(
            f"`fname` must be a recording of `truth` or `events`, such as {known[0]}. "
            f"Received: {fname!r}"
        )
    here = [table[table["fname"] == fname] for table in (events, truth)]
    result = detection_metrics(*here, tolerance=tolerance, threshold=threshold, by=by)
    there = result.truth.assign(kind=np.where(result.truth["outcome"] == "hit", *KINDS[:2]))
    found = result.events.assign(kind=result.events["outcome"])
    last = max([*there["end"], *found["end"], 0.0]) * 1.02 or 1.0
    start = 0.0 if start is None else number("start", start)
    end = last if end is None else number("end", end)
    if end <= start:
        raise HearingAIError(f"`end` must be behind `start`. Received: {start:g} to {end:g}")
    labels = sorted({*there["label"], *found["label"]}, reverse=True)
    parts = [_bars(there, labels, 0.04, start, end), _bars(found, labels, -0.36, start, end)]
    row = result.summary.iloc[0]
    return {
        "labels": labels,
        "bars": pd.concat(parts, ignore_index=True),
        "kinds": list(KINDS),
        "start": start,
        "end": end,
        "text": f"{Path(fname).name}: {row['hits']:.0f} of {row['n_truth']:.0f} found, "
        f"{counted(row['false_accepts'], 'false accept')}",
    }


def _bars(table: pd.DataFrame, labels: Any, low: Any, start: float, end: float) -> pd.DataFrame:
    """One row per bar, in the lane of its label, at least as wide as is visible."""
    table = table[(table["end"] >= start) & (table["start"] <= end)]
    lane = table["label"].map({label: i + 1 for i, label in enumerate(labels)}).astype(float)
    lack = ((end - start) * _LEAST_SHARE - (table["end"] - table["start"])).clip(lower=0) / 2
    return pd.DataFrame(
        {
            "kind": table["kind"].astype(object),
            "left": table["start"] - lack,
            "right": table["end"] + lack,
            "low": lane + low,
            "high": lane + low + 0.32,
        }
    )


def _named(metrics: Any) -> Any:
    """Several curves under their names."""
    if isinstance(metrics, (DetectionMetrics, pd.DataFrame)):
        return {"": metrics}
    if isinstance(metrics, (list, tuple)):
        metrics = {str(i + 1): one for i, one in enumerate(metrics)}
    if not isinstance(metrics, dict) or not metrics:
        raise HearingAIError(
            "`metrics` must be what `detection_metrics` returned, or several such, in a list or "
            f"by name. Received: {metrics!r}"
        )
    return {str(name): one for name, one in metrics.items()}


def _det_curve(name: str, one: Any) -> Any:
    """The curve of one, checked."""
    table = getattr(one, "curve", one)
    needed = ["false_accepts_per_hour", "miss_rate"]
    if not isinstance(table, pd.DataFrame) or not {*needed} <= set(table):
        raise HearingAIError(
            "`metrics` must be what `detection_metrics` returned, or its table `curve`. "
            f"Received: {type(one).__name__}"
        )
    of = f" of {name!r}" if name else ""
    if not len(table):
        raise HearingAIError(f"`metrics`{of} has an empty curve: no event was found")
    if table["false_accepts_per_hour"].isna().any():
        raise HearingAIError(
            f"`metrics`{of} has no false accepts per hour: detection_metrics() needs `duration`"
        )
    if table["miss_rate"].isna().any():
        raise HearingAIError(f"`metrics`{of} has no miss rate: there was no true event")
    return table
