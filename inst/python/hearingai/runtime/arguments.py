"""Checks of plain arguments: each returns the value, or raises an error that names it.

Numbers may be Python's or NumPy's scalars. Booleans, text, arrays, NaN and infinity are no numbers.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ..errors import HearingAIError
from .addresses import address_of

if TYPE_CHECKING:  # NumPy is not loaded for the shell's help
    import numpy as np

_Choice = TypeVar("_Choice")
_LARGEST = sys.float_info.max
_LARGEST_WHOLE = 2**31 - 1  # nothing that is counted here is more
LOWEST_RATE, HIGHEST_RATE = 10, 10_000_000  # Hz; of sound in files
MOST_CHANNELS = 1024  # that libsndfile reads and writes
_LARGEST_SEED = 2**31 - 1  # that every backend takes


def scalar(value: object) -> int | float | None:
    """Return the finite number that `value` is, or `None` where it is none."""
    if getattr(value, "ndim", 1) == 0 and hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) <= _LARGEST else None


def number(
    argument: str,
    value: object,
    *,
    low: float | None = None,
    above: float | None = None,
    high: float | None = None,
    below: float | None = None,
) -> float:
    """Return `value` as a finite float within limits, else raise an error.

    Args:
        argument: Name of the argument, for the error.
        value: What was given.
        low: The smallest number allowed.
        above: What the number must be greater than.
        high: The largest number allowed.
        below: What the number must be less than.
    """
    found = scalar(value)
    if found is None or not _within(found, low, above, high, below):
        limits = _limits(low, above, high, below)
        raise HearingAIError(f"`{argument}` must be a number{limits}. Received: {value!r}")
    return float(found)


def share(argument: str, value: object) -> float:
    """Return `value` as a float from 0 to 1, else raise an error."""
    return number(argument, value, low=0, high=1)


def whole(argument: str, value: object, *, low: int = 0, high: int | None = None) -> int:
    """Return `value` as an int from `low` to `high`, else raise an error."""
    found = scalar(value)
    if found is None or found != int(found) or not _within(found, low, None, high, None):
        limits = _limits(low, None, high, None)
        raise HearingAIError(f"`{argument}` must be a whole number{limits}. Received: {value!r}")
    return int(found)


@overload
def positive(
    argument: str, value: object, *, whole: Literal[False] = False, most: float | None = None
) -> float: ...
@overload
def positive(
    argument: str, value: object, *, whole: Literal[True], most: float | None = None
) -> int: ...
def positive(
    argument: str, value: object, *, whole: bool = False, most: float | None = None
) -> float:
    """Return `value` as a float (an int with `whole`) above 0, at most `most`, else raise."""
    found = scalar(value)
    limit = most if most is not None or not whole else _LARGEST_WHOLE
    if found is None or found <= 0 or (whole and found != int(found)) or found > (limit or found):
        kind = "a positive whole number" if whole else "a positive number"
        if found is not None and limit is not None and found > limit:
            kind += f" of at most {limit:.12g}"
        raise HearingAIError(f"`{argument}` must be {kind}. Received: {value!r}")
    return int(found) if whole else float(found)


def n_batches(argument: str, value: object) -> int:
    """Return a number of batches as an int, its fraction cut off; what is below 1 is 1."""
    return max(1, int(positive(argument, value, most=_LARGEST_WHOLE)))


def flag(argument: str, value: object) -> bool:
    """Return `value` as a bool, else raise an error."""
    plain = value.item() if getattr(value, "ndim", 1) == 0 and hasattr(value, "item") else value
    if not isinstance(plain, bool):
        raise HearingAIError(f"`{argument}` must be `True` or `False`. Received: {value!r}")
    return plain


def name_list(argument: str, value: Any) -> list:
    """Return a list of names (texts or numbers), else raise an error.

    Args:
        argument: Name of the argument, for the error.
        value: A list, or another collection of them; one text is one name.
    """
    given = [value] if isinstance(value, str) else value
    found = list(given) if isinstance(given, Collection) and not isinstance(given, bytes) else None
    if found is None or getattr(value, "ndim", 1) != 1 or not all(map(_is_name, found)):
        came = type(value).__name__ if found is None else repr(value)
        raise HearingAIError(f"`{argument}` must be a list of names. Received: {came}")
    return found


def path_of(argument: str, value: Any) -> Path:
    """Return `value` as a `Path` that the system can look for, else raise an error."""
    address = address_of(value)
    if address is not None:
        raise HearingAIError(f"`{argument}` must be on this machine. Received: {address}")
    try:
        found = Path(value)
        os.lstat(found)
    except TypeError:
        raise HearingAIError(
            f"`{argument}` must name a file or a folder. Received: {value!r}"
        ) from None
    except ValueError as error:  # a zero in it, or text that is none
        raise HearingAIError(f"`{argument}` is no path: {error}. Received: {value!r}") from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise HearingAIError(
                f"`{argument}` is too long for a path. Received: {len(str(value))} characters"
            ) from None
    return found


def recording_path(argument: str, value: Any) -> str:
    """The path of something to hear, checked; an address is asked when it is read."""
    return address_of(value) or str(path_of(argument, value))


def _is_name(value: object) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    return isinstance(value, bool) or scalar(value) is not None


def check_rate(value: object, argument: str = "sample_rate", *, low: int = 1) -> int:
    """Return a sample rate of at least `low` Hz as an int, else raise an error."""
    rate = positive(argument, value, whole=True, most=HIGHEST_RATE)
    if rate < low:
        raise HearingAIError(f"`{argument}` must be at least {low} Hz. Received: {value!r}")
    return rate


def no_rate(rate: float) -> str | None:
    """What is wrong with the rate in a file's header, a clause; `None` for one of sound."""
    if LOWEST_RATE <= rate <= HIGHEST_RATE:
        return None
    return f"has a header that says {rate} Hz, which is no rate of sound"


