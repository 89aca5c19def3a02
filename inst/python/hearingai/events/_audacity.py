"""Audacity's label tracks: a line a label, and a second one where it has a range of frequencies."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from ..errors import HearingAIError
from .tables import as_seconds, in_one_line

_RANGE = "\\"  # a line that begins with it belongs to the label before


def is_label(line: str) -> bool:
    """Whether a line is a label: start, end and text, separated by tabs."""
    start, end, _ = [*line.split("\t", 2), "", ""][:3]
    try:
        return math.isfinite(as_seconds(start)) and math.isfinite(as_seconds(end))
    except ValueError:
        return False


def labels_of(lines: Iterable[str]) -> pd.DataFrame:
    """The labels of a track by their lines: `start`, `end`, `label`; `low`, `high` if it has any.

    Raises:
        HearingAIError: A line is neither a label nor a range of frequencies.
    """
    rows: dict[int, list] = {}
    last = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if line.startswith(_RANGE) and last:
            rows[last][3:] = _bounds(line, number)
        elif is_label(line):
            start, end, label = [*line.split("\t", 2), ""][:3]
            last = number
            rows[last] = [as_seconds(start), as_seconds(end), label, math.nan, math.nan]
        elif not line.startswith(_RANGE):
            raise HearingAIError(
                f"line {number} is not a label: start, end and text, separated by tabs. "
                f"Received: {line[:60]!r}"
            )
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["start", "end", "label", "low", "high"]
    )
    table = table.astype({"label": object} | dict.fromkeys(("start", "end", "low", "high"), float))
    table = table.drop(columns=[name for name in ("low", "high") if table[name].isna().all()])
    return table.rename_axis(index="line")


def _bounds(line: str, number: int) -> list[float]:
    """The range of a line; -1 stands for none."""
    try:
        found = [as_seconds(text) for text in line.split("\t")[1:3]]
    except ValueError:
        raise HearingAIError(
            f"line {number} is not a range of frequencies: a backslash and two numbers, separated "
            f"by tabs. Received: {line[:60]!r}"
        ) from None
    return [bound if bound >= 0 else math.nan for bound in [*found, math.nan, math.nan][:2]]


def lines_of(events: pd.DataFrame) -> str:
    """The text of a label track; the ranges of frequencies where they are known."""
    nothing = pd.Series(float("nan"), events.index)
    columns = [events[name] for name in ("start", "end", "label")]
    columns += [events.get(name, nothing) for name in ("low", "high")]
    text = []
    for start, end, label, low, high in zip(*columns, strict=True):
        text.append(f"{start:.6f}\t{end:.6f}\t{in_one_line(str(label))}\n")
        if not (math.isnan(low) and math.isnan(high)):
            bounds = [-1.0 if math.isnan(bound) else bound for bound in (low, high)]
            text.append(f"{_RANGE}\t{bounds[0]:.6f}\t{bounds[1]:.6f}\n")
    return "".join(text)
