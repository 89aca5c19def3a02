"""Tables of events and of the truth about them: what they must hold, and which belong together."""

import os
from collections import deque

import numpy as np
import pandas as pd

from ..errors import HearingAIError
from ..runtime.arguments import choose, number
from ..tables.clip_table import check_columns

RULES = ("midpoint", "onset", "overlap")
_SLACK = 1e-9  # seconds: 1.1 - 0.6 is a little more than 0.5


def check_events(argument, table, scored=False):
    """Return a table of events with clean columns, or raise an error that names what is wrong.

    Args:
        argument: The name of the argument, for the error.
        table: A DataFrame with `fname`, `start`, `end` (seconds) and `label`, or an object that
            has one under `events`.
        scored: Whether to return `score` too; where there is none, all events are equally sure.

    Where no row has an `fname`, all are of one recording without a name, `""`.

    Returns:
        A DataFrame of these columns alone, the rows in their order and numbered from 0.
    """
    if not isinstance(table, pd.DataFrame):
        table = getattr(table, "events", table)
    names = ("fname", "start", "end", "label")
    check_columns(argument, table, names)
    columns = {name: _texts(argument, table, name) for name in ("fname", "label")}
    columns |= {name: _numbers(argument, table, name) for name in ("start", "end")}
    backwards = columns["end"] < columns["start"]
    if backwards.any():
        row = int(np.argmax(backwards))
        raise HearingAIError(
            f"`{argument}$end` must not be before `start`. Received in row {row + 1}: "
            f"{columns['start'][row]:g} to {columns['end'][row]:g}"
        )
    checked = pd.DataFrame({name: columns[name] for name in names})
    if scored:
        known = "score" in table and table["score"].notna().any()
        checked["score"] = _numbers(argument, table, "score") if known else np.ones(len(table))
    return checked


def check_tolerance(tolerance):
    """Return a tolerance in seconds, 0 or more."""
    return number("tolerance", tolerance, low=0)


def check_rule(by):
    """Return how events are matched."""
    return choose("by", by, RULES)


def candidates(events, truth, tolerance, by):
    """For each event the true ones that it may stand for, the nearest first.

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
    # an early one may last long, so what counts is how far any so far has lasted
    before = np.searchsorted(np.maximum.accumulate(ends), low - reach, side="left")
    found = []
    for i, (a, b) in enumerate(zip(before, behind, strict=True)):
        near = np.arange(a, max(a, b))
        near = near[ends[near] >= low[i] - reach]
        near = near[np.argsort(np.abs(there[near] - here[i]), kind="stable")]
        found.append(order[near])
    return found


def pair(options, n_truth, order):
    """Match as many events as can be, one to one, giving way to those that come first in `order`.

    Events are taken in turn, each by an augmenting path. One that has found a place keeps a place,
    and after any number of events the matching is as large as one of these events can be. So in
    the order of falling scores, one pass matches rightly at every threshold.

    Args:
        options: The candidates of each event, positions in the truth.
        n_truth: How many true events there are.
        order: Positions of the events, those to be matched first first.

    Returns:
        An array: the true event of each, -1 for none.

    Source:
        H. W. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics
        Quarterly 2, 1955.
    """
    owner = np.full(n_truth, -1)
    closed = np.zeros(n_truth, bool)  # a search that failed here fails ever after
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


def _search(event, options, owner, closed):
    """Look for a free true event, along those whose owners could move.

    Returns:
        `(came_from, free)`: the event that each true one seen was reached from, and the free one.
    """
    came_from, queue = {}, deque([event])
    while queue:
        mover = queue.popleft()
        fresh = [t for t in options[mover] if t not in came_from and not closed[t]]
        came_from |= dict.fromkeys(fresh, mover)
        for t in fresh:
            if owner[t] < 0:
                return came_from, t
        queue.extend(owner[t] for t in fresh)
    return came_from, None


def pair_within(keys, events, truth, tolerance, by):
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


def _texts(argument, table, name):
    column = table[name]
    if name == "fname" and column.isna().all():  # one recording, that has no name
        return [""] * len(column)
    _refuse(argument, name, column.isna().to_numpy(), "is missing")
    try:
        return [os.fspath(v) if name == "fname" else str(v) for v in column]
    except TypeError as error:
        raise HearingAIError(f"`{argument}${name}` must hold paths: {error}") from None


def _numbers(argument, table, name):
    try:
        numbers = table[name].to_numpy("float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise HearingAIError(f"`{argument}${name}` must hold numbers: {error}") from None
    _refuse(argument, name, ~np.isfinite(numbers), "must be a finite number; it is not")
    return numbers


def _refuse(argument, name, bad, what):
    if bad.any():
        raise HearingAIError(f"`{argument}${name}` {what} in row {int(np.argmax(bad)) + 1}")
