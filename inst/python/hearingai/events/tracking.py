"""Find events in probabilities in time: hysteresis thresholds on smoothed probabilities."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .rules import Rules
from .windows import Grid

EVENT_COLUMNS = ("fname", "start", "end", "label", "score")


class Event(NamedTuple):
    """An event: a label that occurs from `start` to `end`.

    Attributes:
        start: Seconds from the start of the recording.
        end: Seconds from the start of the recording.
        label: The label.
        score: The highest smoothed probability within it.
    """

    start: float
    end: float
    label: str
    score: float


class Smoother:
    """The moving average of probabilities; at both ends, of fewer windows.

    Args:
        half: Windows on either side that are averaged with each.
        n: Number of labels.
    """

    def __init__(self, half: int, n: int) -> None:
        self._half, self._n_in, self._n_out = half, 0, 0
        self._rows = np.zeros((half, n))  # adding zeros changes no sum

    def push(self, probabilities: np.ndarray) -> np.ndarray:
        """Add rows; returns the smoothed rows that are complete, `half` rows behind."""
        self._n_in += len(probabilities)
        return self._slide(np.asarray(probabilities, "float64"))

    def flush(self) -> np.ndarray:
        """The last smoothed rows."""
        return self._slide(np.zeros((self._half, self._rows.shape[1])))

    def _slide(self, new: np.ndarray) -> np.ndarray:
        rows = np.concatenate([self._rows, new])
        n = max(0, len(rows) - 2 * self._half)
        total = np.zeros((n, rows.shape[1]))
        for shift in range(2 * self._half + 1):
            total += rows[shift : shift + n]
        self._rows = rows[n:]
        k = np.arange(self._n_out, self._n_out + n)[:, None]
        self._n_out += n
        before, behind = np.minimum(k, self._half), np.minimum(self._n_in - 1 - k, self._half)
        return total / (1 + before + behind)


class _Run:
    """An event of one label that is not reported yet: windows `first` to `last`."""

    def __init__(self, first: int, score: float) -> None:
        self.first, self.last, self.score = first, first, score

    def extend(self, last: int, score: float) -> None:
        self.last, self.score = last, max(self.score, score)


class EventTracker:
    """Find events in probabilities that arrive in portions; results do not depend on the portions.

    Each window stands for the time around its middle, from half a hop before it to half a hop
    after it; the first window from the start of the recording and the last to its end. An event
    covers its windows: it starts with the first whose smoothed probability reaches `threshold` and
    lasts as long as it is at least `low`. Events of one label with less than
    `min_gap` between them are one; those shorter than `min_duration` are dropped then, and those
    that start less than `refractory` after the last one that was not.

    Args:
        rules: The `Rules`.
        grid: The `Grid` of the windows.

    Example:
        >>> from fractions import Fraction
        >>> from hearingai.events.rules import event_rules
        >>> from hearingai.events.windows import Grid
        >>> grid = Grid(10, 10, Fraction(1, 2))
        >>> rules = event_rules(["yes"], grid, smooth=0)
        >>> tracker = EventTracker(rules, grid)
        >>> tracker.push([[0.1], [0.9], [0.4], [0.2]])
        [Event(start=0.75, end=1.75, label='yes', score=0.9)]
        >>> tracker.push([[0.6]]), tracker.flush(3)
        ([], [Event(start=2.25, end=3.0, label='yes', score=0.6)])
    """

    def __init__(self, rules: Rules, grid: Grid) -> None:
        self._rules, self._grid = rules, grid
        n = len(rules.reported)
        self._half = _half(rules, grid)
        self._smoother = Smoother(self._half, n)
        self._n = 0  # windows decided
        self._on = np.zeros(n, bool)
        # open, or ended and possibly merged with the next one
        self._runs: list[_Run | None] = [None] * n
        self._free = [Fraction(0)] * n  # when the next event may start

    @property
    def delay(self) -> float:
        """Largest delay from the end of an event to its report, in seconds of sound."""
        hops = max(1, math.ceil(self._rules.min_gap / self._grid.hop)) + self._half
        return float((hops - Fraction(1, 2)) * self._grid.hop + self._grid.window / 2)

    @property
    def active(self) -> list[Event]:
        """The events that have not ended yet, up to now."""
        going = zip(self._on, self._runs, strict=True)
        return self._ordered(
            self._event(i, run) for i, (on, run) in enumerate(going) if on and run is not None
        )

    def push(self, probabilities: Any) -> list[Event]:
        """Add the probabilities of the next windows.

        Args:
            probabilities: `(n, labels)`.

        Returns:
            A list of the `Event`s that have ended, in the order of their ends.
        """
        rows = np.asarray(probabilities)
        rows = rows.reshape(-1, len(self._rules.labels))[:, self._rules.reported]
        return self._follow(self._smoother.push(rows))

    def flush(self, seconds: float | Fraction) -> list[Event]:
        """End the recording.

        Args:
            seconds: Its length.

        Returns:
            A list of the last events.
        """
        found: list[Event | None] = [*self._follow(self._smoother.flush())]
        for i, run in enumerate(self._runs):
            if run is not None:
                end = Fraction(seconds) if run.last == self._n - 1 else None
                found.append(self._ended(i, run, end))
        self._runs = [None] * len(self._runs)
        self._on[:] = False
        return self._ordered(found)

    def _follow(self, rows: np.ndarray) -> list[Event]:
        """Process smoothed rows."""
        opens, keeps = rows >= self._rules.threshold, rows >= self._rules.low
        if not opens.any() and not any(self._runs):  # true of most windows of a recording
            self._n += len(rows)
            return []
        found: list[Event | None] = []
        for opened, kept, row in zip(opens, keeps, rows, strict=True):
            self._on = np.where(self._on, kept, opened)
            for i in np.flatnonzero(self._on).tolist():
                found += self._extend(i, row[i])
            self._n += 1
        for i, run in enumerate(self._runs):
            if run and not self._on[i] and self._gap(run) >= self._rules.min_gap:
                found.append(self._ended(i, run))
                self._runs[i] = None
        return self._ordered(found)

    def _extend(self, i: int, score: float) -> list[Event | None]:
        """Extend an event of label `i` by window `n`, or start a new one."""
        run = self._runs[i]
        if run is None:
            self._runs[i] = _Run(self._n, score)
            return []
        if run.last < self._n - 1 and self._gap(run) >= self._rules.min_gap:
            self._runs[i] = _Run(self._n, score)
            return [self._ended(i, run)]
        run.extend(self._n, score)
        return []

    def _gap(self, run: _Run) -> Fraction:
        """Seconds from the end of a run to the start of the next window's time."""
        return (self._n - 1 - run.last) * self._grid.hop

    def _ended(self, i: int, run: _Run, end: Fraction | None = None) -> Event | None:
        """The event of a run that is over; it keeps the next ones of its label away for a time."""
        event = self._event(i, run, end)
        if event is not None:
            self._free[i] = self._times(run, end)[1] + self._rules.refractory
        return event

    def _event(self, i: int, run: _Run, end: Fraction | None = None) -> Event | None:
        start, end = self._times(run, end)
        if end - start < self._rules.min_duration or start < self._free[i]:
            return None
        label = self._rules.labels[self._rules.reported[i]]
        return Event(float(start), float(end), label, float(run.score))

    def _times(self, run: _Run, end: Fraction | None) -> tuple[Fraction, Fraction]:
        """When a run starts and ends."""
        grid = self._grid
        start = run.first * grid.hop + (grid.window - grid.hop) / 2 if run.first else Fraction(0)
        return start, run.last * grid.hop + (grid.window + grid.hop) / 2 if end is None else end

    def _ordered(self, events: Iterable[Event | None]) -> list[Event]:
        known = [event for event in events if event]
        return sorted(known, key=lambda e: (e.end, e.start, e.label))


