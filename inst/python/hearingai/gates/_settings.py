"""A gate's settings: as given, else as learnt by `train_gate`, else derived from the classifier."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, TypedDict

from typing_extensions import Unpack

from ..classifier.protocol import Classifier, check_classifier
from ..errors import HearingAIError
from ..events.windows import Grid, exact, grid_of
from ..runtime.arguments import name_list
from ..runtime.shared_options import Option, shared_options
from ..tables.rest_labels import is_rest, wanted
from ._curve import GateRules

LOW = 0.7  # of the threshold
_ATTACK = 0.01
_RELEASE = 0.1
_HOPS = 16  # a window


@dataclass(frozen=True)
class GateSettings:
    """The settings of a gate, made by `gate_settings`.

    Attributes:
        target: The labels that are let through.
        columns: Their positions among the classifier's labels.
        grid: The `Grid` of the windows.
        rules: The `GateRules`.
        lookahead: Seconds, a `Fraction`.
    """

    target: tuple[str, ...]
    columns: tuple[int, ...]
    grid: Grid
    rules: GateRules
    lookahead: Fraction

    def plain(self) -> dict[str, Any]:
        """The settings as a dict of plain values."""
        rules = self.rules
        named = {name: getattr(rules, name) for name in ("threshold", "low", "range_db")}
        named |= {name: getattr(rules, name) for name in ("attack", "hold", "release")}
        return (
            {"target": list(self.target)}
            | named
            | {
                "lookahead": float(self.lookahead),
                "hop": float(self.grid.hop),
                "window": float(self.grid.window),
            }
        )


class GateOptions(TypedDict, total=False):
    """The options of a gate, as `gate` and `Gate` take them."""

    threshold: Annotated[
        float | None,
        Option(
            None,
            "Probability at which the gate opens; `None` takes what `train_gate` learnt, else 0.5.",
        ),
    ]
    low: Annotated[
        float | None,
        Option(
            None,
            "Probability below which the gate closes; `None` takes the same share of the threshold "
            "as `train_gate` learnt, else 0.7 of it.",
        ),
    ]
    range_db: Annotated[
        float, Option(-40.0, "Gain of the closed gate, dB; `-inf` silences the sound.")
    ]
    attack: Annotated[
        float | None,
        Option(None, "Seconds from closed to open; `None` takes what was learnt, else 0.01."),
    ]
    hold: Annotated[
        float | None,
        Option(
            None,
            "Seconds that the gate stays open after the last window that kept it open; `None` "
            "takes what was learnt, else half a window, which is how far a window blurs the end "
            "of a sound.",
        ),
    ]
    release: Annotated[
        float | None,
        Option(None, "Seconds from open to closed; `None` takes what was learnt, else 0.1."),
    ]
    lookahead: Annotated[
        float | None,
        Option(
            None,
            "Seconds of sound after a sample that its gain depends on. With 0 the gate opens half "
            "a window late, with half a window when the sound begins; `None` takes half a window, "
            "a hop and the attack, so that it is open when the sound begins.",
        ),
    ]
    hop: Annotated[
        float | None,
        Option(
            None,
            "Seconds from the start of a window to the start of the next; `None` takes what was "
            "learnt, else a sixteenth of a window.",
        ),
    ]


@shared_options
def gate_settings(
    classifier: Classifier,
    target: str | Sequence[str] | None = None,
    **options: Unpack[GateOptions],
) -> GateSettings:
    """Check the settings of a gate, and fill in those that are not given.

    Args:
        classifier: A classifier of sound.
        target: The label or labels to let through.
        **options: See `GateOptions`.
    """
    check_classifier(classifier)
    learnt = classifier.record.get("gate") or {}
    names = _target(classifier, target, learnt)
    grid = grid_of(classifier, hop=learnt.get("hop") if options["hop"] is None else options["hop"])
    if options["hop"] is None and "hop" not in learnt:
        grid = replace(grid, hop=_hop(grid))
    threshold, low = options["threshold"], options["low"]
    opens = _level("threshold", learnt.get("threshold", 0.5) if threshold is None else threshold)
    share = learnt["low"] / learnt["threshold"] if learnt.get("threshold") else LOW
    keeps = opens * share if low is None else _level("low", low)
    if keeps > opens:
        raise HearingAIError(
            f"`low` must be at most `threshold`. Received: {keeps:g} and {opens:g}"
        )
    window = float(grid.window)
    usual = {"attack": _ATTACK, "hold": window / 2, "release": _RELEASE} | {
        name: learnt[name] for name in ("attack", "hold", "release") if name in learnt
    }
    given = {"attack": options["attack"], "hold": options["hold"], "release": options["release"]}
    times = {n: _seconds(n, usual[n] if v is None else v) for n, v in given.items()}
    if options["lookahead"] is None:
        lookahead = grid.window / 2 + grid.hop + exact(times["attack"])
    else:
        lookahead = exact(_seconds("lookahead", options["lookahead"]))
    lead = lookahead - grid.window / 2
    rules = GateRules(opens, keeps, _range(options["range_db"]), **times, lead=lead)
    columns = tuple(classifier.labels.index(name) for name in names)
    return GateSettings(names, columns, grid, rules, lookahead)


def _hop(grid: Grid) -> Fraction:
    """A sixteenth of a window, in whole milliseconds where that is one or more."""
    hop = grid.window / _HOPS
    return Fraction(math.floor(1000 * hop), 1000) or max(hop, Fraction(1, grid.sample_rate))


def _target(
    classifier: Classifier, target: str | Sequence[str] | None, learnt: dict[str, Any]
) -> tuple[str, ...]:
    if target is None:
        target = learnt.get("target", classifier.target)
    labels = ", ".join(map(repr, classifier.labels))
    if target is None and any(map(is_rest, classifier.labels)):
        target = wanted(classifier.labels)
    if target is None:
        raise HearingAIError(f"`target` must name the labels to let through, of {labels}")
    names = tuple(name_list("target", target))
    unknown = [name for name in names if name not in classifier.labels]
    if unknown or not names:
        raise HearingAIError(
            f"`target` must name labels of the classifier: {labels}. "
            f"Received: {unknown[0] if unknown else target!r}"
        )
    return tuple(dict.fromkeys(names))


def _number(value: Any) -> float:
    item = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    return item if isinstance(item, (int, float)) and not isinstance(item, bool) else math.nan


def _level(argument: str, value: Any) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise HearingAIError(f"`{argument}` must be a probability from 0 to 1. Received: {value!r}")
    return float(number)


def _seconds(argument: str, value: Any) -> float:
    number = _number(value)
    if not 0 <= number <= 60:
        raise HearingAIError(f"`{argument}` must be seconds from 0 to 60. Received: {value!r}")
    return float(number)


def _range(value: Any) -> float:
    number = _number(value)
    if not number <= 0:
        raise HearingAIError(
            f"`range_db` must be the gain of the closed gate in dB, 0 or less. Received: {value!r}"
        )
    return float(number)
