"""add_times(): when and where events were, by the recordings that they are in."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, readable, warn
from ..events.tables import complete_events
from ..runtime.arguments import choose
from ..tables.columns import check_columns
from .filenames import LARGEST
from .sun import SUN_EVENTS, SunEvent, hours_from_sun

_YEARS = (np.datetime64("1850"), np.datetime64("2200"))  # what is beyond is no time of sound
_LONGEST = 1e9  # seconds into a recording, thirty years
_PLACES = ("site", "latitude", "longitude")


def add_times(
    events: Any, times: pd.DataFrame, *, relative_to: SunEvent | None = None
) -> pd.DataFrame:
    """Add the clock time of each event, and where it was.

    Args:
        events: A table of events, `fname`, `start`, `end` and `label`; or an `Annotation`.
        times: When and where the recordings were made: what `recording_times` returned, or a table
            with `fname`, `time` (with a zone, or in UTC) and, if known, `site`, `latitude`,
            `longitude`. Recordings are known by their paths.
        relative_to: `"sunrise"` or `"sunset"` adds the hours from the nearest one, below 0 before
            it; needs the places, and the library astral.

    Returns:
        The events with `time`, when each starts (UTC; missing where it is not known), the `site`,
        `latitude` and `longitude` that `times` has, and `hours_from_sunrise` or
        `hours_from_sunset`.

    Raises:
        HearingAIError: A table lacks a column, `times` has a recording twice, or places are needed
            and none is known.

    Warns:
        HearingAIWarning: Events are of recordings whose time is not known.

    Example:
        >>> import hearingai, pandas
        >>> events = pandas.DataFrame({"fname": ["a.wav"], "start": 90, "end": 91, "label": "go"})
        >>> times = pandas.DataFrame({"fname": ["a.wav"], "time": ["2024-05-01T04:30:00Z"]})
        >>> hearingai.add_times(events, times)["time"][0].isoformat()
        '2024-05-01T04:31:30+00:00'
    """
    table = complete_events(events)
    if relative_to is not None:
        choose("relative_to", relative_to, SUN_EVENTS)
    table = with_times(table, known_times("times", times))
    if relative_to is None:
        return table
    places = [_degrees(table, name) for name in ("latitude", "longitude")]
    hours = hours_from_sun(relative_to, utc_of("events", table["time"]), *places)
    return table.assign(**{f"hours_from_{relative_to}": hours})


def with_times(table: pd.DataFrame, known: pd.DataFrame, what: str = "events") -> pd.DataFrame:
    """Stretches of recordings, `fname` and `start`, with clock times and places.

    Args:
        table: The stretches, in rows from 0.
        known: What `known_times` returned.
        what: What they are, for the warning.
    """
    table = table.copy()
    rows = rows_of(table["fname"], known["fname"])
    there = rows >= 0
    begin = known["time"].to_numpy()[rows].astype("datetime64[us]")
    begin[~there] = np.datetime64("NaT")
    seconds = table["start"].to_numpy("float64")
    begin[~(seconds <= _LONGEST)] = np.datetime64("NaT")
    passed = (np.minimum(seconds, _LONGEST) * 1e6).round().astype("timedelta64[us]")
    table["time"] = pd.Series(begin + passed).dt.tz_localize("UTC")
    for name in _PLACES:
        if name in known and name not in table and known[name].notna().any():
            values = known[name].take(np.maximum(rows, 0)).reset_index(drop=True)
            numbers = name != "site" and pd.api.types.is_numeric_dtype(values)
            table[name] = (values.astype("float64") if numbers else values).where(there)
    without = table["fname"][table["time"].isna()]
    if len(without):
        names = ", ".join(readable(name) for name in list(dict.fromkeys(without))[:3])
        warn(f"{len(without)} of {len(table)} {what} have no time, being of: {names}")
    return table


def _degrees(table: pd.DataFrame, name: str) -> np.ndarray:
    """The latitudes or longitudes of events."""
    values = None if name not in table else degrees_of("times", table, name)
    if values is None or (len(values) and np.isnan(values).all()):
        raise HearingAIError(f"`relative_to` needs the `{name}` of recordings in `times`")
    return values


def degrees_of(argument: str, table: pd.DataFrame, name: str) -> np.ndarray:
    """The column `latitude` or `longitude` of a table, NaN where it is missing."""
    values = pd.to_numeric(table[name], errors="coerce").to_numpy("float64", na_value=np.nan)
    most = LARGEST[name]
    wrong = values[np.abs(values) > most]
    if len(wrong):
        raise HearingAIError(
            f'`{argument}["{name}"]` must be degrees from -{most} to {most}. Received: {wrong[0]:g}'
        )
    return values


def known_times(argument: str, times: Any) -> pd.DataFrame:
    """A table of recordings and their times, checked; `time` in UTC, without a zone."""
    check_columns(argument, times, ("fname", "time"))
    table = times.reset_index(drop=True)
    refuse_repeated(argument, table["fname"])
    return table.assign(time=utc_of(argument, table["time"]))


def refuse_repeated(argument: str, names: pd.Series) -> None:
    """Raise an error where one recording is there twice, however its path is written."""
    known = set[str]()
    for name in names:
        path = _path(name)
        if path in known:
            raise HearingAIError(
                f"`{argument}` must have each recording once. Received twice: {readable(name)}"
            )
        known.add(path)


def utc_of(argument: str, values: pd.Series, column: str = "time") -> np.ndarray:
    """A column of times in UTC, as NumPy has them; those without a zone are in UTC."""
    try:
        times = pd.to_datetime(values, utc=True, format=None if _is_time(values) else "ISO8601")
        found = np.asarray(times.dt.tz_localize(None), dtype="datetime64[us]")
    except (ValueError, TypeError, OverflowError):
        raise HearingAIError(
            f'`{argument}["{column}"]` must be dates and times, such as 2024-05-01T04:30:00Z'
        ) from None
    wrong = np.flatnonzero((found < _YEARS[0]) | (found >= _YEARS[1]))
    if len(wrong):
        raise HearingAIError(
            f'`{argument}["{column}"]` in row {wrong[0] + 1} must lie between {_YEARS[0]} and '
            f"{_YEARS[1]}. Received: {found[wrong[0]]}"
        )
    return found


def _is_time(values: pd.Series) -> bool:
    return values.dtype.kind == "M"


def rows_of(names: pd.Series, known: pd.Series) -> np.ndarray:
    """The row in `known` of each name of a recording, -1 where there is none.

    Names that differ are compared as paths from the root.
    """
    places = {name: row for row, name in enumerate(known)}
    paths = {_path(name): row for name, row in places.items()}
    found = {name: places.get(name, paths.get(_path(name), -1)) for name in names.unique()}
    return np.array([found[name] for name in names], dtype=int)


def _path(name: object) -> str:
    return os.path.abspath(name) if isinstance(name, (str, os.PathLike)) else ""  # noqa: PTH100
