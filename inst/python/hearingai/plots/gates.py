"""The picture of a gate: the sound before and after, what opened it, and its gain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..audio.reading import read_audio
from ..audio.samples import to_float32
from ..errors import HearingAIError
from ..runtime.arguments import number, positive
from .canvas import FAINT, PALE, TRAINING, VALIDATION, Picture, plain
from .sounds import envelope

_LONGEST = 1800  # seconds
_LOWEST_DB = -80.0


def plot_gate(
    gated: Any, *, start: float = 0.0, end: float | None = None, title: str | None = None
) -> Picture:
    """Draw the sound before and after a gate, the probability that opened it, and its gain.

    Of several channels the mean is drawn. The probability is shaded where the gate was
    open. Gains below -80 dB are drawn as -80 dB.

    Args:
        gated: What `gate` returned.
        start: Where to begin, seconds.
        end: Where to end, seconds; `None` is the end of the sound. Half an hour at most.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: The stretch is empty or too long.
        AudioFileError: A recording cannot be read any more.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
        >>> noise = numpy.random.default_rng(1).normal(0, 0.1, 16000)
        >>> figure = hearingai.plot_gate(hearingai.gate(classifier, noise))
        >>> [ax.get_ylabel() for ax in figure.axes]
        ['amplitude', 'probability', 'gain (dB)']
    """
    numbers = gate_numbers(gated, start, end)
    figure = Picture(9, 6, title)
    wave, key, gain = figure.subplots(3, 1, sharex=True, height_ratios=(2, 1.2, 1.2))
    for name, colour in (("before", FAINT), ("after", TRAINING)):
        table = numbers[name]
        wave.plot(table["time"], table["value"], color=colour, linewidth=0.6, label=name)
    wave.set(ylabel="amplitude")
    wave.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, frameon=False)
    for row in numbers["spans"].itertuples():
        key.axvspan(row.start, row.end, color=PALE, linewidth=0)
    key.plot(numbers["track"]["time"], numbers["track"]["probability"], color=TRAINING, linewidth=1)
    for name, style in (("threshold", "--"), ("low", ":")):
        key.axhline(numbers[name], color=VALIDATION, linestyle=style, linewidth=1, label=name)
    key.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, frameon=False)
    key.set(ylabel="probability", ylim=(-0.02, 1.02))
    gain.plot(numbers["gain"]["time"], numbers["gain"]["value"], color=TRAINING, linewidth=1)
    gain.set(ylabel="gain (dB)", xlabel="time (s)", ylim=(1.05 * (numbers["floor"] or -1), 1))
    for ax in figure.axes:
        ax.margins(x=0)
        plain(ax)
    wave.set_xlim(numbers["start"], numbers["end"])
    return figure


def gate_numbers(gated: Any, start: float = 0.0, end: float | None = None) -> dict[str, Any]:
    """What `plot_gate` draws.

    Returns:
        A dict: the tables `before`, `after` and `gain` (`time`, `value`), `track` and `spans`
        (`start`, `end`: where it was open), and `threshold`, `low`, `floor` (dB), `start` and
        `end`.
    """
    start, end = _stretch(gated, start, end)
    rate = gated.sample_rate
    first, last = round(start * rate), round(end * rate)
    with np.errstate(divide="ignore"):
        decibels = 20 * np.log10(gated.gain(start, end))
    track = gated.track
    track = track[(track["time"] >= start) & (track["time"] <= end)].reset_index(drop=True)
    floor = max(_LOWEST_DB, gated.settings["range_db"])
    after = gated.sound if gated.out is None else gated.out
    return {
        "before": _wave(gated.source, first, last, rate),
        "after": _wave(after, first, last, rate),
        "gain": _table(np.maximum(decibels, floor), first, rate),
        "track": track,
        "spans": _spans(track, gated.settings["hop"], start, end),
        "threshold": gated.settings["threshold"],
        "low": gated.settings["low"],
        "floor": float(floor),
        "start": start,
        "end": end,
    }


def _stretch(gated: Any, start: float, end: float | None) -> tuple[float, float]:
    if not hasattr(gated, "gain") or not hasattr(gated, "track"):
        came = type(gated).__name__
        raise HearingAIError(f"`gated` must be what gate() returned. Received: {came}")
    length = gated.samples / gated.sample_rate
    start = number("start", 0 if start is None else start, low=0)
    end = length if end is None else min(positive("end", end), length)
    if not 0 < end - start <= _LONGEST:
        raise HearingAIError(
            f"`start` and `end` must choose a stretch of at most half an hour of the "
            f"{length:g} s. Received: {start:g} and {end:g}"
        )
    return start, end


def _wave(sound: Any, first: int, last: int, rate: float) -> pd.DataFrame:
    """The mean of the channels, or its envelope."""
    if isinstance(sound, str):
        values, _ = read_audio(sound, start=first / rate, duration=(last - first) / rate)
    else:
        values = to_float32(np.atleast_2d(sound)[:, first:last]).mean(axis=0)
    return _table(values, first, rate)


def _table(values: Any, first: int, rate: float) -> pd.DataFrame:
    samples, values = envelope(np.asarray(values, "float64"))
    return pd.DataFrame({"time": (first + samples) / rate, "value": values})


def _spans(track: pd.DataFrame, hop: float, start: float, end: float) -> pd.DataFrame:
    """The intervals in which it was open."""
    change = np.diff(track["open"].to_numpy(int), prepend=0, append=0)
    times = track["time"].to_numpy()
    begins, ends = times[change[:-1] == 1] - hop / 2, times[change[1:] == -1] + hop / 2
    return pd.DataFrame({"start": np.clip(begins, start, end), "end": np.clip(ends, start, end)})
