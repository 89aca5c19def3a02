"""Windows that were taken for words wrongly, as clips to learn from."""

from typing import Any

import numpy as np
import pandas as pd

from ..events.rules import Rules
from ..events.windows import Grid
from ._heard import Hearing
from ._search import peaks_of


def mined_windows(
    mining: Hearing, rules: Rules, grid: Grid, before: pd.DataFrame, most: int, above: float
) -> pd.DataFrame:
    """The windows that are most like each label, none within half a window of another."""
    apart = max(1, int(-(-grid.window // grid.hop)))
    found = []
    for one in mining.recordings:
        rows = one.smoothed(rules, grid)
        for column, place in enumerate(rules.reported):
            for k in peaks_of(rows[:, column], above, apart):
                start = one.start + float(k * grid.hop)
                end = min(start + float(grid.window), one.start + one.seconds)
                row = one.fname, start, end, rules.labels[place], float(rows[k, column])
                found.append(row)
    taken: dict[Any, list[float]] = {
        fname: some["start"].tolist() for fname, some in before.groupby("fname")
    }
    left, chosen = dict.fromkeys(rules.labels, most), []
    for row in sorted(found, key=lambda row: (-row[4], row[0], row[1])):
        near = taken.setdefault(row[0], [])
        if left[row[3]] and all(abs(row[1] - start) > float(grid.window) / 2 for start in near):
            near.append(row[1])
            left[row[3]] -= 1
            chosen.append(row)
    return pd.DataFrame(chosen, columns=["fname", "start", "end", "label", "score"])


def with_mined(clips: pd.DataFrame, mined: pd.DataFrame) -> pd.DataFrame:
    """The training clips and the mined ones, each file of these a source of its own."""
    more = mined[["fname", "start", "end", "class"]]
    more = more.assign(**{name: more["fname"] for name in ("speaker", "source") if name in clips})
    if "split" in clips:
        more = more.assign(split="train")
    times = {"start": 0.0, "end": np.nan}
    if not len(clips):
        return more
    told = clips.assign(**{name: value for name, value in times.items() if name not in clips})
    return pd.concat([told.drop(columns="class_id"), more], ignore_index=True)
