"""Times and places in the names of recordings."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import PurePosixPath

from ..errors import HearingAIError
from .clocks import find_reading, offset_of, time_of

_HEX = re.compile(r"[0-9A-Fa-f]{8}")
_HEX_YEARS = (2016, 2036)  # when AudioMoths named files so, and how far their clocks may be off
_SOUNDTRAP = re.compile(
    r"\d+\.(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
)
_DEVICE = re.compile(r"[0-9A-F]{16}")  # an AudioMoth's number
_CHANNEL = re.compile(r"_(?:0|1|0\+1)$")  # of a Song Meter SM3
LARGEST = {"latitude": 90, "longitude": 180}  # degrees
_DIRECTIVES = {
    "%Y": r"(?P<year>\d{4})",
    "%y": r"(?P<short_year>\d\d)",
    "%m": r"(?P<month>\d\d)",
    "%d": r"(?P<day>\d\d)",
    "%j": r"(?P<day_of_year>\d{3})",
    "%H": r"(?P<hour>\d\d)",
    "%M": r"(?P<minute>\d\d)",
    "%S": r"(?P<second>\d\d)",
    "%f": r"(?P<fraction>\d{1,6})",
    "%z": r"(?P<zone>Z|[+-]\d\d:?\d\d)",
    "%s": r"(?P<epoch>\d{9,10})",
    "%%": "%",
}
_TIMES = re.findall(r"<(\w+)>", "".join(_DIRECTIVES.values()))
_PLACES = ("site", "latitude", "longitude", "recorder")


@dataclass
class Found:
    """What a name or a header tells of a recording; `None` where it does not.

    Attributes:
        time: When it began; without a zone where the clock's is not told.
        site: Where the recorder stood.
        latitude: Degrees north.
        longitude: Degrees east.
        recorder: Its model or number.
    """

    time: datetime | None = None
    site: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    recorder: str | None = None


def found_in_name(path: str) -> Found:
    """What the usual names of recorders tell.

    Example:
        >>> found_in_name("data/MEADOW_20240501_043000.wav").site
        'MEADOW'
    """
    name = PurePosixPath(os.fspath(path).replace("\\", "/")).name
    stem = name.rpartition(".")[0] or name
    if _HEX.fullmatch(stem):
        time = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=int(stem, 16))
        if _HEX_YEARS[0] <= time.year < _HEX_YEARS[1]:
            return Found(time)
    trap = _SOUNDTRAP.fullmatch(stem)
    if trap is not None:
        return Found(time_of(trap.groupdict() | {"year": f"20{trap['year']}"}))
    reading = find_reading(stem)
    if reading is None:
        return Found()
    time, place = reading
    prefix = _CHANNEL.sub("", stem[: place.start()].rstrip("_-. "))
    if _DEVICE.fullmatch(prefix):
        return Found(time, recorder=f"AudioMoth {prefix}")
    return Found(time, site=prefix or None)


def name_reader(pattern: str) -> Callable[[str], Found]:
    """A function that looks for a pattern of the user's in a path.

    Args:
        pattern: See `recording_times`.

    Raises:
        HearingAIError: It is no pattern, or has none of the groups that are known.
    """
    form = _compiled(pattern)
    whole_path = "(?P<" in pattern or "(?<" in pattern

    def read(path: str) -> Found:
        text = os.fspath(path).replace("\\", "/")
        match = form.search(text if whole_path else PurePosixPath(text).name)
        return Found() if match is None else _of_groups(match.groupdict())

    return read


def _compiled(pattern: object) -> re.Pattern[str]:
    if not isinstance(pattern, str) or not pattern:
        raise HearingAIError(f"`pattern` must be text. Received: {pattern!r}")
    named = re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", pattern)  # as in R and in other languages
    try:
        form = re.compile(named if "(?P<" in named else _of_directives(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise HearingAIError(
            f"`pattern` is no regular expression: {error}. Received: {pattern!r}"
        ) from None
    groups = set(form.groupindex)
    dated = {"epoch"} <= groups or (
        groups & {"year", "short_year"} and ({"month", "day"} <= groups or "day_of_year" in groups)
    )
    partly = groups & set(_TIMES) and not dated
    if partly or not groups & {*_TIMES, *_PLACES} or groups - {*_TIMES, *_PLACES}:
        raise HearingAIError(
            "`pattern` must have a date such as %Y%m%d_%H%M%S, or named groups: year, month, day, "
            "hour, minute, second, fraction, zone; epoch; site, latitude, longitude, recorder. "
            f"Received: {pattern!r}"
        )
    return form


def _of_directives(pattern: str) -> str:
    """A regular expression of a pattern as `strptime` has it."""

    def part(text: str) -> str:
        if not text.startswith("%"):
            return re.escape(text)
        if text not in _DIRECTIVES:
            raise HearingAIError(
                f"`pattern` holds {text}, and known are {', '.join(_DIRECTIVES)}. "
                f"Received: {pattern!r}"
            )
        return _DIRECTIVES[text]

    return "".join(part(text) for text in re.findall(r"%.?|[^%]+", pattern, re.DOTALL))


def _of_groups(groups: dict[str, str | None]) -> Found:
    return Found(
        _time_of_groups(groups),
        groups.get("site"),
        degrees(groups.get("latitude"), "latitude"),
        degrees(groups.get("longitude"), "longitude"),
        groups.get("recorder"),
    )


def degrees(text: str | None, name: str) -> float | None:
    """A latitude or longitude; `None` where it is none that can be."""
    try:
        found = None if text is None else float(text)
    except ValueError:
        return None
    return found if found is not None and abs(found) <= LARGEST[name] else None


def _time_of_groups(groups: dict[str, str | None]) -> datetime | None:
    known = {name: text for name, text in groups.items() if text}
    try:
        if "epoch" in known:
            return datetime.fromtimestamp(int(known["epoch"]), timezone.utc)
        if "short_year" in known:
            known["year"] = f"20{known['short_year']}"
        if "day_of_year" in known:
            date = datetime.strptime(f"{known['year']} {known['day_of_year']}", "%Y %j")
            known |= {"month": str(date.month), "day": str(date.day)}
        if "zone" in known and offset_of(known["zone"]) is None:
            return None
        return time_of(known) if "year" in known else None
    except (ValueError, OverflowError, OSError, KeyError):
        return None
