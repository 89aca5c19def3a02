"""Detected events measured against true events."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, warn
from ..runtime.arguments import positive
from ..runtime.sizes import counted
from .checks import ratio
from .events import check_events, check_rule, check_tolerance, pair_within
from .operating_points import chosen_threshold, operating_points
from .scores import share, tally

OUTCOMES = ("hit", "substitution", "duplicate", "false accept")
SECONDS = 3600  # per hour


@dataclass
class DetectionMetrics:
    """The metrics of a detector on recordings whose events are known.

    Attributes:
        summary: DataFrame of one row: `n_truth` (true events), `n_events` (events counted),
            `hits`, `misses`, `false_accepts` and among these `substitutions` and `duplicates`,
            `precision`, `recall`, `f1`, `miss_rate`, `false_accepts_per_hour`, `hours` (of sound
            in all) and `threshold`. NaN where not applicable.
        per_label: DataFrame with a row per label: `label` and the counts and rates of `summary`;
            substitutions count for the detected label.
        curve: DataFrame with a row per distinct score, the highest first: the result of counting
            the events of that score or more, as `threshold`, `hits`, `false_accepts`, `miss_rate`,
            `false_accepts_per_hour`, `precision`, `recall`, `f1`.
        events: The events counted, with `outcome` (`"hit"`, `"substitution"`, `"duplicate"` or
            `"false accept"`).
        truth: The true events, with `outcome` (`"hit"` or `"miss"`) and `event`, the row in
            `events` of its hit or substitution; NaN for none.
        operating_points: DataFrame with a row for each of `at_false_accepts_per_hour`: that number,
            the `threshold`, and the `false_accepts_per_hour` and the `false_reject_rate` there,
            which is the miss rate; no rows where none were given.
    """

    summary: pd.DataFrame
    per_label: pd.DataFrame
    curve: pd.DataFrame
    events: pd.DataFrame
    truth: pd.DataFrame
    operating_points: pd.DataFrame

    def __repr__(self) -> str:
        row = self.summary.iloc[0]
        rate = row["false_accepts_per_hour"]
        hourly = "" if math.isnan(rate) else f" ({rate:.4g} an hour)"
        return (
            f"<DetectionMetrics: {row['hits']:.0f} of {counted(row['n_truth'], 'event')} found, "
            f"{counted(row['false_accepts'], 'false accept')}{hourly}, "
            f"precision {row['precision']:.3f}, "
            f"recall {row['recall']:.3f}, F1 {row['f1']:.3f}>"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all tables but those of events as plain values for JSON, None for NaN."""
        names = ("summary", "per_label", "curve", "operating_points")
        tables = {name: getattr(self, name) for name in names}
        rows = {name: _records(table) for name, table in tables.items()}
        return rows | {"summary": rows["summary"][0]}


