"""What was recorded and heard, and the events in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..deployments.event_times import add_times, degrees_of, known_times, rows_of, utc_of
from ..errors import HearingAIError, as_utf8, warn
from ..events.tables import complete_events
from ..runtime.arguments import name_list, number
from ..tables.columns import check_columns, check_paths

_MICRO = 1e6
_LONGEST = 1e9  # seconds of a recording, thirty years
_AWAY = np.timedelta64(60, "s")  # that an event may start outside of what was heard
NO_SITE = "all"  # where no site is told


@dataclass
class Survey:
    """Events and effort, with times as `datetime64[us]` in UTC.

    Attributes:
        effort: Table `fname`, `begin`, `end`, `site`, and `latitude` and `longitude` if known: a
            row a stretch of sound that was recorded and heard.
        events: Table `label`, `time`, `row` (in `effort`).
        labels: The labels that are counted.
    """

    effort: pd.DataFrame
    events: pd.DataFrame
    labels: list[str]


def survey_of(
    events: Any,
    effort: Any,
    *,
    site: str | None = "site",
    labels: Collection[str] | None = None,
    min_score: float | Mapping[str, float] | None = None,
) -> Survey:
    """Events, and what was recorded and heard.

    Args:
        events: A table of events with `fname`; or an `Annotation`, whose recordings are what was
            heard.
        effort: A table with `fname`, `time` and `duration`; `None` takes that of the annotation.
        site: The column of `effort` with the sites; `None` takes all as one.
        labels: The labels to count; `None` takes those that occur.
        min_score: The least score of events that count, one or one a label.
    """
    heard = _effort_table(events, effort)
    table = complete_events(events)
    if table["fname"].isna().any():
        raise HearingAIError("`events` must name the recording of each in a column `fname`")
    if "time" not in table and len(table):
        table = add_times(table, heard.drop_duplicates("fname"))
    known = _known_effort(heard, site)
    if labels is None:
        labels = sorted(table["label"].unique())
        if not labels:
            raise HearingAIError("`labels` must be given where there are no events")
    labels = list(dict.fromkeys(map(str, name_list("labels", labels))))
    if not labels:
        raise HearingAIError("`labels` must name at least one label. Received: none")
    _warn_of_unknown(table, labels, min_score)
    counted = table[table["label"].isin(labels) & _scored(table, min_score)]
    return Survey(known, _placed(counted, known), labels)


def _effort_table(events: Any, effort: Any) -> pd.DataFrame:
    """The recordings and their times; of those that were annotated what was heard."""
    annotated = getattr(events, "recordings", None)
    if effort is None:
        if annotated is None or "time" not in annotated:
            raise HearingAIError(
                "`effort` must be given, a table with fname, time and duration such as that of "
                "recording_times(), where `events` is no annotation with times. Received: None"
            )
        return annotated.rename(columns={"seconds": "duration"})
    table = known_times("effort", effort)
    if "duration" not in table and "seconds" in table:
        table = table.rename(columns={"seconds": "duration"})
    check_columns("effort", table, ("fname", "time", "duration"))
    table["fname"] = pd.Series(check_paths("effort", table), dtype=object)
    if annotated is None:
        return table
    rows = rows_of(annotated["fname"], table["fname"])
    parts = table.iloc[rows[rows >= 0]].reset_index(drop=True)
    heard = annotated[rows >= 0].reset_index(drop=True)
    begin = (heard["start"].to_numpy() * _MICRO).round().astype("timedelta64[us]")
    return parts.assign(time=parts["time"] + begin, duration=heard["seconds"], fname=heard["fname"])


def _known_effort(table: pd.DataFrame, site: str | None) -> pd.DataFrame:
    """The stretches whose time and duration are known."""
    begin = utc_of("effort", table["time"])
    try:
        seconds = pd.to_numeric(table["duration"]).to_numpy("float64", na_value=np.nan)
    except (ValueError, TypeError):
        raise HearingAIError('`effort["duration"]` must be seconds, numbers') from None
    wrong = np.flatnonzero((seconds < 0) | (seconds > _LONGEST))
    if len(wrong):
        raise HearingAIError(
            f'`effort["duration"]` in row {wrong[0] + 1} must be seconds from 0 to {_LONGEST:g}. '
            f"Received: {seconds[wrong[0]]:g}"
        )
    known = ~np.isnat(begin) & ~np.isnan(seconds)
    if not known.all():
        warn(f"{(~known).sum()} of {len(known)} recordings have no time or no duration: left out")
    if not known.any():
        raise HearingAIError("`effort` has no recording with a time and a duration")
    sites = _sites(table, site)
    length = (np.nan_to_num(seconds) * _MICRO).round().astype("timedelta64[us]")
    found = pd.DataFrame({"fname": table["fname"], "begin": begin, "end": begin + length})
    found["site"] = pd.Series(sites, dtype=object)
    for name in ("latitude", "longitude"):
        if name in table:
            found[name] = degrees_of("effort", table, name)
    return found[known].reset_index(drop=True)


def _sites(table: pd.DataFrame, site: str | None) -> list[str]:
    one = isinstance(site, str) and site == "site"  # the default, where no site is told
    if site is None or (one and ("site" not in table or table["site"].isna().all())):
        return [NO_SITE] * len(table)
    if not isinstance(site, str) or site not in table:
        raise HearingAIError(
            f"`site` must be a column of `effort`, or `None` for one site. Received: {site!r}"
        )
    missing = np.flatnonzero(table[site].isna())
    if len(missing):
        raise HearingAIError(
            f'`effort["{site}"]` is missing in row {missing[0] + 1}, and in {len(missing)} of '
            f"{len(table)} rows in all; `site=None` takes all as one site"
        )
    return [as_utf8(str(name)) for name in table[site]]


def _warn_of_unknown(table: pd.DataFrame, labels: list[str], min_score: Any) -> None:
    """Warn of labels that no event has, while others are there: one may be misspelt."""
    there = sorted(set(table["label"]))
    scored = map(str, min_score) if isinstance(min_score, Mapping) else ()
    for argument, names in (("labels", labels), ("min_score", scored)):
        absent = [name for name in names if name not in there]
        if there and absent:
            some = f"{', '.join(there[:8])}{', ...' if len(there) > 8 else ''}"
            warn(
                f"no event has the label {', '.join(absent)}, which `{argument}` names; the "
                f"events have {some}"
            )


def _scored(table: pd.DataFrame, min_score: Any) -> np.ndarray:
    """Which events score enough."""
    if min_score is None:
        return np.ones(len(table), dtype=bool)
    if isinstance(min_score, Mapping):
        least = {str(k): number("min_score", v) for k, v in min_score.items()}
        limits = table["label"].map(lambda label: least.get(label, -np.inf)).to_numpy("float64")
    else:
        limits = np.full(len(table), number("min_score", min_score))
    if table["score"].isna().any():
        raise HearingAIError("`min_score` needs events with a `score`, and some have none")
    return table["score"].to_numpy() >= limits


def _placed(events: pd.DataFrame, effort: pd.DataFrame) -> pd.DataFrame:
    """The events with the stretch of the effort that each is in."""
    if not len(events):
        return pd.DataFrame({"label": [], "time": np.array([], "datetime64[us]"), "row": []})
    time = utc_of("events", events["time"])
    rows = rows_of(events["fname"], effort["fname"])
    if effort["fname"].duplicated().any():  # parts of one recording
        rows = _parts_of(events["fname"], time, effort, rows)
    outside = (rows < 0) | np.isnat(time)
    begin, end = (effort[name].to_numpy()[rows] for name in ("begin", "end"))
    away = ~outside & ((time < begin - _AWAY) | (time > end + _AWAY))
    for which, why in (
        (outside, "their recordings are not in the effort, or have no time"),
        (away, "they start when their recordings, by the effort, were not running"),
    ):
        if which.any():
            warn(f"{which.sum()} of {len(events)} events are not counted: {why}")
    found = pd.DataFrame({"label": events["label"].to_numpy(), "time": time, "row": rows})
    return found[~(outside | away)].reset_index(drop=True)


def _parts_of(
    names: pd.Series, time: np.ndarray, effort: pd.DataFrame, rows: np.ndarray
) -> np.ndarray:
    """The part of its recording that each event is in, else the recording's first."""
    begin, end = effort["begin"].to_numpy(), effort["end"].to_numpy()
    of: dict[str, list[int]] = {}
    for row, name in enumerate(effort["fname"]):
        of.setdefault(name, []).append(row)
    found = rows.copy()
    for i, name in enumerate(names):
        inside = [r for r in of.get(name, ()) if begin[r] <= time[i] <= end[r]]
        found[i] = inside[0] if inside else rows[i]
    return found


def split_effort(effort: pd.DataFrame, edges: np.ndarray) -> tuple[np.ndarray, ...]:
    """Divide stretches at the edges of cells of time.

    Args:
        effort: See `Survey`.
        edges: Times that rise, one more than there are cells.

    Returns:
        `(row, cell, hours)` of each piece.
    """
    begin, end = effort["begin"].to_numpy(), effort["end"].to_numpy()
    last = len(edges) - 2
    first_cell = np.searchsorted(edges, begin, "right") - 1
    last_cell = np.searchsorted(edges, end, "left") - 1
    counts = np.maximum(last_cell - first_cell + 1, 0)
    row = np.repeat(np.arange(len(effort)), counts)
    cell = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + first_cell[row]
    row, cell = row[(cell >= 0) & (cell <= last)], cell[(cell >= 0) & (cell <= last)]
    length = np.minimum(end[row], edges[cell + 1]) - np.maximum(begin[row], edges[cell])
    return row, cell, length / np.timedelta64(1, "h")
