"""recording_times(): when and where each recording was made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import numpy as np
import pandas as pd

from .._typing import OnError, PathLike
from ..audio.metadata import header_texts
from ..audio.several import audio_info
from ..errors import HearingAIError, as_utf8, first_few, readable, warn
from ..runtime.arguments import choose, number, scalar
from ..tables.columns import check_columns, check_paths
from ._headers import found_in_comment, found_in_guano
from .clocks import as_utc, missing, reading_of, without_drift, zone_of
from .event_times import refuse_repeated
from .filenames import Found, found_in_name, name_reader

_NAMED = 3  # recordings of a kind that a warning names
_NEVER_SET = 1970  # the year that AudioMoths count from
_CLOCKS = ("tz", "drift", "clock_set")


@dataclass(frozen=True)
class _Clock:
    """The clock of a recorder."""

    zone: tzinfo
    drift: float
    clock_set: datetime | None


def recording_times(
    recordings: PathLike | Sequence[PathLike] | pd.DataFrame,
    *,
    pattern: str | None = None,
    tz: str = "UTC",
    drift: float = 0.0,
    clock_set: str | datetime | None = None,
    on_error: OnError = "report",
) -> pd.DataFrame:
    """Tell when and where each recording was made.

    It is looked for in this order, each of time, site and place on its own: columns of the table,
    the pattern, GUANO metadata, the comment of an AudioMoth, the name of the file. Names that are
    known: `20240501_043000` (AudioMoth; Song Meter and others with a prefix, which is taken as the
    site, also with `$` in the place of `_`, and with microseconds or a further number behind it),
    `2024-05-01T04-30-00Z`, `20240501T043000+0200`, SoundTrap's `5678.240501043000`, and the
    hexadecimal seconds of AudioMoths, `6631C548`.

    Args:
        recordings: A recording, a folder (with all below it), a list of those, or a table with
            `fname` and what is known: `time` (text, or times with or without a zone), `duration`
            (seconds; else it is read from the file), `site`, `latitude`, `longitude`, `recorder`,
            and `tz`, `drift` and `clock_set` in the place of these arguments. Other columns stay.
        pattern: What names are like: directives of `strptime` as in `%Y%m%d_%H%M%S`, anywhere in
            the name (`%Y %y %j %m %d %H %M %S %f %z %s`); or a regular expression, searched for in
            the whole path with `/` between folders, with named groups `year`, `month`, `day`,
            `hour`, `minute`, `second`, `fraction`, `zone`; `epoch`; `site`, `latitude`,
            `longitude`, `recorder`, such as `(?P<site>[^/]+)/[^/]+$`.
        tz: Time zone of readings that do not tell theirs, such as names of files: a name such as
            `Europe/Berlin`, or `UTC+2`. Recorders often keep one offset all summer.
        drift: Seconds a day that the recorder's clock gains; below 0 it loses. Times are corrected.
        clock_set: When the clock was right, a date and time; needed with a drift. In `tz` where it
            has no zone.
        on_error: `"report"` gives a missing time for what cannot be told, and one warning that
            names it; `"raise"` makes it an error.

    Returns:
        A DataFrame with a row a recording: `fname`, `time` of its beginning (UTC), `duration` in
        seconds, `site`, `latitude` and `longitude` in degrees, `recorder`, `source` of the time
        (`"table"`, `"pattern"`, `"guano"`, `"audiomoth"`, `"name"` or `None`), and the further
        columns of a table.

    Raises:
        HearingAIError: An argument is invalid, a recording stands in the table twice, or something
            cannot be told and `on_error="raise"`.

    Warns:
        HearingAIWarning: Recordings without a time or duration; times of 1970, where clocks begin
            that were never set; times that occur twice in their
            zone, as clocks are put back (the first is taken), or never, as they are put forward.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "MEADOW_20240501_043000.wav")
        >>> hearingai.write_audio(numpy.zeros(8000), path, 16000)
        >>> table = hearingai.recording_times(path, tz="Europe/Berlin")
        >>> table["time"][0].isoformat(), table["site"][0], table["source"][0]
        ('2024-05-01T02:30:00+00:00', 'MEADOW', 'name')
    """
    choose("on_error", on_error, ("report", "raise"))
    zone = zone_of("tz", tz)
    usual = _Clock(
        zone, number("drift", drift, low=-43200, high=43200), _utc("clock_set", clock_set, zone)
    )
    in_pattern = None if pattern is None else name_reader(pattern)
    described = _described(recordings)
    names = described["fname"].tolist()
    refuse_repeated("recordings", described["fname"])
    with ThreadPoolExecutor(8) as pool:
        headers = list(pool.map(header_texts, names))
    doubts: dict[str, list[str]] = {}
    given_rows: list[dict[Any, Any]] = described.to_dict("records")
    rows = []
    for row, (given, texts) in enumerate(zip(given_rows, headers, strict=True)):
        name = given["fname"]
        sources = [("table", _found_in_row(given, row)), ("pattern", _of(in_pattern, name))]
        sources += [("guano", found_in_guano(texts)), ("audiomoth", found_in_comment(texts))]
        sources += [("name", found_in_name(name))]
        facts = _first(sources)
        reading = facts["time"]
        facts["time"], odd = _true_time(reading, _clock_of(given, row, usual))
        if facts["source"] != "table" and reading and reading.year == _NEVER_SET:
            odd = "unset"
        if odd is not None:
            doubts.setdefault(odd, []).append(name)
        rows.append(facts)
    table = _as_table(described, rows)
    _tell(table, doubts, tz, on_error)
    return table


def _described(recordings: Any) -> pd.DataFrame:
    """The recordings with their durations, in rows from 0."""
    given = isinstance(recordings, pd.DataFrame)
    if given and "duration" in recordings:
        check_columns("recordings", recordings, ("fname",))
        names, lengths = check_paths("recordings", recordings), recordings["duration"]
        durations = [_number(lengths.iloc[i], "duration", i, low=0) for i in range(len(names))]
    else:
        try:
            found = audio_info(recordings if _several(recordings) else [recordings], partial=True)
        except HearingAIError as error:
            raise HearingAIError(str(error).replace("`path`", "`recordings`")) from None
        names, durations = found["fname"].tolist(), found["duration"].tolist()
    table = recordings.reset_index(drop=True) if given else pd.DataFrame()
    return table.assign(
        fname=pd.Series(names, dtype=object), duration=pd.Series(durations, dtype="float64")
    )


def _several(recordings: Any) -> bool:
    return isinstance(recordings, (pd.DataFrame, list, tuple, pd.Series, np.ndarray))


def _found_in_row(given: dict[Any, Any], row: int) -> Found:
    """What the columns of a table tell of a recording."""
    site, recorder = (
        None if missing(given.get(name)) else str(given[name]) for name in ("site", "recorder")
    )
    return Found(
        reading_of(f'`recordings["time"]` in row {row + 1}', given.get("time")),
        site,
        _number(given.get("latitude"), "latitude", row, low=-90, high=90),
        _number(given.get("longitude"), "longitude", row, low=-180, high=180),
        recorder,
    )


def _number(
    value: Any, column: str, row: int, *, low: float = -43200, high: float = float("inf")
) -> float | None:
    """A number in a table; `None` where it is missing."""
    if missing(value):
        return None
    found = scalar(value)
    if found is None or not low <= found <= high:
        limits = f"from {low:g}" + (f" to {high:g}" if high < float("inf") else "")
        raise HearingAIError(
            f'`recordings["{column}"]` in row {row + 1} must be a number {limits}. '
            f"Received: {value!r}"
        )
    return float(found)


def _of(read: Callable[[str], Found] | None, name: str) -> Found:
    return Found() if read is None else read(name)


def _first(sources: list[tuple[str, Found]]) -> dict[str, Any]:
    """Of each fact the first that is known, and where the time was found."""
    facts: dict[str, Any] = {
        name: next((v for _, f in sources if (v := getattr(f, name)) is not None), None)
        for name in ("time", "site", "latitude", "longitude", "recorder")
    }
    for name in ("site", "recorder"):  # bytes of names that are not UTF-8 are escaped
        facts[name] = None if facts[name] is None else as_utf8(facts[name])
    facts["source"] = next((source for source, f in sources if f.time is not None), None)
    return facts


def _clock_of(given: dict[Any, Any], row: int, usual: _Clock) -> _Clock:
    """The clock of a recording: the columns of its row, else the arguments."""
    if not set(_CLOCKS) & set(given):
        return usual
    tz, clock_set = given.get("tz"), given.get("clock_set")
    zone = usual.zone if missing(tz) else zone_of("tz", tz)
    drift = _number(given.get("drift"), "drift", row)
    known = _utc("clock_set", clock_set, zone)
    return _Clock(zone, usual.drift if drift is None else drift, known or usual.clock_set)


def _utc(argument: str, value: Any, zone: tzinfo) -> datetime | None:
    reading = reading_of(f"`{argument}`", value)
    return None if reading is None else as_utc(reading, zone)[0]


def _true_time(reading: datetime | None, clock: _Clock) -> tuple[datetime | None, str | None]:
    """The time in UTC, without the clock's drift, and what is odd about it."""
    if reading is None:
        return None, None
    time, odd = as_utc(reading, clock.zone)
    if not clock.drift:
        return time, odd
    if clock.clock_set is None:
        raise HearingAIError("`clock_set` must be given with `drift`: when the clock was right")
    return without_drift(time, clock.drift, clock.clock_set), odd


