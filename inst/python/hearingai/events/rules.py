"""How probabilities in time become events: thresholds, smoothing, durations, labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from typing_extensions import Unpack

from ..classifier.protocol import Classifier
from ..errors import HearingAIError
from ..runtime.arguments import name_list
from ..runtime.shared_options import pick, shared_options
from ..tables.rest_labels import wanted
from .options import EventOptions, RuleOptions, WindowOptions
from .windows import Grid, exact, grid_of

USUAL_THRESHOLD = 0.5
_LOW = 0.7  # of the threshold
_LONGEST = 86_400  # seconds, of a time in these rules


@dataclass(frozen=True)
class Rules:
    """How probabilities become events: the options, checked.

    Attributes:
        labels: Names of the columns of probabilities.
        reported: Positions of the labels that are reported.
        threshold: Array: the probability at which each reported label's events start.
        low: Array: the probability below which they end.
        smooth: Seconds, a `Fraction`.
        min_duration: Seconds, a `Fraction`.
        min_gap: Seconds, a `Fraction`.
        refractory: Seconds, a `Fraction`.
    """

    labels: tuple[str, ...]
    reported: np.ndarray
    threshold: np.ndarray
    low: np.ndarray
    smooth: Fraction
    min_duration: Fraction
    min_gap: Fraction
    refractory: Fraction


def grid_and_rules(classifier: Classifier, options: EventOptions) -> tuple[Grid, Rules]:
    """Check the options of events, for a classifier.

    Args:
        classifier: A classifier of sound.
        options: The options; those that are not given have their defaults.

    Returns:
        The `Grid` of the windows, and the `Rules` by which their probabilities become events.

    Raises:
        HearingAIError: An option is out of range, or the classifier takes embeddings.
    """
    grid = grid_of(classifier, **pick(WindowOptions, options))
    own, rules = own_thresholds(classifier), pick(RuleOptions, options)
    return grid, event_rules(classifier.labels, grid, own, **rules)


def own_thresholds(classifier: Classifier) -> dict[str, float]:
    """The thresholds that `choose_thresholds` stored in a classifier, by label; may be none."""
    return dict(classifier.record.get("thresholds") or {})


@shared_options
def event_rules(
    all_labels: Iterable[str],
    grid: Grid,
    own: Mapping[str, float] | None = None,
    **options: Unpack[RuleOptions],
) -> Rules:
    """Check the rules by which probabilities become events.

    Args:
        all_labels: Names of the columns of probabilities.
        grid: The `Grid` of the windows.
        own: Thresholds of the classifier's own, by label.
        **options: See `RuleOptions`.
    """
    names, low, smooth = tuple(all_labels), options["low"], options["smooth"]
    ignored = _names("ignore", _none_of_none(options["ignore"]), (), names)
    asked = _names("labels", options["labels"], wanted(names), names)
    chosen = [name for name in asked if name not in ignored]
    if not chosen:
        raise HearingAIError("`ignore` leaves no label to report")
    learnt = {name: (own or {}).get(name, USUAL_THRESHOLD) for name in chosen}
    given = options["threshold"]
    opens = _levels("threshold", learnt if given is None else given, chosen, names, learnt)
    usual = {name: _LOW * level for name, level in opens.items()}
    keeps = _levels("low", usual if low is None else low, chosen, names, usual)
    for name in chosen:
        if keeps[name] > opens[name]:
            raise HearingAIError(
                f"`low` must be at most `threshold`. Received: {keeps[name]:g} and "
                f"{opens[name]:g} for {name!r}"
            )
    return Rules(
        labels=names,
        reported=np.array([names.index(name) for name in chosen]),
        threshold=np.array([opens[name] for name in chosen]),
        low=np.array([keeps[name] for name in chosen]),
        smooth=_time("smooth", grid.window / 2 if smooth is None else smooth),
        min_duration=_time("min_duration", options["min_duration"]),
        min_gap=_time("min_gap", options["min_gap"]),
        refractory=_time("refractory", options["refractory"]),
    )


def _none_of_none(names: Any) -> Any:
    """`None` for an empty list: it ignores nothing."""
    return None if isinstance(names, (list, tuple, str)) and not names else names


def _names(
    argument: str, given: str | Iterable[str] | None, default: Iterable[str], known: Sequence[str]
) -> list[str]:
    """The labels that an option names, each once."""
    if given is None:
        return list(default)
    wanted = name_list(argument, given)
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        raise HearingAIError(
            f"`{argument}` must name labels of the classifier: {', '.join(map(repr, known))}. "
            f"Received: {unknown[0] if unknown else wanted!r}"
        )
    return list(dict.fromkeys(wanted))


def _levels(
    argument: str, given: Any, chosen: list[str], known: Sequence[str], usual: dict[str, float]
) -> dict[str, float]:
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
                f"`{argument}` must be a probability above 0, or several named by label. "
                f"Received: {level!r}"
            )
        levels[name] = float(level)
    return levels


def _time(argument: str, value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    number = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    real = isinstance(number, (int, float)) and not isinstance(number, bool)
    if not real or not 0 <= number <= _LONGEST:
        raise HearingAIError(
            f"`{argument}` must be seconds, from 0 to {_LONGEST}. Received: {value!r}"
        )
    return exact(number)
