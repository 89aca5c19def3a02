"""The entries of a training record that are computed with, checked in files from strangers."""

import math
from typing import Any

from ..errors import HearingAIError
from ..tables.class_types import is_told


def check_record(record: Any, labels: Any) -> None:
    """Refuse a record whose entries are of another kind than `fit` and `train_gate` write.

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
        "best_epoch": lambda found: found is None or isinstance(found, int),
        "gate": lambda found: found is None or _is_gate(found, labels),
        "classes": lambda found: found is None or is_told(found),
    }
    for name, fits in checks.items():
        if name in record and not fits(record[name]):
            raise HearingAIError(
                f"`{name}` of its training record is damaged. It is: {str(record[name])[:80]}"
            )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _is_row(row: Any) -> bool:
    """Whether it is the history of one epoch; a diverged training has losses that are NaN."""
    kinds = (int, float, type(None))
    return isinstance(row, dict) and all(isinstance(value, kinds) for value in row.values())


def _is_gate(gate: Any, labels: Any) -> bool:
    if not isinstance(gate, dict) or not isinstance(labels, (list, tuple)):
        return False
    target = gate.get("target", [])
    names = [target] if isinstance(target, str) else target
    known = isinstance(names, list) and all(name in labels for name in names)
    numbers = ("threshold", "low", "attack", "hold", "release", "hop")
    return known and all(
        _is_number(gate[name]) and gate[name] >= 0 for name in numbers if name in gate
    )