def detection_metrics(
    events: Any,
    truth: Any,
    *,
    tolerance: float = 0.5,
    duration: float | pd.DataFrame | Mapping[str, float] | None = None,
    threshold: float | None = None,
    wanted_per_hour: float | None = None,
    at_false_accepts_per_hour: float | Sequence[float] | None = None,
    by: str = "midpoint",
) -> DetectionMetrics:
    """Measure detected events against true events.

    An event can match a true event of the same recording and label within the tolerance, by the
    rule `by`. The matching is one to one, with as many matches as possible. A matched event is a
    hit, any other a false accept: a substitution if it lies at a missed true event of another
    label (again one to one), a duplicate if it lies only at true events of its own label that
    other events match. A true event without a hit is a miss.

    The DET curve is the miss rate against the false accepts per hour as the threshold falls. It
    ends at the lowest score of the events: `annotate` with a lower threshold gives a longer curve,
    but a very low threshold also merges neighbouring events.

    Args:
        events: A table of events: `fname`, `start`, `end` (seconds), `label` and `score` (without
            it, all scores are equal); or what `annotate` returns.
        truth: The true events: `fname`, `start`, `end`, `label`.
        tolerance: How far an event may be off, seconds.
        duration: How much sound the detector was given: seconds, or the seconds of each recording
            as a table with `fname` and `duration` or a dict. Known from what `annotate`
            returns. Without it there are no rates per hour.
        threshold: Count the events that score it or more; `None` counts all.
        wanted_per_hour: Choose the lowest threshold with at most this many false accepts per hour.
            Choose it on other recordings than those of the final evaluation.
        at_false_accepts_per_hour: Tell the false rejects where there are at most this many false
            accepts per hour, one number or several: keyword spotting is often judged at 0.5 and 2.
            Each is the point of the DET curve with the lowest such threshold, of all labels.
        by: What must be within the tolerance. `"midpoint"`: from the event's midpoint to the true
            event's interval, as in the evaluations of spoken term detection; for detectors that
            classify windows. `"onset"`: between the starts. `"overlap"`: between the two
            intervals; with a tolerance of 0 they must touch.

    Returns:
        A `DetectionMetrics`.

    Raises:
        HearingAIError: A column is missing or has invalid values, an event ends before it
            starts, a recording has no duration, there are no events to choose a threshold from,
            or an argument is out of range.

    Warns:
        HearingAIWarning: No recording of `events` is one of `truth`, for example because
            paths are written in two ways.

    Source:
        Midpoint: J. Fiscus et al., "Results of the 2006 spoken term detection evaluation", 2007,
        with half a second. Onset, and substitutions: A. Mesaros et al., "Metrics for polyphonic
        sound event detection", Applied Sciences 6, 2016. DET: A. Martin et al., "The DET curve in
        assessment of detection task performance", Eurospeech 1997.

    Example:
        >>> import hearingai, pandas
        >>> truth = pandas.DataFrame(
        ...     {"fname": "a.wav", "start": [1.0, 5.0], "end": [1.5, 5.5], "label": "go"}
        ... )
        >>> events = truth.assign(start=[1.1, 8.0], end=[1.6, 8.5], score=[0.9, 0.4])
        >>> hearingai.detection_metrics(events, truth, duration=600)
        <DetectionMetrics: 1 of 2 events found, 1 false accept (6 an hour), precision 0.500,
        recall 0.500, F1 0.500>
        >>> chosen = hearingai.detection_metrics(events, truth, duration=600, wanted_per_hour=1)
        >>> chosen.summary["threshold"].item()
        0.65
        >>> at = hearingai.detection_metrics(
        ...     events, truth, duration=600, at_false_accepts_per_hour=(0.5, 2)
        ... )
        >>> at.operating_points["false_reject_rate"].tolist()
        [0.5, 0.5]
    """
    if duration is None and not isinstance(events, pd.DataFrame):
        duration = getattr(events, "seconds", None)
    events, truth = check_events("events", events, scored=True), check_events("truth", truth)
    tolerance, by = check_tolerance(tolerance), check_rule(by)
    hours = _hours(duration, events, truth)
    if len(events) and len(truth) and not set(events["fname"]) & set(truth["fname"]):
        warn(
            f"no recording of `events` ({events['fname'][0]}, ...) is one of `truth` "
            f"({truth['fname'][0]}, ...): no event can match. Are the paths written alike?"
        )
    else:
        _warn_of_other_paths(set(events["fname"]), set(truth["fname"]))
    found, _ = pair_within(["fname", "label"], events, truth, tolerance, by)
    curve = _curve(found >= 0, events["score"].to_numpy(), len(truth), hours)
    threshold = chosen_threshold(threshold, wanted_per_hour, curve, hours)
    if threshold is not None:
        events = events[events["score"] >= threshold].reset_index(drop=True)
    events, truth = _outcomes(events, truth, tolerance, by)
    n_truth, counts = truth["label"].value_counts(), _counts(events)
    labels = sorted({*events["label"], *truth["label"]})
    n_each = [int(n_truth.get(label, 0)) for label in labels]
    counts_each = [_counts(events[events["label"] == label]) for label in labels]
    rows = [_row(n, c, hours) for n, c in zip(n_each, counts_each, strict=True)]
    summary = _row(len(truth), counts, hours) | {"hours": np.nan if hours is None else hours}
    summary["threshold"] = np.nan if threshold is None else threshold
    names = list(_row(0, _counts(events[:0]), hours))
    per_label = pd.DataFrame(rows, columns=names)
    per_label.insert(0, "label", labels)
    points = operating_points(at_false_accepts_per_hour, curve, hours, len(truth))
    return DetectionMetrics(pd.DataFrame([summary]), per_label, curve, events, truth, points)


def _warn_of_other_paths(events: set[str], truth: set[str]) -> None:
    """Name recordings of the truth that nothing was found in, where another path ends alike."""
    by_name = {os.path.basename(f): f for f in sorted(events - truth)}  # noqa: PTH119
    alike = [f for f in sorted(truth - events) if os.path.basename(f) in by_name]  # noqa: PTH119
    if alike:
        warn(
            f"{len(alike)} recordings of `truth` have no events, and `events` has others of their "
            f"names: {alike[0]} and {by_name[os.path.basename(alike[0])]}. Are the paths written "  # noqa: PTH119
            f"alike?"
        )


