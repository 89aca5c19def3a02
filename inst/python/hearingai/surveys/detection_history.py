"""detection_history(): detections and effort by site and occasion; presence_matrix()."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import tzinfo
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..deployments.clocks import zone_of
from ..errors import HearingAIError
from ..runtime.arguments import choose, scalar
from ..tables.columns import check_columns
from .effort import split_effort, survey_of

Occasion = Literal["hour", "day", "night", "week", "month"]
OCCASIONS: tuple[Occasion, ...] = ("hour", "day", "night", "week", "month")

_MOST_ROWS = 50_000_000  # of a history; more is a mistake in a time
_COLUMNS = ("site", "label", "occasion", "occasion_end", "n", "effort", "detected")


def detection_history(
    events: Any,
    effort: pd.DataFrame | None = None,
    *,
    by: Occasion | int = "day",
    tz: str = "UTC",
    site: str | None = "site",
    labels: Collection[str] | None = None,
    min_score: float | Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Count detections and effort by site, label and occasion, as occupancy models take them.

    An occasion without effort says nothing, one with effort and without events is an absence. The
    effort is what was recorded and heard: recordings without events count, and those that an
    annotation could not read do not. Recorders that ran side by side at one site add up.

    Args:
        events: A table of events with `fname` (and `time`, see `add_times`; else it is computed by
            `effort`); or an `Annotation`.
        effort: What was recorded: the table of `recording_times`, or another with `fname`, `time`,
            `duration` (seconds) and, for several sites, `site`. `None` takes the recordings of an
            annotation with times, see `annotate`.
        by: The occasions: `"hour"`, `"day"`, `"night"` (from noon to noon), `"week"` (from Monday),
            `"month"`, or a number of days from the first.
        tz: The time zone whose days they are, such as `Europe/Berlin`.
        site: The column of `effort` with the sites; `None` takes all as one site.
        labels: The labels to count, also those without events; `None` takes those that occur.
        min_score: The least score of events that count; or a dict of one a label.

    Returns:
        A DataFrame with a row a site, label and occasion, from the first to the last with effort at
        any site: `site` (`"all"` where none is told), `label`, `occasion` and `occasion_end` (times
        in `tz`), `n` (events that start in it), `effort` (hours) and `detected` (1 or 0; missing
        like `n` where there was no effort).

    Raises:
        HearingAIError: A column is missing or malformed, or an argument is out of range.

    Warns:
        HearingAIWarning: Recordings have no time or duration, or events are of other recordings
            or of times at which these were not running.

    Example:
        >>> import hearingai, pandas
        >>> effort = pandas.DataFrame({"fname": ["a.wav", "b.wav"], "duration": 3600})
        >>> effort["time"] = ["2024-05-01T04:30:00Z", "2024-05-03T23:30:00Z"]
        >>> events = pandas.DataFrame({"fname": ["a.wav"], "start": 5, "end": 6, "label": "wren"})
        >>> history = hearingai.detection_history(events, effort)
        >>> history[["n", "effort"]].values.tolist()
        [[1, 1.0], [<NA>, 0.0], [0, 0.5], [0, 0.5]]
    """
    zone = zone_of("tz", tz)
    days = _checked(by)
    survey = survey_of(events, effort, site=site, labels=labels, min_score=min_score)
    stretches = survey.effort
    edges = occasion_edges(stretches["begin"].min(), stretches["end"].max(), days, zone)
    sites = sorted(stretches["site"].unique())
    shape = (len(sites), len(survey.labels), len(edges) - 1)
    if np.prod(shape) > _MOST_ROWS:
        raise HearingAIError(
            f"`by` gives {shape[2]} occasions of {len(sites)} sites and {shape[1]} labels, too "
            f"many; the recordings are of {edges[0]} to {edges[-1]}"
        )
    place = pd.Index(sites).get_indexer(stretches["site"])
    row, cell, hours = split_effort(stretches, edges)
    heard = np.zeros((shape[0], shape[2]))
    np.add.at(heard, (place[row], cell), hours)
    n = np.zeros(shape, dtype=int)
    label = pd.Index(survey.labels).get_indexer(survey.events["label"])
    when = np.searchsorted(edges, survey.events["time"].to_numpy(), "right") - 1
    rows = survey.events["row"].to_numpy(int)
    np.add.at(n, (place[rows], label, np.clip(when, 0, shape[2] - 1)), 1)
    return _as_table(sites, survey.labels, edges, n, heard, zone)


def _as_table(
    sites: list[str],
    labels: list[str],
    edges: np.ndarray,
    n: np.ndarray,
    heard: np.ndarray,
    zone: tzinfo,
) -> pd.DataFrame:
    each = n.shape[1] * n.shape[2]
    effort = np.repeat(heard[:, None], n.shape[1], axis=1).ravel()
    counts, unknown = n.ravel(), (effort == 0) & (n.ravel() == 0)
    local = pd.Series(edges).dt.tz_localize("UTC").dt.tz_convert(zone)
    values = (
        pd.Series([name for name in sites for _ in range(each)], dtype=object),
        pd.Series([name for name in labels for _ in range(n.shape[2])] * len(sites), dtype=object),
        *(pd.concat([part] * (len(counts) // len(part))) for part in (local[:-1], local[1:])),
        pd.Series(counts, dtype="Int64").mask(unknown),
        pd.Series(effort),
        pd.Series((counts > 0).astype(int), dtype="Int64").mask(unknown),
    )
    columns = (part.reset_index(drop=True) for part in values)
    return pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)))


