"""The data of event plots: rows of labels over time, the waveform above them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..audio.blocks import open_blocks
from ..audio.own_rates import waveform_and_rate
from ..audio.samples import as_waveform
from ..errors import HearingAIError
from ..events.tables import complete_events
from ..runtime.arguments import name_list, number, positive

_COLUMNS = 1600  # horizontal resolution
_MOST = 12  # labels shown by default
_ROW, _GAP, _WAVE = 0.84, 0.06, 1.4  # heights: of a row's content, below it, of the waveform
_UNITS = ((3 * 3600, 3600, "h"), (180, 60, "min"), (0, 1, "s"))  # from these seconds on


@dataclass
class EventNumbers:
    """What is drawn, in the coordinates of the picture.

    Attributes:
        bars: Table `label`, `left`, `right`, `bottom`, `top`, `score`: the events.
        traces: Table `label`, `time`, `bottom`, `top`: the probabilities, filled from below.
        wave: Table `time`, `bottom`, `top`; no rows where there is no sound to show.
        ticks: Table `place`, `label`: the names of the rows.
        limits: `(left, right)` of the time axis, and its height.
        unit: Of the time axis.
        left_out: Number of labels with events that are not shown.
    """

    bars: pd.DataFrame
    traces: pd.DataFrame
    wave: pd.DataFrame
    ticks: pd.DataFrame
    limits: tuple
    unit: str
    left_out: int


def event_numbers(
    events: Any,
    recording: Any = None,
    sample_rate: float | None = None,
    start: float = 0.0,
    end: float | None = None,
    labels: Sequence[str] | None = None,
    windows: pd.DataFrame | None = None,
) -> EventNumbers:
    """What `plot_events` draws; `windows` is its table of windows where `events` is a table."""
    windows = getattr(events, "windows", windows)
    events = complete_events(events)
    start = number("start", 0 if start is None else start, low=0)
    sound, name = None, _name_of(recording, events, windows)
    if recording is not None and not isinstance(recording, (str, os.PathLike)):
        recording, sample_rate = waveform_and_rate(recording, sample_rate, "recording")
        sound, name = as_waveform(recording, "recording"), None
        sample_rate = positive("sample_rate", sample_rate)
    events, windows = _of(events, name), None if windows is None else _of(windows, name)
    end = _end_of(end, start, events, windows, sound, sample_rate)
    events = events[(events["start"] < end) & (events["end"] > start)]
    shown, left_out = _shown(labels, events)
    unit, scale = next((unit, size) for least, size, unit in _UNITS if end - start >= least)
    base = {label: len(shown) - 1 - i + _GAP for i, label in enumerate(shown)}
    bars = events[events["label"].isin(shown)]
    bottom = bars["label"].map(base).astype(float)
    bars = pd.DataFrame(
        {
            "label": bars["label"],
            "left": bars["start"].clip(start, end) / scale,
            "right": bars["end"].clip(start, end) / scale,
            "bottom": bottom,
            "top": bottom + _ROW,
            "score": bars["score"],
        }
    ).reset_index(drop=True)
    wave = _wave(name if sound is None else sound, sample_rate, start, end, len(shown))
    wave["time"] /= scale
    places = [base[label] + _ROW / 2 for label in shown]
    ticks = pd.DataFrame({"place": places, "label": pd.Series(shown, dtype=object)})
    height: float = len(shown)
    if len(wave):
        ticks.loc[len(ticks)] = [height + _WAVE / 2, "waveform"]
        height += _WAVE
    traces = _traces(windows, shown, base, start, end)
    traces["time"] /= scale
    return EventNumbers(
        bars, traces, wave, ticks, (start / scale, end / scale, height), unit, left_out
    )


def _name_of(recording: Any, events: Any, windows: pd.DataFrame | None) -> str | None:
    """The recording to show: the one that was named, else the only one."""
    if recording is not None:
        return os.fspath(recording) if isinstance(recording, (str, os.PathLike)) else None
    known = events["fname"] if windows is None else windows["fname"]
    names = list(dict.fromkeys(known.dropna()))
    if len(names) > 1:
        raise HearingAIError(
            f"`recording` must name one of the {len(names)} recordings, such as {names[0]!r}"
        )
    return names[0] if names else None


def _of(table: pd.DataFrame, name: str | None) -> pd.DataFrame:
    """The rows of a recording."""
    if name is None or "fname" not in table or table["fname"].isna().all():
        return table
    return table[table["fname"].astype(object) == name]


def _end_of(
    end: float | None,
    start: float,
    events: Any,
    windows: pd.DataFrame | None,
    sound: Any,
    sample_rate: float | None,
) -> float:
    """Where the picture ends."""
    if end is not None:
        end = positive("end", end)
        if end <= start:
            raise HearingAIError(f"`end` must be behind `start`. Received: {end:g} and {start:g}")
        return end
    ends = [table["end"].max() for table in (events, windows) if table is not None and len(table)]
    if sound is not None:
        ends.append(sound.shape[-1] / sample_rate)
    if not ends or max(ends) <= start:
        raise HearingAIError("`events` has none to show here; name `start` and `end`")
    return float(max(ends))


def _shown(labels: Sequence[str] | None, events: Any) -> tuple[list[str], int]:
    """The labels that get a row, the most frequent first, and how many get none."""
    if labels is not None:
        return list(dict.fromkeys(name_list("labels", labels))), 0
    counts = events["label"].value_counts()
    order = sorted(counts.index, key=lambda label: (-counts[label], label))
    return order[:_MOST], len(order[_MOST:])


def _traces(windows: Any, shown: Any, base: Any, start: float, end: float) -> pd.DataFrame:
    """The highest probability in each stretch of time, a row of the picture a label."""
    found = [pd.DataFrame({"label": pd.Series(dtype=object), "time": [], "bottom": [], "top": []})]
    if windows is None or not len(windows):
        return found[0]
    middle = ((windows["start"] + windows["end"]) / 2).to_numpy()
    seen = (middle >= start) & (middle <= end)
    middle, size = middle[seen], max(1, int(seen.sum()) // _COLUMNS)
    stretches = np.arange(0, len(middle), size)
    for label in shown:
        if f"prob_{label}" not in windows or not len(middle):
            continue
        values = windows[f"prob_{label}"].to_numpy()[seen]
        top = np.maximum.reduceat(np.nan_to_num(values.astype(float)), stretches)
        table = pd.DataFrame({"time": middle[stretches], "bottom": base[label]})
        table["top"] = base[label] + _ROW * top
        table.insert(0, "label", pd.Series([label] * len(table), dtype=object))
        found.append(table)
    return pd.concat(found[1:] or found, ignore_index=True)


def _wave(
    sound: Any, sample_rate: float | None, start: float, end: float, row: float
) -> pd.DataFrame:
    """The lowest and the highest sample of each stretch of time, of a file or of an array."""
    low, high = np.full(_COLUMNS, np.inf), np.full(_COLUMNS, -np.inf)
    done = 0
    for block, rate in _blocks(sound, sample_rate, start, end):
        mono = block if block.ndim == 1 else block.mean(axis=1)
        places = (done + np.arange(len(mono))) / rate / (end - start) * _COLUMNS
        places = np.minimum(places.astype(int), _COLUMNS - 1)
        begins = np.flatnonzero(np.diff(places, prepend=-1))
        low[places[begins]] = np.minimum(low[places[begins]], np.minimum.reduceat(mono, begins))
        high[places[begins]] = np.maximum(high[places[begins]], np.maximum.reduceat(mono, begins))
        done += len(mono)
    seen = np.isfinite(low)
    peak = max(np.abs(np.concatenate([low[seen], high[seen]])).max(initial=0), 1e-9)
    time = start + (np.arange(_COLUMNS) + 0.5) / _COLUMNS * (end - start)
    middle, half = row + _WAVE / 2, _WAVE / 2 * 0.88 / peak
    values = {"time": time, "bottom": middle + half * low, "top": middle + half * high}
    return pd.DataFrame(values)[seen].reset_index(drop=True)


def _blocks(
    sound: Any, sample_rate: Any, start: float, end: float
) -> Iterator[tuple[np.ndarray, float]]:
    """Yield the sound from `start` to `end` in blocks with their rate; none where there is none."""
    if isinstance(sound, str) and Path(sound).exists():  # else the recording is elsewhere
        with open_blocks(sound, start, duration=end - start) as file:
            for block in file.read():
                yield block, file.sample_rate
    elif isinstance(sound, np.ndarray):
        part = np.atleast_2d(sound)[:, round(start * sample_rate) : round(end * sample_rate)]
        if part.size:
            yield part.T, sample_rate