def check_seed(value: object, *, argument: str = "seed") -> int:
    """Return a seed as an int, else raise an error."""
    return whole(argument, value, low=0, high=_LARGEST_SEED)


def choose(
    argument: str, value: object, allowed: Iterable[_Choice], listed: str | None = None
) -> _Choice:
    """Return the one of `allowed` that equals `value`, else raise an error.

    Args:
        argument: Name of the argument, for the error.
        value: The value.
        allowed: What it can be.
        listed: Where these are listed, if they are too many for the error.
    """
    allowed = tuple(allowed)
    plain = value
    if getattr(value, "ndim", 1) == 0 and hasattr(value, "item"):
        plain = value.item()
    if getattr(plain, "ndim", 0) == 0:  # an array equals many things
        for known in allowed:
            if known == plain and isinstance(known, bool) == isinstance(plain, bool):
                return known
    names = listed or ", ".join(repr(known) for known in allowed)
    raise HearingAIError(
        f"`{argument}` must be one of {names}. Received: {value!r}{_nearest(value, allowed)}"
    )


def finite_array(argument: str, values: Any, *, ndim: int | None = None) -> np.ndarray:
    """Return `values` as an array of finite floats, else raise an error.

    Args:
        argument: Name of the argument, for the error.
        values: Numbers in an array, a list or a table; float32 stays float32.
        ndim: How many dimensions it must have; `None` takes any.
    """
    import numpy as np

    try:
        array = np.asarray(values)
        if array.dtype.kind not in "fiuO":
            raise TypeError
        array = array if array.dtype.kind == "f" else array.astype("float64")
    except (TypeError, ValueError):
        raise HearingAIError(
            f"`{argument}` must be an array of numbers. Received: {type(values).__name__}"
        ) from None
    if not np.isfinite(array).all():
        raise HearingAIError(f"`{argument}` holds values that are not finite (NaN or infinite)")
    if ndim is not None and array.ndim != ndim:
        raise HearingAIError(
            f"`{argument}` must have {ndim} dimension{'s' if ndim != 1 else ''}. "
            f"Received an array of shape {array.shape}"
        )
    return array


def _within(
    found: float, low: float | None, above: float | None, high: float | None, below: float | None
) -> bool:
    return (
        (low is None or found >= low)
        and (above is None or found > above)
        and (high is None or found <= high)
        and (below is None or found < below)
    )


def _limits(low: float | None, above: float | None, high: float | None, below: float | None) -> str:
    """The limits in words, such as " from 0 to 1" or " above 0 and below 1"."""
    least = f" from {low:.12g}" if low is not None else ""
    least = f" above {above:.12g}" if above is not None else least
    to = " to" if low is not None else " and at most" if least else " of at most"
    most = f"{to} {high:.12g}" if high is not None else ""
    to = " to below" if low is not None else " and below" if least else " below"
    most = f"{to} {below:.12g}" if below is not None else most
    return least + most


def _nearest(value: object, allowed: tuple) -> str:
    """The name that misspelt text may have meant, as a question."""
    import difflib

    if not isinstance(value, str):
        return ""
    names = {known.lower(): known for known in allowed if isinstance(known, str)}
    near = difflib.get_close_matches(value.lower(), names, n=1)
    return f". Did you mean {names[near[0]]!r}?" if near else ""
