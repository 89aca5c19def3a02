"""What other programs call the columns of their tables: one entry a program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import HearingAIError
from ..tables.columns import meant

FIELDS = ("fname", "start", "end", "duration", "label", "score", "low", "high")
BEGIN, END = "Begin Time (s)", "End Time (s)"
RAVEN_LABELS = (  # the likeliest first
    *("Annotation", "Label", "Species", "Common Name", "Tag", "Class", "Type", "Code"),
    *("Species Code", "Call Type", "Sound Type"),
)
_COMMON = ("label", "annotation", "species", "common_name", "class", "sound.type", "call.type")


@dataclass(frozen=True)
class Dialect:
    """What a program calls the columns of its tables.

    Attributes:
        name: The program.
        sign: Columns that tell a table of it.
        names: Its names of each of our `FIELDS`, the likeliest first.
        unused: Columns that say nothing once the table is read.
    """

    name: str
    sign: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    unused: tuple[str, ...] = field(default=())


PLAIN = Dialect("plain", (), {name: (name,) for name in FIELDS})
RAVEN = Dialect(
    "Raven",
    (BEGIN,),
    {
        "start": (BEGIN,),
        "end": (END,),
        "label": RAVEN_LABELS,
        "score": ("Score", "Confidence"),
        "low": ("Low Freq (Hz)",),
        "high": ("High Freq (Hz)",),
    },
    ("View", "Begin Path", "Begin File", "File Offset (s)"),
)
KALEIDOSCOPE = Dialect(
    "Kaleidoscope",
    ("OFFSET", "DURATION", "IN FILE"),
    {
        "start": ("OFFSET",),
        "duration": ("DURATION",),
        "label": ("MANUAL ID", "AUTO ID", "common_name", "TOP1MATCH", "scientific_name"),
        "score": ("confidence",),
        "low": ("Fmin",),
        "high": ("Fmax",),
    },
    ("INDIR", "FOLDER", "IN FILE"),
)
WARBLER = Dialect(
    "warbleR",
    ("sound.files", "start", "end"),
    {
        "fname": ("sound.files",),
        "start": ("start",),
        "end": ("end",),
        "label": (*_COMMON, "detection.class"),
        "score": ("score", "scores"),
        "low": ("bottom.freq",),
        "high": ("top.freq",),
    },
)
_BIRDNET = Dialect(
    "BirdNET",
    ("Start (s)", "End (s)"),
    {
        "fname": ("File",),
        "start": ("Start (s)",),
        "end": ("End (s)",),
        "label": ("Common name", "Scientific name"),
        "score": ("Confidence",),
    },
)
_BIRDNET_R = Dialect(
    "BirdNET",
    ("filepath", "start", "end", "common_name"),
    {
        "fname": ("filepath",),
        "start": ("start",),
        "end": ("end",),
        "label": ("common_name", "scientific_name"),
        "score": ("confidence",),
    },
)
_DCASE = Dialect(
    "DCASE",
    ("onset", "offset", "event_label"),
    {
        "fname": ("filename",),
        "start": ("onset",),
        "end": ("offset",),
        "label": ("event_label",),
    },
)
_KNOWN = (RAVEN, KALEIDOSCOPE, WARBLER, _BIRDNET, _BIRDNET_R, _DCASE)


def dialect_of(columns: Iterable[object]) -> Dialect:
    """The dialect of a table with these columns."""
    there = {plain_name(column) for column in columns}
    found = (d for d in _KNOWN if {plain_name(name) for name in d.sign} <= there)
    return next(found, PLAIN)


def plain_name(name: object) -> str:
    """A name without what programs write differently: `Begin.Time..s.` is `Begin Time (s)`."""
    return re.sub(r"[\W_]+", "", str(name)).lower()


def column_named(columns: Iterable[object], name: str) -> str | None:
    """The column of this name, as it is written there."""
    there = {plain_name(column): str(column) for column in columns}
    return name if name in columns else there.get(plain_name(name))


def named_columns(given: Mapping[str, str] | None) -> dict[str, str]:
    """The argument `columns`, checked: our names, and what they are called in the table."""
    if given is not None and not isinstance(given, Mapping):
        raise HearingAIError(
            f"`columns` must be a dict of our names and those in the file. "
            f"Received: {type(given).__name__}"
        )
    columns = dict(given or {})
    for name, theirs in columns.items():
        if name not in FIELDS or not isinstance(theirs, str):
            raise HearingAIError(
                f"`columns` must say what {', '.join(FIELDS)} are called in the file. "
                f"Received: {name!r} for {theirs!r}{meant(name, FIELDS)}"
            )
    return columns


def places_of(table: Iterable[object], dialect: Dialect, columns: Mapping[str, str]) -> dict:
    """Which column of a table each of our fields is in.

    Args:
        table: The names of its columns.
        dialect: Its dialect.
        columns: What the caller says, which counts first.

    Returns:
        A dict of our names and lists of columns, the likeliest first.
    """
    there = [str(name) for name in table]
    places: dict[str, list[str]] = {}
    for name in FIELDS:
        if name in columns:
            if columns[name] not in there:
                raise HearingAIError(
                    f"`columns` names {columns[name]!r}, which is none of the columns: "
                    f"{', '.join(there)}{meant(columns[name], there)}"
                )
            places[name] = [columns[name]]
            continue
        found = [column_named(there, theirs) for theirs in dialect.names.get(name, ())]
        taken = set(columns.values())
        places[name] = [column for column in found if column is not None and column not in taken]
    return places
