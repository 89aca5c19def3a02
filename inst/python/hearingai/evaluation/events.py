"""Tables of detected and true events: checks, and matching."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, as_utf8
from ..runtime.arguments import choose, number
from ..tables.columns import check_columns

RULES = ("midpoint", "onset", "overlap")
_SLACK = 1e-9  # seconds: 1.1 - 0.6 is a little more than 0.5


def check_events(argument: str, table: Any, scored: bool = False) -> pd.DataFrame:
    """Return a table of events with clean columns, or raise an error that names what is wrong.

    Args:
        argument: The name of the argument, for the error.
        table: A DataFrame with `fname`, `start`, `end` (seconds) and `label`, or an object that
            has one under `events`.
        scored: Whether to return `score` too; where there is none, all are equal.

    Where no row has an `fname`, all are of one recording without a name, `""`.

    Returns:
        A DataFrame of these columns alone, the rows in their order and numbered from 0.
    """
    if not isinstance(table, pd.DataFrame):
        table = getattr(table, "events", table)
    names = ("fname", "start", "end", "label")
    check_columns(argument, table, names)
    columns: dict[str, Any] = {name: _texts(argument, table, name) for name in ("fname", "label")}
    columns |= {name: _numbers(argument, table, name) for name in ("start", "end")}
    backwards = columns["end"] < columns["start"]
    if backwards.any():
        row = int(np.argmax(backwards))
        raise HearingAIError(
            f'`{argument}["end"]` must not be before `start`. Received in row {row + 1}: '
            f"{columns['start'][row]:g} to {columns['end'][row]:g}"
        )
    checked = pd.DataFrame({name: columns[name] for name in names})
    if scored:
        known = "score" in table and table["score"].notna().any()
        checked["score"] = _numbers(argument, table, "score") if known else np.ones(len(table))
    return checked


def check_tolerance(tolerance: float) -> float:
    """Return a tolerance in seconds, 0 or more."""
    return number("tolerance", tolerance, low=0)


def check_rule(by: str) -> str:
    """Return how events are matched."""
    return choose("by", by, RULES)


def candidates(
    events: pd.DataFrame, truth: pd.DataFrame, tolerance: float, by: str
) -> list[np.ndarray]:
    """For each event, the true events that it may match, the nearest first.

    Args:
        events: A table of events of one recording.
        truth: The true events of that recording.
        tolerance: Seconds.
        by: One of `RULES`, see `detection_metrics`.

    Returns:
        A list with an array of positions in `truth` for each event.
    """
    starts, ends = truth["start"].to_numpy(), truth["end"].to_numpy()
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], ends[order]
    first, last = events["start"].to_numpy(), events["end"].to_numpy()
    middle = (first + last) / 2
    if by == "onset":
        low, high, ends = first, first, starts
    else:
        low, high = (middle, middle) if by == "midpoint" else (first, last)
    here, there = (first, starts) if by == "onset" else (middle, (starts + ends) / 2)
    reach = tolerance + _SLACK
    behind = np.searchsorted(starts, high + reach, side="right")
    # an early event may last long, so search the running maximum of the ends
    before = np.searchsorted(np.maximum.accumulate(ends), low - reach, side="left")
    found = []
    for i, (a, b) in enumerate(zip(before, behind, strict=True)):
        near = np.arange(a, max(a, b))
        near = near[ends[near] >= low[i] - reach]
        near = near[np.argsort(np.abs(there[near] - here[i]), kind="stable")]
        found.append(order[near])
    return found


def pair(options: Sequence[np.ndarray], n_truth: int, order: np.ndarray) -> np.ndarray:
    """Match as many events as possible, one to one, with priority to those first in `order`.

    Events are added in turn, each by an augmenting path. A matched event stays matched, and after
    any number of events the matching is a maximum matching of these. So in order of falling
    scores, one pass gives the right matching at every threshold.

    Args:
        options: The candidates of each event, positions in the truth.
        n_truth: How many true events there are.
        order: Positions of the events, in order of priority.

    Returns:
        An array: the true event of each, -1 for none.

    Source:
        H. W. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics
        Quarterly 2, 1955.
    """
    owner = np.full(n_truth, -1)
    closed = np.zeros(n_truth, bool)  # a search that failed here will always fail
    partner = np.full(len(options), -1)
    for event in order:
        came_from, free = _search(event, options, owner, closed)
        if free is None:
            closed[list(came_from)] = True
        while free is not None:
            mover = came_from[free]
            left = partner[mover]
            owner[free], partner[mover] = mover, free
            free = None if mover == event else left
    return partner


def _search(
    event: int, options: Sequence[np.ndarray], owner: np.ndarray, closed: np.ndarray
) -> tuple[dict[int, int], int | None]:
    """Search for an augmenting path to a free true event.

    Returns:
        `(came_from, free)`: the event that each visited true event was reached from, and the
        free true event.
    """
    came_from: dict[int, int] = {}
    queue = deque([event])
    while queue:
        mover = queue.popleft()
        fresh = [t for t in options[mover] if t not in came_from and not closed[t]]
        came_from |= dict.fromkeys(fresh, mover)
        for t in fresh:
            if owner[t] < 0:
                return came_from, t
        queue.extend(owner[t] for t in fresh)
    return came_from, None


def pair_within(
    keys: list[str], events: pd.DataFrame, truth: pd.DataFrame, tolerance: float, by: str
) -> tuple[np.ndarray, np.ndarray]:
    """Pair events with true ones of equal `keys`, by falling score.

    Args:
        keys: The columns that must agree.
        events: A table of events with `score`.
        truth: The true events.
        tolerance: Seconds.
        by: One of `RULES`.

    Returns:
        `(partner, near)`: arrays with the position in `truth` that each event got, -1 for none,
        and whether it had any candidate.
    """
    partner, near = np.full(len(events), -1), np.zeros(len(events), bool)
    places = truth.groupby(keys, sort=False).indices
    for key, rows in events.groupby(keys, sort=False).indices.items():
        there = places.get(key)
        if there is None:
            continue
        some = events.iloc[rows]
        options = candidates(some, truth.iloc[there], tolerance, by)
        order = np.lexsort((some["end"], some["start"], -some["score"]))
        found = pair(options, len(there), order)
        partner[rows] = np.where(found < 0, -1, there[found])
        near[rows] = [len(o) > 0 for o in options]
    return partner, near


def _texts(argument: str, table: pd.DataFrame, name: str) -> list[str]:
    column = table[name]
    if name == "fname" and column.isna().all():  # one recording, that has no name
        return [""] * len(column)
    _refuse(argument, name, column.isna().to_numpy(), "is missing")
    try:
        # As tables are written: pandas groups by UTF-8 alone.
        return [as_utf8(os.fspath(v) if name == "fname" else str(v)) for v in column]
    except TypeError as error:
        raise HearingAIError(f'`{argument}["{name}"]` must hold paths: {error}') from None


def _numbers(argument: str, table: pd.DataFrame, name: str) -> np.ndarray:
    try:
        numbers = table[name].to_numpy("float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise HearingAIError(f'`{argument}["{name}"]` must hold numbers: {error}') from None
    _refuse(argument, name, ~np.isfinite(numbers), "must be a finite number; it is not")
    return numbers


def _refuse(argument: str, name: str, bad: np.ndarray, what: str) -> None:
    if bad.any():
        raise HearingAIError(f'`{argument}["{name}"]` {what} in row {int(np.argmax(bad)) + 1}')
