"""The check of a range to draw from, which the augmentations share."""

import math
from typing import Any

from ..errors import HearingAIError
from ..runtime.arguments import scalar


def limits(
    argument: str,
    value: Any,
    lowest: float = -math.inf,
    above: Any = -math.inf,
    highest: float = math.inf,
) -> tuple[float, float]:
    """Return `value`, a number or a pair `(lowest, highest)`, as a pair of floats.

    Args:
        argument: Name of the argument, for the error.
        value: What was given.
        lowest: Neither may be less.
        above: Both must be greater.
        highest: Neither may be more.
    """
    pair = value if isinstance(value, (list, tuple)) else (value, value)
    numbers = [found for found in map(scalar, pair) if found is not None]
    good = len(pair) == len(numbers) == 2 and numbers[0] <= numbers[1]
    if not good or numbers[0] < lowest or numbers[0] <= above or numbers[1] > highest:
        least = f" from {lowest:g}" if lowest > -math.inf else ""
        least = f" above {above:g}" if above > -math.inf else least
        most = f" and at most {highest:g}" if highest < math.inf else ""
        raise HearingAIError(
            f"`{argument}` must be a number{least}{most} or a pair of them, the lower one first. "
            f"Received: {value!r}"
        )
    return float(numbers[0]), float(numbers[1])
