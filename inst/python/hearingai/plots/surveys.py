"""Pictures of surveys: detection histories, activity by the hour, call density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import CURVES, PALE, RATES, TRAINING, Picture, plain
from .survey_numbers import activity_numbers, density_numbers, history_numbers

if TYPE_CHECKING:
    import pandas as pd

_STYLES = ("-", "--", "-.", ":")


def plot_detection_history(
    history: pd.DataFrame, label: str | None = None, *, title: str | None = None
) -> Picture:
    """Draw a detection history as a heat map: events an hour of effort.

    Of hours, days lie across and the hours of the day upwards, all sites together; of other
    occasions, occasions lie across and sites upwards. Grey is what nobody recorded.

    Args:
        history: What `detection_history` returned.
        label: Which label; `None` takes all together.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: It is no history, or `label` is not in it.

    Example:
        >>> import hearingai, pandas
        >>> effort = pandas.DataFrame({"fname": ["a.wav"], "duration": 5400})
        >>> effort["time"] = "2024-05-01T04:30:00Z"
        >>> events = pandas.DataFrame({"fname": ["a.wav"], "start": 5, "end": 6, "label": "wren"})
        >>> history = hearingai.detection_history(events, effort, by="hour")
        >>> figure = hearingai.plot_detection_history(history)
        >>> figure.axes[0].get_ylabel()
        'hour of the day'
    """
    numbers = history_numbers(history, label)
    cells, shape = numbers["cells"], (numbers["rows"], numbers["columns"])
    values = np.full(shape, np.nan)
    values[cells["y"], cells["x"]] = cells["rate"]
    figure = Picture(7, min(12, 1.6 + 0.25 * max(8, shape[0] if not numbers["y"] else 8)), title)
    ax = figure.subplots()
    ax.set_facecolor(PALE)
    image = ax.imshow(
        values,
        origin="lower",
        aspect="auto",
        cmap=RATES,
        vmin=0,
        vmax=numbers["highest"] or 1,
        interpolation="nearest",
    )
    figure.colorbar(image, label="events an hour")
    ax.set_xticks(numbers["x_ticks"]["place"], numbers["x_ticks"]["label"], rotation=30, ha="right")
    ax.set_yticks(numbers["y_ticks"]["place"], numbers["y_ticks"]["label"], parse_math=False)
    ax.set_ylabel(numbers["y"])
    return figure


def plot_activity(pattern: pd.DataFrame, *, title: str | None = None) -> Picture:
    """Draw activity curves: events an hour of effort, by the hour of the day or from sunrise.

    Args:
        pattern: What `activity_pattern` returned; a line a label, with gaps without effort.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: It is no pattern.

    Example:
        >>> import hearingai, pandas
        >>> pattern = pandas.DataFrame({"label": "wren", "hour": [4.5, 5.5], "effort": 1.0})
        >>> pattern["rate"] = [7.0, 3.0]
        >>> hearingai.plot_activity(pattern).axes[0].get_xlabel()
        'hour of the day'
    """
    numbers = activity_numbers(pattern)
    figure = Picture(7, 3.8, title)
    ax = figure.subplots()
    for i, label in enumerate(numbers["labels"]):
        line = numbers["lines"][numbers["lines"]["label"] == label]
        colour, style = CURVES[i % len(CURVES)], _STYLES[i // len(CURVES) % len(_STYLES)]
        ax.plot(
            line["hour"], line["rate"], style, color=colour, lw=2, marker="o", ms=4, label=label
        )
    ax.set(xlabel=numbers["x"], ylabel="events an hour", xlim=(numbers["low"], numbers["high"]))
    ax.set_xticks(range(numbers["low"], numbers["high"] + 1, 3))
    ax.set_ylim(bottom=0)
    plain(ax)
    legend = figure.legend(loc="outside lower center", ncols=3, frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def plot_density(density: Any, *, title: str | None = None) -> Picture:
    """Draw an estimate of call density with its intervals.

    Of one estimate, the share of validated windows with the label in each bin of scores; of several
    sites, the density of each.

    Args:
        density: What `estimate_density` returned.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: It is no such estimate.

    Example:
        >>> import hearingai, pandas
        >>> scores = pandas.DataFrame({"score": [0.1] * 90 + [0.9] * 10})
        >>> validated = pandas.DataFrame({"score": [0.1, 0.1, 0.9], "present": [0, 0, 1]})
        >>> density = hearingai.estimate_density(scores, validated, bins=[0.5])
        >>> hearingai.plot_density(density).axes[0].get_xlabel()
        'score'
    """
    numbers = density_numbers(density)
    points = numbers["points"]
    figure = Picture(max(5.0, min(14.0, 1.5 + 0.5 * len(points))), 4.2, title)
    ax = figure.subplots()
    ax.vlines(points["place"], points["lower"], points["upper"], color=TRAINING, lw=2)
    ax.plot(points["place"], points["value"], "o", color=TRAINING, ms=7)
    ax.set_xticks(points["place"], points["label"], rotation=30, ha="right", parse_math=False)
    ax.set(xlabel=numbers["x"], ylabel=numbers["y"], xlim=(-0.5, len(points) - 0.5))
    ax.set_ylim(0, 1.02 * max(points["upper"].max(), 1e-9))
    ax.set_title(numbers["text"], fontsize=11)
    plain(ax)
    return figure
