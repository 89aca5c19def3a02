"""How probabilities in time are to become events: thresholds, smoothing, durations, labels."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..errors import HearingAIError
from .windows import exact

_LOW = 0.7  # of the threshold


@dataclass(frozen=True)
class Rules:
    """How probabilities become events, made by `event_rules`.

    Attributes:
        labels: Names of the columns of probabilities.
        reported: Positions of the labels that are reported.
        threshold: Array: what each reported label needs to open an event.
        low: Array: what it needs to keep it open.
        smooth: Seconds, a `Fraction`.
        min_duration: Seconds, a `Fraction`.
        min_gap: Seconds, a `Fraction`.
    """

    labels: tuple
    reported: np.ndarray
    threshold: np.ndarray
    low: np.ndarray
    smooth: Fraction
    min_duration: Fraction
    min_gap: Fraction


def event_rules(
    all_labels,
    grid,
    threshold=0.5,
    low=None,
    smooth=None,
    min_duration=0.0,
    min_gap=0.0,
    labels=None,
    ignore=None,
):
    """Check how probabilities are to become events; see `annotate` for the arguments."""
    names = tuple(all_labels)
    ignored = _names("ignore", ignore or None, (), names)
    chosen = [name for name in _names("labels", labels, names, names) if name not in ignored]
    if not chosen:
        raise HearingAIError("`ignore` leaves no label to report")
    opens = _levels("threshold", threshold, chosen, names, dict.fromkeys(chosen, 0.5))
    usual = {name: _LOW * level for name, level in opens.items()}
    keeps = _levels("low", usual if low is None else low, chosen, names, usual)
    for name in chosen:
        if keeps[name] > opens[name]:
            raise HearingAIError(
                f"`low` must be at most `threshold`. Received: {keeps[name]:g} and "
                f"{opens[name]:g} for {name!r}"
            )
    times = {"smooth": grid.window / 2 if smooth is None else smooth}
    times |= {"min_duration": min_duration, "min_gap": min_gap}
    return Rules(
        names,
        np.array([names.index(name) for name in chosen]),
        np.array([opens[name] for name in chosen]),
        np.array([keeps[name] for name in chosen]),
        **{argument: _time(argument, value) for argument, value in times.items()},
    )


def _names(argument, given, default, known):
    if given is None:
        return list(default)
    given = [given] if isinstance(given, str) else list(given)
    unknown = [name for name in given if name not in known]
    if unknown or not given:
        raise HearingAIError(
            f"`{argument}` must name labels of the classifier: {', '.join(map(repr, known))}. "
            f"Received: {unknown[0] if unknown else given!r}"
        )
    return list(dict.fromkeys(given))


def _levels(argument, given, chosen, known, usual):
    """A probability for each chosen label."""
    if not isinstance(given, dict):
        given = dict.fromkeys(chosen, given)
    else:
        _names(argument, list(given), (), known)
    levels = usual | {name: given[name] for name in chosen if name in given}
    for name, level in levels.items():
        number = isinstance(level, (int, float, np.floating)) and not isinstance(level, bool)
        if not number or not 0 < level <= 1:
            raise HearingAIError(
                f"`{argument}` must be a probability above 0, or a dict of them by label. "
                f"Received: {level!r}"
            )
        levels[name] = float(level)
    return levels


def _time(argument, value):
    if isinstance(value, Fraction):
        return value
    number = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    real = isinstance(number, (int, float)) and not isinstance(number, bool)
    if not real or not 0 <= number < math.inf:
        raise HearingAIError(f"`{argument}` must be seconds, from 0. Received: {value!r}")
    return exact(number)
