"""Checks of plain arguments: each returns the value, or raises an error that names it."""

from ..errors import HearingAIError


def choose(argument, value, allowed):
    """Return `value` if it is one of `allowed`, else raise an error that names the argument."""
    if value not in allowed:
        names = ", ".join(repr(a) for a in allowed)
        raise HearingAIError(f"`{argument}` must be one of {names}. Received: {value!r}")
    return value


def positive(argument, value, whole=False):
    """Return `value` as a positive number (an int with `whole`), else raise an error."""
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if number is None and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        number = value.item()
    if number is None or not 0 < number < float("inf") or (whole and number != int(number)):
        kind = "a positive whole number" if whole else "a positive number"
        raise HearingAIError(f"`{argument}` must be {kind}. Received: {value!r}")
    return int(number) if whole else float(number)


def whole(argument, value):
    """Return `value` as an int from 0, else raise an error that names the argument."""
    number = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    fits = isinstance(number, (int, float)) and not isinstance(number, bool)
    if not fits or not float(number).is_integer() or number < 0:
        raise HearingAIError(f"`{argument}` must be a whole number from 0. Received: {value!r}")
    return int(number)
