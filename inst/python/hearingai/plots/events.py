"""A figure of a recording and the events detected in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .canvas import FAINT, INK, TRAINING, VALIDATION, Picture, plain
from .event_numbers import event_numbers


def plot_events(
    events: Any,
    recording: Any = None,
    *,
    sample_rate: float | None = None,
    start: float = 0.0,
    end: float | None = None,
    labels: Sequence[str] | None = None,
    title: str | None = None,
) -> Picture:
    """Draw detected events over time: a row for each label, the waveform on top.

    However long the recording, an event is at least a line wide, and the waveform and the
    probabilities show their extremes in each stretch of time.

    Args:
        events: An `Annotation`, whose windows give the probabilities where it has them; or a table
            with `start`, `end` and `label`.
        recording: Which of several recordings to show, by its path; or its sound, an array
            `(samples,)` or `(channels, samples)`. `None` takes the only one. The waveform is shown
            where the file is there.
        sample_rate: Rate of the sound, Hz, where `recording` is sound.
        start: Where the picture begins, in seconds.
        end: Where it ends; `None` shows all.
        labels: The labels to show, from the top; `None` shows those with events, at most twelve,
            the most frequent first.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: The table is malformed, there is nothing to show, or `recording` is missing
            where there are several.

    Example:
        >>> import hearingai, pandas
        >>> events = pandas.DataFrame({"start": [1, 4], "end": [2, 4.5], "label": ["yes", "no"]})
        >>> figure = hearingai.plot_events(events)
        >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
        ['no', 'yes']
    """
    numbers = event_numbers(events, recording, sample_rate, start, end, labels)
    left, right, height = numbers.limits
    figure = Picture(9, 1.1 + 0.5 * height, title)
    ax = figure.subplots()
    for _, trace in numbers.traces.groupby("label", sort=False):
        ax.fill_between(
            trace["time"], trace["bottom"], trace["top"], color=TRAINING, alpha=0.35, linewidth=0
        )
        ax.plot(trace["time"], trace["top"], color=TRAINING, linewidth=0.6)
    bars = numbers.bars
    ax.bar(
        bars["left"],
        bars["top"] - bars["bottom"],
        width=bars["right"] - bars["left"],
        bottom=bars["bottom"],
        align="edge",
        facecolor=(*_rgb(VALIDATION), 0.3),
        edgecolor=VALIDATION,
        linewidth=0.9,
    )
    wave = numbers.wave
    ax.fill_between(wave["time"], wave["bottom"], wave["top"], color=INK, linewidth=0.3)
    ax.set(xlim=(left, right), ylim=(0, height), xlabel=f"time ({numbers.unit})")
    ax.set_yticks(numbers.ticks["place"], numbers.ticks["label"])
    ax.tick_params(axis="y", length=0)
    plain(ax)
    ax.grid(visible=False, axis="y")
    if numbers.left_out:
        text = f"{numbers.left_out} more labels with fewer events are not shown"
        ax.set_title(text, loc="right", fontsize=9, color=FAINT)
    return figure


def _rgb(colour: Any) -> Any:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
