"""Searches in probabilities: their peaks, and the last of numbers that fits."""

from collections.abc import Callable

import numpy as np
from scipy.signal import find_peaks


def last_that_fits(fits: Callable[[int], bool], first: int, last: int) -> int:
    """The number before the first that does not fit, from one that does.

    Steps grow with the numbers, and what lies within the last step is halved.

    Args:
        fits: Whether a number fits.
        first: One that does.
        last: The largest there is.

    Example:
        >>> last_that_fits(lambda k: k <= 37, 5, 100), last_that_fits(lambda k: True, 0, 9)
        (37, 9)
    """
    good, bad = first, last + 1
    while good < last and bad > last:
        step = min(last, good + 1 + good // 4)
        good, bad = (step, bad) if fits(step) else (good, step)
    while bad - good > 1 and bad <= last:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if fits(middle) else (good, middle)
    return good


def peaks_of(values: np.ndarray, lowest: float, apart: int = 1) -> np.ndarray:
    """Positions of the peaks in probabilities, also at both ends.

    Args:
        values: `(windows,)`.
        lowest: The least that counts as a peak.
        apart: Windows from peak to peak at least; the higher one stays.

    Example:
        >>> peaks_of(np.array([0.9, 0.2, 0.3, 0.1, 0.6, 0.6]), 0.25).tolist()
        [0, 2, 4]
    """
    padded = np.concatenate([[0.0], values, [0.0]])
    return find_peaks(padded, height=lowest, distance=apart)[0] - 1