def _outcomes(events: pd.DataFrame, truth: pd.DataFrame, tolerance: float, by: str) -> Any:
    """The outcome of each event and of each true event."""
    found, near = pair_within(["fname", "label"], events, truth, tolerance, by)
    hit = found >= 0
    spare = np.setdiff1d(np.arange(len(truth)), found[hit])
    taken = np.full(len(events), -1)
    if not hit.all() and len(spare):
        rows = np.flatnonzero(~hit)
        other, _ = pair_within(["fname"], events.iloc[rows], truth.iloc[spare], tolerance, by)
        taken[rows] = np.where(other < 0, -1, spare[other])
    outcome = np.select([hit, taken >= 0, near], OUTCOMES[:3], OUTCOMES[3])
    by_event = np.full(len(truth), np.nan)
    for partner in (found, taken):
        by_event[partner[partner >= 0]] = np.flatnonzero(partner >= 0)
    was_hit = np.isin(np.arange(len(truth)), found[hit])
    known = np.where(was_hit, "hit", "miss").astype(object)
    return (
        events.assign(outcome=outcome.astype(object)),
        truth.assign(outcome=known, event=by_event),
    )


def _counts(events: pd.DataFrame) -> dict[str, int]:
    """How many events of each outcome."""
    return {name: int((events["outcome"] == name).sum()) for name in OUTCOMES}


def _row(n_truth: int, counts: Mapping[str, int], hours: float | None) -> dict[str, Any]:
    """The counts and rates of some events."""
    hits, n_events = counts["hit"], sum(counts.values())
    return {
        "n_truth": n_truth,
        "n_events": n_events,
        "hits": hits,
        "misses": n_truth - hits,
        "false_accepts": n_events - hits,
        "substitutions": counts["substitution"],
        "duplicates": counts["duplicate"],
    } | {name: float(value) for name, value in _rates(n_truth, n_events, hits, hours).items()}


def _rates(n_truth: int, n_events: Any, hits: Any, hours: float | None) -> dict[str, Any]:
    """Rates from counts; `n_events` and `hits` may be arrays."""
    recall = share(hits, n_truth)
    false_accepts = n_events - hits
    return {
        "precision": ratio(hits, n_events),
        "recall": recall,
        "f1": ratio(2 * hits, n_events + n_truth),
        "miss_rate": 1 - recall,
        "false_accepts_per_hour": share(false_accepts, hours),
    }


def _curve(hit: np.ndarray, score: np.ndarray, n_truth: int, hours: float | None) -> pd.DataFrame:
    """The counts and rates at every threshold."""
    if not len(score):
        score, hit = np.empty(0), np.empty(0, bool)
        thresholds = hits = false_accepts = np.empty(0)
    else:
        thresholds, hits, false_accepts = tally(hit, score)
    rates = _rates(n_truth, hits + false_accepts, hits, hours)
    names = ("miss_rate", "false_accepts_per_hour", "precision", "recall", "f1")
    counts = {"hits": hits.astype(int), "false_accepts": false_accepts.astype(int)}
    return pd.DataFrame({"threshold": thresholds} | counts | {name: rates[name] for name in names})


def _hours(duration: Any, events: pd.DataFrame, truth: pd.DataFrame) -> float | None:
    """The hours of sound in all, or `None`."""
    if duration is None:
        return None
    if isinstance(duration, pd.DataFrame):
        if not {"fname", "duration"} <= set(duration):
            raise HearingAIError(
                "`duration` must be seconds or a table with `fname` and `duration`. "
                f"Received the columns: {', '.join(map(str, duration)) or 'none'}"
            )
        if duration["fname"].duplicated().any():
            twice = duration["fname"][duration["fname"].duplicated()].iloc[0]
            raise HearingAIError(f"`duration` names a recording twice: {twice}")
        duration = dict(zip(duration["fname"], duration["duration"], strict=True))
    if not isinstance(duration, dict):
        return positive("duration", duration) / SECONDS
    seconds = {os.fspath(f): positive(f"duration[{f!r}]", s) for f, s in duration.items()}
    for argument, table in (("events", events), ("truth", truth)):
        unknown = table["fname"][~table["fname"].isin(list(seconds))]
        if len(unknown):
            raise HearingAIError(
                f"`duration` must name every recording of `{argument}`. It lacks: {unknown.iloc[0]}"
            )
    return positive("duration", sum(seconds.values())) / SECONDS


def _records(table: pd.DataFrame) -> list[dict]:
    """The rows of a table, None for NaN."""
    rows = table.to_dict("records")
    return [{k: None if v != v else v for k, v in row.items()} for row in rows]
