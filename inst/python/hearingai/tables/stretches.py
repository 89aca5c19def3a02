"""Stretches of long recordings as clips, cut at random places that are the same everywhere."""

from __future__ import annotations

import itertools
import random
from bisect import bisect_right
from collections.abc import Sequence

_STEP = 0.01  # seconds; whole samples at every usual rate


def stretches(
    parts: Sequence[tuple[str, float, float]], n: int, seconds: float, seed: int
) -> list[tuple[str, float, float]]:
    """Cut stretches of recordings at random places that cover them evenly.

    Args:
        parts: `(fname, start, end)` of each recording, seconds; as long as a stretch at least.
        n: How many; fewer where there are not so many places, every hundredth of a second.
        seconds: Length of each.
        seed: Whole number that decides the places.

    Returns:
        `(fname, start, end)` of each, in the order of the recordings.

    Example:
        >>> stretches([("a.wav", 0.0, 1.0), ("b.wav", 5.0, 6.01)], 3, 1.0, seed=1)
        [('a.wav', 0.0, 1.0), ('b.wav', 5.0, 6.0), ('b.wav', 5.01, 6.01)]
    """
    # Python's own generator: its numbers are the same in every version.
    rng = random.Random(seed)
    places = [int((end - start - seconds) / _STEP + 1e-6) + 1 for _, start, end in parts]
    ends = list(itertools.accumulate(places))
    n = min(n, ends[-1])
    found = []
    for i in range(n):
        at = min(int((i + rng.random()) / n * ends[-1]), ends[-1] - 1)
        k = bisect_right(ends, at)
        fname, begin, _ = parts[k]
        start = round(begin + (at - ends[k] + places[k]) * _STEP, 6)
        found.append((fname, start, round(start + seconds, 6)))
    return found
