"""Checks of the arguments that the augmentations share."""

import math

from ..errors import HearingAIError


def number(argument, value):
    """Return `value` as a finite float, else raise an error that names the argument."""
    found = _number(value)
    if found is None:
        raise HearingAIError(f"`{argument}` must be a number. Received: {value!r}")
    return found


def share(argument, value):
    """Return `value` as a float in 0...1, else raise an error that names the argument."""
    found = _number(value)
    if found is None or not 0 <= found <= 1:
        raise HearingAIError(f"`{argument}` must be a number from 0 to 1. Received: {value!r}")
    return found


def limits(argument, value, lowest=-math.inf, above=-math.inf):
    """Return `value`, a number or a pair `(lowest, highest)`, as a pair of floats.

    Args:
        argument: Name of the argument, for the error.
        value: What was given.
        lowest: Neither may be less.
        above: Both must be greater.
    """
    pair = value if isinstance(value, (list, tuple)) else (value, value)
    numbers = tuple(_number(v) for v in pair)
    good = len(numbers) == 2 and None not in numbers and numbers[0] <= numbers[1]
    if not good or numbers[0] < lowest or numbers[0] <= above:
        least = f" from {lowest:g}" if lowest > -math.inf else ""
        least = f" above {above:g}" if above > -math.inf else least
        raise HearingAIError(
            f"`{argument}` must be a number{least} or a pair of them, the lower one first. "
            f"Received: {value!r}"
        )
    return numbers


def _number(value):
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if fits else None