def _checked(by: Any) -> Occasion | int:
    days = scalar(by)
    if days is not None and days == int(days) and 1 <= days <= 366:
        return int(days)
    if isinstance(by, str):
        return choose("by", by, OCCASIONS)
    raise HearingAIError(
        f"`by` must be one of {', '.join(map(repr, OCCASIONS))} or a number of days from 1 to 366. "
        f"Received: {by!r}"
    )


def occasion_edges(
    first: np.datetime64, last: np.datetime64, by: Occasion | int, zone: tzinfo
) -> np.ndarray:
    """Where occasions begin, and the last ends, in UTC; they hold the times given.

    Days are those of the calendar: one on which clocks change has 23 or 25 hours.
    """
    begin = pd.Timestamp(first, tz="UTC").tz_convert(zone).tz_localize(None)
    end = pd.Timestamp(last, tz="UTC").tz_convert(zone).tz_localize(None)
    if by == "hour":
        hour = pd.Timedelta(hours=1)
        start = pd.Timestamp(first) - (begin - begin.floor("h"))
        count = max(1, int(np.ceil((pd.Timestamp(last) - start) / hour)))
        return np.array(start + hour * np.arange(count + 1), dtype="datetime64[us]")
    day = begin.normalize()
    if by == "night":
        day += pd.Timedelta(hours=12 if begin.hour >= 12 else -12)
    if by == "week":
        day -= pd.Timedelta(days=day.weekday())
    if by == "month":
        day = day.replace(day=1)
    days = by if isinstance(by, int) else 7 if by == "week" else 1
    step = pd.DateOffset(months=1) if by == "month" else pd.DateOffset(days=days)
    count = 1
    while day + step * count < end:
        count += 1
    local = pd.DatetimeIndex([day + step * k for k in range(count + 1)])
    zoned = local.tz_localize(
        zone, ambiguous=np.ones(len(local), bool), nonexistent="shift_forward"
    )
    return np.array(zoned.tz_convert("UTC").tz_localize(None), dtype="datetime64[us]")


def presence_matrix(
    history: pd.DataFrame,
    label: str | None = None,
    *,
    values: Literal["detected", "n", "effort"] = "detected",
) -> pd.DataFrame:
    """Turn a detection history into a matrix of sites by occasions.

    Args:
        history: What `detection_history` returned.
        label: Which of several labels.
        values: What the cells hold: `"detected"` (1, 0, or NaN without effort), `"n"`, the number
            of events, or `"effort"` in hours.

    Returns:
        A DataFrame of numbers with a row a site and a column an occasion, named by the day on which
        it begins, or by day and time.

    Raises:
        HearingAIError: `label` is not in the history, or is needed.

    Example:
        >>> import hearingai, pandas
        >>> effort = pandas.DataFrame({"fname": ["a.wav", "b.wav"], "duration": 60})
        >>> effort["time"], effort["site"] = ["2024-05-01T04:30Z", "2024-05-02T04:30Z"], ["x", "y"]
        >>> events = pandas.DataFrame({"fname": ["a.wav"], "start": 5, "end": 6, "label": "wren"})
        >>> hearingai.presence_matrix(hearingai.detection_history(events, effort))
        occasion  2024-05-01  2024-05-02
        site
        x                1.0         NaN
        y                NaN         0.0
    """
    choose("values", values, ("detected", "n", "effort"))
    table = of_label(history, label)
    wide = table.pivot(index="site", columns="occasion", values=values).astype("float64")
    times = pd.DatetimeIndex(wide.columns)
    whole_days = bool((times == times.normalize()).all())
    names = times.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%d %H:%M")
    wide.columns = names if names.is_unique else times.strftime("%Y-%m-%d %H:%M%z")
    return wide


def of_label(history: Any, label: str | None) -> pd.DataFrame:
    """The rows of a history that are of one label."""
    table = checked_history(history)
    known = list(table["label"].unique())
    if label is None and len(known) == 1:
        label = known[0]
    if not isinstance(label, str) or label not in known:
        raise HearingAIError(
            f"`label` must be one of {', '.join(map(repr, known))}, which the history has. "
            f"Received: {label!r}"
        )
    return table[table["label"] == label]


def checked_history(history: Any) -> pd.DataFrame:
    """A history, or an error where it is none."""
    check_columns("history", history, _COLUMNS)
    zoned = [isinstance(history[c].dtype, pd.DatetimeTZDtype) for c in ("occasion", "occasion_end")]
    if not all(zoned) or not len(history):
        raise HearingAIError("`history` must be what detection_history() returned, with rows")
    for name in ("n", "effort", "detected"):
        if not pd.api.types.is_numeric_dtype(history[name]):
            raise HearingAIError(f'`history["{name}"]` must be numbers')
    if history.duplicated(["site", "label", "occasion"]).any():
        raise HearingAIError("`history` must have each site, label and occasion once")
    return history
