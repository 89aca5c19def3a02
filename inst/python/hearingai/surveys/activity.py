"""activity_pattern(): events an hour of effort, by the hour of the day or from sunrise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import tzinfo
from typing import Any

import numpy as np
import pandas as pd

from ..deployments.clocks import zone_of
from ..deployments.sun import SUN_EVENTS, SunEvent, sun_times
from ..errors import HearingAIError, warn
from ..runtime.arguments import choose, positive
from .effort import Survey, split_effort, survey_of

_HOUR = np.timedelta64(3_600_000_000, "us")
_FINEST = 1 / 60  # hours of a bin


def activity_pattern(
    events: Any,
    effort: pd.DataFrame | None = None,
    *,
    relative_to: SunEvent | None = None,
    tz: str = "UTC",
    bin: float = 1.0,
    labels: Collection[str] | None = None,
    min_score: float | Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Tell how active each label is by the hour: events an hour of effort, of all sites and days.

    Args:
        events: The events, see `detection_history`.
        effort: What was recorded, likewise; with `latitude` and `longitude` (degrees) for hours
            from sunrise or sunset.
        relative_to: `None` for the hour of the day, `"sunrise"` or `"sunset"` for the hours from
            the nearest one, from -12 to 12; that needs the library astral.
        tz: The time zone of the hours of the day, such as `Europe/Berlin`.
        bin: Hours that are counted together, a whole part of twelve hours.
        labels: The labels to count; `None` takes those that occur.
        min_score: The least score of events that count; or a dict of one a label.

    Returns:
        A DataFrame with a row a label and bin: `label`, the middle of the bin as `hour`,
        `hours_from_sunrise` or `hours_from_sunset`, `n` (events that start in it), `effort` (hours)
        and `rate` (events an hour; NaN without effort).

    Raises:
        HearingAIError: A column is missing or malformed, an argument is out of range, places are
            not known, or astral is not installed.

    Warns:
        HearingAIWarning: Recordings have no time or duration, events are of other recordings, or
            there was no sunrise, near the poles.

    Example:
        >>> import hearingai, pandas
        >>> effort = pandas.DataFrame({"fname": ["a.wav"], "duration": 5400})
        >>> effort["time"] = "2024-05-01T04:30:00Z"
        >>> events = pandas.DataFrame({"fname": ["a.wav"], "start": 5, "end": 6, "label": "wren"})
        >>> pattern = hearingai.activity_pattern(events, effort)
        >>> pattern[pattern["effort"] > 0][["hour", "n", "effort", "rate"]].values.tolist()
        [[4.5, 1.0, 0.5, 2.0], [5.5, 0.0, 1.0, 0.0]]
    """
    zone = zone_of("tz", tz)
    bin = positive("bin", bin, most=12)
    bins = round(12 / bin)
    if bin < _FINEST or abs(bins * bin - 12) > 1e-9:
        raise HearingAIError(f"`bin` must be a whole part of 12 hours. Received: {bin:g}")
    survey = survey_of(events, effort, site=None, labels=labels, min_score=min_score)
    n, heard = np.zeros((len(survey.labels), 2 * bins), dtype=int), np.zeros(2 * bins)
    if relative_to is None:
        _count(
            survey, np.ones(len(survey.effort), bool), *_clock_cells(survey, bins, zone), n, heard
        )
    else:
        choose("relative_to", relative_to, SUN_EVENTS)
        for rows, cells in _sun_cells(survey, relative_to, bins):
            _count(survey, rows, *cells, n, heard)
        lengths = (survey.effort["end"] - survey.effort["begin"]).to_numpy() / _HOUR
        missing = lengths.sum() - heard.sum()
        if missing > 1e-6:
            warn(f"{missing:.3g} hours are not counted, with no {relative_to} near them")
    first = 0 if relative_to is None else -12
    with np.errstate(invalid="ignore"):
        rate = np.where(heard > 0, n / np.where(heard > 0, heard, 1), np.nan)
    labels = pd.Series([name for name in survey.labels for _ in heard], dtype=object)
    hours = np.tile(first + bin * (np.arange(2 * bins) + 0.5), len(survey.labels))
    column = "hour" if relative_to is None else f"hours_from_{relative_to}"
    table = pd.DataFrame({"label": labels, column: hours, "n": n.ravel()})
    return table.assign(effort=np.tile(heard, len(survey.labels)), rate=rate.ravel())


