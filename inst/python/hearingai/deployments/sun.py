"""Sunrise and sunset at a place, by astral."""

from __future__ import annotations

from datetime import date, timezone
from typing import Literal

import numpy as np

from ..runtime.extras import need

SunEvent = Literal["sunrise", "sunset"]
SUN_EVENTS: tuple[SunEvent, ...] = ("sunrise", "sunset")

_DAY = np.timedelta64(1, "D")
_HALF_DAY = np.timedelta64(12, "h")


def sun_times(
    event: SunEvent, first: np.datetime64, last: np.datetime64, latitude: float, longitude: float
) -> np.ndarray:
    """The sunrises or sunsets from a day before the first to a day behind the last time, in UTC.

    Days without one, near the poles, are left out.
    """
    find = getattr(need("astral.sun", f"time relative to {event}"), event)
    observer = need("astral", "").Observer(latitude, longitude)
    found = []
    for day in np.arange(first - 2 * _DAY, last + 3 * _DAY, _DAY, dtype="datetime64[D]"):
        try:
            time = find(observer, date.fromisoformat(str(day)), tzinfo=timezone.utc)
        except ValueError:  # it does not rise, or does not set
            continue
        found.append(np.datetime64(time.replace(tzinfo=None), "us"))
    times = np.unique(np.array(found, dtype="datetime64[us]"))
    # Near the date line a day of UTC may have two, which the days beside it have again.
    return times[np.append(True, np.diff(times) > _HALF_DAY)] if len(times) else times


def hours_from_sun(
    event: SunEvent, times: np.ndarray, latitude: np.ndarray, longitude: np.ndarray
) -> np.ndarray:
    """Hours from the nearest sunrise or sunset, below 0 before it; NaN where none is near.

    Args:
        event: `"sunrise"` or `"sunset"`.
        times: UTC, `datetime64[us]`.
        latitude: Degrees north of each, NaN where it is not known.
        longitude: Degrees east.
    """
    hours = np.full(len(times), np.nan)
    places = np.stack([latitude, longitude], axis=1)
    known = np.isfinite(places).all(axis=1) & ~np.isnat(times)
    for place in np.unique(places[known], axis=0):
        rows = np.flatnonzero(known & (places == place).all(axis=1))
        sun = sun_times(event, times[rows].min(), times[rows].max(), *place)
        if not len(sun):
            continue
        behind = np.searchsorted(sun, times[rows])
        before, after = np.maximum(behind - 1, 0), np.minimum(behind, len(sun) - 1)
        away = [(times[rows] - sun[i]) / np.timedelta64(1, "h") for i in (before, after)]
        nearest = np.where(np.abs(away[0]) <= np.abs(away[1]), away[0], away[1])
        hours[rows] = np.where(np.abs(nearest) <= 24, nearest, np.nan)
    return hours