def _as_table(described: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    times = pd.Series(pd.to_datetime([row["time"] for row in rows], utc=True)).astype(
        "datetime64[us, UTC]"
    )
    table = pd.DataFrame({"fname": described["fname"], "time": times})
    table["duration"] = pd.to_numeric(described["duration"]).astype("float64")
    for name in ("site", "latitude", "longitude", "recorder", "source"):
        kind = "float64" if name in ("latitude", "longitude") else object
        table[name] = pd.Series([row[name] for row in rows], dtype=kind)
    others = [c for c in described if c not in (*table.columns, *_CLOCKS)]
    return table.assign(**{str(name): described[name] for name in others})


def _tell(table: pd.DataFrame, doubts: dict[str, list[str]], tz: str, on_error: OnError) -> None:
    """Warn once of all that is not known or odd."""
    n, without = len(table), table["fname"][table["time"].isna()].tolist()
    silent = table["fname"][table["duration"].isna()].tolist()
    told = []
    if without:
        told.append(
            f"{len(without)} of {n} recordings have no time in name, header or table: "
            f"{_named(without)}. Give a `pattern`, or a table with a column `time`"
        )
    if silent:
        told.append(
            f"{len(silent)} of {n} recordings have no duration or cannot be read: {_named(silent)}"
        )
    if "twice" in doubts:
        told.append(
            f"{len(doubts['twice'])} times occur twice, as clocks in {tz} are put back, and the "
            f"first is taken: {_named(doubts['twice'])}"
        )
    if "never" in doubts:
        told.append(
            f"{len(doubts['never'])} times never occur, as clocks in {tz} are put forward, and are "
            f"taken as those of a clock that was not: {_named(doubts['never'])}"
        )
    if "unset" in doubts:
        told.append(
            f"{len(doubts['unset'])} of {n} times are of {_NEVER_SET}, as clocks tell that were "
            f"never set: {_named(doubts['unset'])}"
        )
    if told and on_error == "raise":
        raise HearingAIError("; ".join(told))
    if told:
        warn("; ".join(told))


def _named(names: list[str]) -> str:
    return first_few(map(readable, names), _NAMED)