def _count(
    survey: Survey,
    rows: np.ndarray,
    edges: np.ndarray,
    bins: np.ndarray,
    n: np.ndarray,
    heard: np.ndarray,
) -> None:
    """Add events and effort of some stretches to their bins; cells of bin -1 do not count."""
    _, cell, hours = split_effort(survey.effort[rows], edges)
    there = bins[cell] >= 0
    np.add.at(heard, bins[cell][there], hours[there])
    events = survey.events[rows[survey.events["row"].to_numpy(int)]]
    cell = np.searchsorted(edges, events["time"].to_numpy(), "right") - 1
    inside = (cell >= 0) & (cell < len(bins))
    bin_of = np.where(inside, bins[np.clip(cell, 0, len(bins) - 1)], -1)
    label = pd.Index(survey.labels).get_indexer(events["label"])
    np.add.at(n, (label[bin_of >= 0], bin_of[bin_of >= 0]), 1)


def _clock_cells(survey: Survey, bins: int, zone: tzinfo) -> tuple[np.ndarray, np.ndarray]:
    """Edges of bins of the day, in UTC, and the bin between each two.

    An hour that clocks show twice is one cell of two hours, one that they pass over has none.
    """
    first = pd.Timestamp(survey.effort["begin"].min(), tz="UTC").tz_convert(zone)
    last = pd.Timestamp(survey.effort["end"].max(), tz="UTC").tz_convert(zone)
    begin, end = (t.tz_localize(None).normalize() for t in (first, last))
    days = (end - begin).days + 2
    local = begin + pd.Timedelta(hours=12) / bins * np.arange(2 * bins * days + 1)
    zoned = pd.DatetimeIndex(local).tz_localize(
        zone, ambiguous=np.ones(len(local), bool), nonexistent="shift_forward"
    )
    edges = np.array(zoned.tz_convert("UTC").tz_localize(None), dtype="datetime64[us]")
    return edges, np.tile(np.arange(2 * bins), days)


def _sun_cells(
    survey: Survey, event: SunEvent, bins: int
) -> list[tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]]:
    """The stretches at each place, and their cells as `_clock_cells` has them."""
    effort = survey.effort
    if not {"latitude", "longitude"} <= set(effort) or effort[["latitude", "longitude"]].isna().any(
        axis=None
    ):
        raise HearingAIError(
            "`relative_to` needs `latitude` and `longitude` of all recordings in `effort`"
        )
    places = effort[["latitude", "longitude"]].to_numpy("float64")
    found = []
    for place in np.unique(places, axis=0):
        rows = (places == place).all(axis=1)
        begin, end = effort["begin"][rows].min(), effort["end"][rows].max()
        sun = sun_times(event, np.datetime64(begin, "us"), np.datetime64(end, "us"), *place)
        if len(sun):
            found.append((rows, _cells_around(sun, bins)))
    return found


def _cells_around(times: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Cells before and behind each time, as far as it is the nearest and not beyond 12 hours."""
    middle = times[:-1] + (times[1:] - times[:-1]) // 2
    low = np.maximum(np.append(times[0] - 12 * _HOUR, middle), times - 12 * _HOUR)
    high = np.minimum(np.append(middle, times[-1] + 12 * _HOUR), times + 12 * _HOUR)
    # Where days are a little longer than 24 hours, the rest is counted with the outermost bin.
    low[1:] = np.where(low[1:] - high[:-1] < _HOUR, high[:-1], low[1:])
    steps = (12 * _HOUR // bins) * np.arange(-bins, bins)
    edges = np.maximum(times[:, None] + steps, low[:, None])
    edges[:, 0] = low
    edges = np.minimum(edges, high[:, None])
    ids = np.append(
        np.tile(np.arange(2 * bins), (len(times), 1)), np.full((len(times), 1), -1), axis=1
    )
    return np.append(np.append(edges, high[:, None], axis=1).ravel(), high[-1]), ids.ravel()
