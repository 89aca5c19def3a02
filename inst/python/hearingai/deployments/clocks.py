"""Clocks of recorders: readings as text, time zones, daylight saving, drift."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ..errors import HearingAIError

_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?")
_ZONE = r"(?P<zone>(?:Z|UTC)(?![A-Za-z+-])|(?:UTC)?[+-]\d\d(?:[:-]?\d\d)?)?(?!\d)"
_FORMS = tuple(
    re.compile(form + _ZONE)
    for form in (
        # 2024-05-01T04-30-00Z, 2024-05-01 04:30, 2024-05-01-birdnet-04:30:00
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
        r"(?P<between>[T_ -]|-birdnet-(?:\w+-)?)(?P<hour>\d\d)[-:._](?P<minute>\d\d)"
        r"(?:[-:._](?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?",
        # 20240501_043000, 20240501$043000, 20240501T043000.123+0200, 20240501_043000_123456
        r"(?<!\d)(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?P<between>[T_$ .-]?)"
        r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
        r"(?:(?:\.(?=\d{1,6}(?!\d))|_(?=\d{6}(?!\d)))(?P<fraction>\d{1,6}))?",
    )
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_YEARS = (1950, 2100)  # other numbers of four digits are no years of recordings
_LARGEST_OFFSET = 14 * 60  # minutes that a zone may lie before or behind UTC


def zone_of(argument: str, value: Any) -> tzinfo:
    """The time zone of a name such as Europe/Berlin, UTC or UTC+2, else an error."""
    if isinstance(value, str):
        offset = _OFFSET.fullmatch(value.strip())
        found = None if offset is None else _fixed(offset)
        if found is not None:
            return found
        try:
            return timezone.utc if value == "UTC" else ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            pass
    raise HearingAIError(
        f"`{argument}` must be the name of a time zone, such as Europe/Berlin, UTC or UTC+2. "
        f"Received: {value!r}"
    )


def offset_of(text: str) -> timezone | None:
    """The zone of Z, UTC, +02:00, +0200, UTC+2 or UTC-3:30; `None` where it is none."""
    if text in ("Z", "UTC"):
        return timezone.utc
    found = _OFFSET.fullmatch(re.sub(r"(?<=\d)-(?=\d\d$)", ":", text))  # names hold no colons
    return None if found is None else _fixed(found)


def _fixed(found: re.Match[str]) -> timezone | None:
    minutes = 60 * int(found["hours"]) + int(found["minutes"] or 0)
    if minutes > _LARGEST_OFFSET or int(found["minutes"] or 0) % 15:
        return None
    return timezone(timedelta(minutes=-minutes if found["sign"] == "-" else minutes))


def find_reading(text: str) -> tuple[datetime, re.Match[str]] | None:
    """The first date and time in a text; aware where its zone stands behind it.

    Returns:
        The time and the place of it, or `None`.

    Example:
        >>> find_reading("S1_20240501_043000.wav")[0].isoformat()
        '2024-05-01T04:30:00'
    """
    found = [match for form in _FORMS for match in form.finditer(text)]
    for match in sorted(found, key=re.Match.start):
        time = time_of(match.groupdict())
        if time is not None:
            return time, match
    return None


def time_of(parts: Mapping[str, str | None]) -> datetime | None:
    """The time of its parts as texts (year, month, ...); `None` where there is no such time."""
    names = ("year", "month", "day", "hour", "minute", "second")
    year, month, day, hour, minute, second = (int(parts.get(name) or 0) for name in names)
    fraction = int(f"{parts.get('fraction') or '':0<6.6}")
    zone = parts.get("zone")
    if zone and zone[0] in "+-" and parts.get("between", "T") not in ("T", " "):
        zone = None  # a number behind a dash
    if not _YEARS[0] <= year <= _YEARS[1]:
        return None
    try:
        time = datetime(year, month, day, hour, minute, second, fraction)
    except ValueError:
        return None
    return time.replace(tzinfo=offset_of(zone)) if zone else time


def missing(value: object) -> bool:
    """Whether a cell of a table is empty."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def reading_of(what: str, value: Any) -> datetime | None:
    """A time that was given: text, or a time of Python, NumPy or pandas; `None` where missing.

    Args:
        what: What it is, the subject of an error.
        value: The time.
    """
    if missing(value):
        return None
    if isinstance(value, str):
        text = value.strip()
        text = f"{text}T00:00" if _DATE.fullmatch(text) else text
        found = find_reading(text)
        if found is not None and found[1].span() == (0, len(text)):
            return found[0]
        if not text:
            return None
    elif isinstance(value, (date, np.datetime64)):
        stamp = pd.Timestamp(value)
        if stamp is pd.NaT:
            return None
        if _YEARS[0] <= stamp.year <= _YEARS[1]:
            return stamp.to_pydatetime(warn=False)
    raise HearingAIError(
        f"{what} must be a date and time, such as 2024-05-01 04:30:00. Received: {value!r}"
    )


def as_utc(reading: datetime, zone: tzinfo) -> tuple[datetime, str | None]:
    """A reading in UTC, and whether its zone has it `"twice"` or `"never"`.

    Of a time that occurs twice, as clocks are put back, the first is taken; one that never occurs,
    as clocks are put forward, is that of a clock that was not.
    """
    if reading.tzinfo is not None:
        return reading.astimezone(timezone.utc), None
    first = reading.replace(tzinfo=zone, fold=0)
    before, behind = first.utcoffset(), first.replace(fold=1).utcoffset()
    odd = None if before == behind or before is None or behind is None else before > behind
    kind = None if odd is None else "twice" if odd else "never"
    return first.astimezone(timezone.utc), kind


def without_drift(told: datetime, drift: float, clock_set: datetime) -> datetime:
    """The true time of a clock that gains `drift` seconds a day since it was set, in UTC."""
    return clock_set + (told - clock_set) / (1 + drift / 86400)