def smoothed(probabilities: np.ndarray, rules: Rules, grid: Grid) -> np.ndarray:
    """The smoothed probabilities of a whole recording: of the reported labels, a row a window."""
    smoother = Smoother(_half(rules, grid), len(rules.reported))
    return np.concatenate([smoother.push(probabilities[:, rules.reported]), smoother.flush()])


def _half(rules: Rules, grid: Grid) -> int:
    """Windows on either side that are averaged with each."""
    return math.floor(rules.smooth / 2 / grid.hop)


def find_events(
    probabilities: np.ndarray, rules: Rules, grid: Grid, seconds: float | Fraction
) -> list[Event]:
    """Find the events of a whole recording.

    Args:
        probabilities: `(windows, labels)`.
        rules: The `Rules`.
        grid: The `Grid` of the windows.
        seconds: Length of the recording.

    Returns:
        A list of `Event`s, ordered by start.
    """
    tracker = EventTracker(rules, grid)
    return sorted(tracker.push(probabilities) + tracker.flush(seconds))


def event_table(rows: Sequence[tuple]) -> pd.DataFrame:
    """The table of events; `rows` are `(fname, start, end, label, score)`."""
    columns = dict(zip(EVENT_COLUMNS, zip(*rows, strict=True) if rows else [[]] * 5, strict=True))
    kinds = {"fname": object, "label": object}
    return pd.DataFrame({n: pd.Series(v, dtype=kinds.get(n, float)) for n, v in columns.items()})
