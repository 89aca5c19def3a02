"""Times and places in the headers of recordings: GUANO, and comments of AudioMoths."""

from __future__ import annotations

import re

from ..audio.metadata import HeaderTexts
from .clocks import find_reading, offset_of, time_of
from .filenames import LARGEST, Found, degrees

# All versions of the firmware: without a zone (it was UTC), with (UTC), (UTC+2), (UTC-3:30).
_COMMENT = re.compile(
    r"Recorded at (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))? "
    r"(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4})(?: \((?P<zone>UTC[^)]*)\))? "
    r"(?:by|during deployment) (?:AudioMoth )?\w+"
)
_DEVICE = re.compile(r"AudioMoth [0-9A-F]{16}")


def found_in_guano(texts: HeaderTexts) -> Found:
    """What GUANO metadata tell.

    Example:
        >>> fields = {"Timestamp": "2024-05-01T04:30:00+02:00", "Loc Position": "52.5 13.4"}
        >>> found_in_guano(HeaderTexts(fields)).time.isoformat()
        '2024-05-01T04:30:00+02:00'
    """
    fields = texts.guano
    found = Found()
    reading = find_reading(fields.get("Timestamp", ""))
    if reading is not None and reading[1].start() == 0:
        found.time = reading[0]
    places = fields.get("Loc Position", "").replace(",", " ").split()
    if len(places) == len(LARGEST):
        place = [degrees(text, name) for text, name in zip(places, LARGEST, strict=True)]
        if None not in place:
            found.latitude, found.longitude = place
    names = [fields.get(name, "") for name in ("Model", "Serial")]
    found.recorder = " ".join(filter(None, names)) or None
    return found


def found_in_comment(texts: HeaderTexts) -> Found:
    """What the comment of an AudioMoth tells."""
    comment = _COMMENT.match(texts.comment)
    if comment is None:
        return Found()
    parts = comment.groupdict() | {"zone": None}
    time, zone = time_of(parts), offset_of(comment["zone"] or "UTC")
    device = _DEVICE.search(f"{texts.artist} {texts.comment}")
    return Found(
        None if time is None or zone is None else time.replace(tzinfo=zone),
        recorder=None if device is None else device[0],
    )
