"""Windows over a recording, and what of each the annotations cover."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

_TINY = 1e-6  # seconds; times are of this precision


def grid(begin: float, end: float, window: float, hop: float) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of the windows over a stretch; the last one ends where the stretch does.

    Example:
        >>> starts, ends = grid(0.0, 5.5, 2.0, 1.0)
        >>> starts.tolist(), ends.tolist()
        ([0.0, 1.0, 2.0, 3.0, 3.5], [2.0, 3.0, 4.0, 5.0, 5.5])
    """
    n = int((end - begin - window) / hop + _TINY) + 1 if end - begin > window else 1
    starts = begin + hop * np.arange(n)
    if hop <= window and starts[-1] + window < end - _TINY:
        starts = np.append(starts, end - window)
    return np.round(starts, 6), np.round(np.minimum(starts + window, end), 6)


def overlaps(
    starts: np.ndarray, ends: np.ndarray, start: float, end: float
) -> tuple[np.ndarray, np.ndarray]:
    """The windows that an annotation touches, and how many seconds of each it covers.

    A point is in the windows around it.
    """
    first, last = np.searchsorted(ends, start), np.searchsorted(starts, end, side="right")
    which = np.arange(first, last)
    seconds = np.minimum(ends[which], end) - np.maximum(starts[which], start)
    touched = seconds >= 0 if end == start else seconds > _TINY
    return which[touched], seconds[touched]


def joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans of time, those that overlap or touch as one.

    Example:
        >>> joined([(3, 4), (0, 1), (0.5, 2)])
        [(0, 2), (3, 4)]
    """
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


class Covered:
    """What the annotations of a recording cover of its windows.

    Args:
        starts: Starts of the windows.
        ends: Their ends.

    Attributes:
        seconds: Of each window that has a label, its labels and the seconds that they cover.
        doubtful: Windows that something unknown touches, or enough of a label to be no example of
            its absence and too little to be one of it.
        empty: Seconds of each window that are known to be empty.
    """

    def __init__(self, starts: np.ndarray, ends: np.ndarray) -> None:
        self._starts, self._ends = starts, ends
        self.seconds: dict[int, dict[str, float]] = {}
        self.doubtful: set[int] = set()
        self.empty = np.zeros(len(starts))

    def add_empty(self, spans: Iterable[tuple[float, float]]) -> None:
        """Add stretches in which there is nothing."""
        for start, end in joined(spans):
            which, seconds = overlaps(self._starts, self._ends, start, end)
            self.empty[which] += seconds

    def add_unknown(self, spans: Iterable[tuple[float, float]]) -> None:
        """Add stretches in which there is something, whatever it is."""
        for start, end in spans:
            self.doubtful.update(overlaps(self._starts, self._ends, start, end)[0].tolist())

    def add(
        self,
        label: str,
        spans: Iterable[tuple[float, float]],
        share: float,
        of_window: bool,
        absent: float = 0.0,
    ) -> None:
        """Add the annotations of a label.

        Args:
            label: The label.
            spans: Start and end of each.
            share: The least share that gives a window the label.
            of_window: Whether it is that of the window, else of an annotation.
            absent: The greatest share of a window that still is without the label.
        """
        merged = joined(spans) if of_window else list(spans)
        most = np.zeros(len(self._starts))
        total = np.zeros(len(self._starts))
        touched = np.zeros(len(self._starts), dtype=bool)
        points = np.zeros(len(self._starts), dtype=bool)  # of unknown length: no window lacks them
        for start, end in merged:
            which, seconds = overlaps(self._starts, self._ends, start, end)
            lengths = (self._ends - self._starts)[which]
            touched[which] = True
            total[which] += seconds
            if end == start:
                shares = np.full(len(which), 0.0 if of_window else 1.0)
                points[which] = True
            else:
                shares = seconds / (lengths if of_window else np.minimum(lengths, end - start))
            most[which] = most[which] + shares if of_window else np.maximum(most[which], shares)
        enough = touched & (most >= share - _TINY)
        for i in np.flatnonzero(enough).tolist():
            self.seconds.setdefault(i, {})[label] = float(total[i])
        present = (most > absent + _TINY) | points | (absent == 0)
        doubtful = touched & ~enough & present
        self.doubtful.update(np.flatnonzero(doubtful).tolist())
