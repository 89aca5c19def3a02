"""The entries of a training record that are computed with, checked in files from strangers."""

import math
from typing import Any

from ..errors import HearingAIError
from ..tables.class_types import is_told

MOST_METRICS = 16  # beside the accuracy
_MOST_ODDS = 1e6


def check_record(record: Any, labels: Any) -> None:
    """Refuse a record whose entries are of another kind than ours.

    Args:
        record: A dict, or `None`.
        labels: The labels of its classifier.

    Raises:
        HearingAIError: It names the entry and what it holds.
    """
    if record is None:
        return
    if not isinstance(record, dict):
        raise HearingAIError(f"its training record must be a dict. It is: {str(record)[:80]}")
    checks = {
        "history": lambda rows: isinstance(rows, list) and all(map(_is_row, rows)),
        "trained_on": lambda found: isinstance(found, list) and all(map(_is_text, found)),
        "threshold": lambda found: found is None or _is_number(found),
        "thresholds": lambda found: found is None or _are_levels(found, labels, 1),
        "stream_odds": lambda found: found is None or _are_levels(found, labels, _MOST_ODDS),
        "calibration": lambda found: found is None or _is_calibration(found),
        "best_epoch": lambda found: found is None or isinstance(found, int),
        "gate": lambda found: found is None or _is_gate(found, labels),
        "classes": lambda found: found is None or is_told(found),
        "from_generator": lambda found: isinstance(found, bool),
        "spoken": lambda found: _is_spoken(found, labels),
    }
    for name, fits in checks.items():
        if name in record and not fits(record[name]):
            raise HearingAIError(
                f"`{name}` of its training record is damaged. It is: {str(record[name])[:80]}"
            )


def check_compile_settings(settings: Any) -> None:
    """Raise an error unless it is what `compile()` sets, plain values; `fit` checks their names.

    Args:
        settings: A dict, or `None`.

    Raises:
        HearingAIError: It names the entry and what it holds.
    """
    if settings is None:
        return
    named = (str, dict)
    checks = {
        "optimizer": lambda found: isinstance(found, str),
        "optimizer_options": lambda found: isinstance(found, dict),
        "learning_rate": lambda found: _is_number(found) and found > 0,
        "loss": lambda found: isinstance(found, named),
        "metrics": lambda found: (
            isinstance(found, list)
            and len(found) <= MOST_METRICS
            and all(isinstance(metric, named) for metric in found)
        ),
    }
    if not isinstance(settings, dict) or not settings.keys() <= checks.keys():
        raise HearingAIError(f"its `compile_settings` are damaged. They are: {str(settings)[:80]}")
    for name, value in settings.items():
        if not checks[name](value):
            raise HearingAIError(
                f"`{name}` of its `compile_settings` is damaged. It is: {str(value)[:80]}"
            )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, (int, float)) and math.isfinite(value)
    except OverflowError:  # whole numbers of JSON may have thousands of digits
        return False


def _names(labels: Any) -> set[str]:
    """The labels that are text; a set, since a file may hold a million."""
    return set(filter(_is_text, labels)) if isinstance(labels, (list, tuple)) else set()


def _is_row(row: Any) -> bool:
    """Whether it is the history of one epoch; a diverged training has losses that are NaN."""
    kinds = (int, float, type(None))
    return isinstance(row, dict) and all(isinstance(value, kinds) for value in row.values())


def _are_levels(levels: Any, labels: Any, most: float) -> bool:
    """Whether it is a number above 0 and up to `most` for some of the labels."""
    if not isinstance(levels, dict) or not levels.keys() <= _names(labels):
        return False
    return all(
        _is_number(level) and not isinstance(level, bool) and 0 < level <= most
        for level in levels.values()
    )


def _is_calibration(found: Any) -> bool:
    """Whether it is what `calibrate` said."""
    if not isinstance(found, dict) or found.keys() != {"method", "n", "before", "after"}:
        return False
    errors = [found[name] for name in ("before", "after") if found[name] is not None]
    told = _is_text(found["method"]) and _is_number(found["n"]) and found["n"] >= 0
    return told and all(_is_number(error) and 0 <= error <= 1 for error in errors)


def _is_spoken(spoken: Any, labels: Any) -> bool:
    """Whether it is what `word_classifier` said: its arguments, and nothing else."""
    checks = {
        "words": lambda found: isinstance(found, dict) and all(map(_are_texts, found.values())),
        "language": _is_text,
        "voices": lambda found: isinstance(found, int),
        "others": _are_texts,
        "duration": _is_number,
        "epochs": lambda found: found is None or isinstance(found, int),
        "synthesizer": _is_text,
    }
    if not isinstance(spoken, dict) or spoken.keys() != checks.keys():
        return False
    if not all(fits(spoken[name]) for name, fits in checks.items()):
        return False
    return spoken["words"].keys() <= _names(labels)


def _are_texts(found: Any) -> bool:
    return isinstance(found, list) and all(map(_is_text, found))


def _is_gate(gate: Any, labels: Any) -> bool:
    if not isinstance(gate, dict):
        return False
    target = gate.get("target", [])
    names = [target] if isinstance(target, str) else target
    known = isinstance(names, list) and all(map(_is_text, names)) and set(names) <= _names(labels)
    numbers = ("threshold", "low", "attack", "hold", "release", "hop")
    return known and all(
        _is_number(gate[name]) and gate[name] >= 0 for name in numbers if name in gate
    )
