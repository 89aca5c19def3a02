"""The tables of an annotation."""

import numpy as np
import pandas as pd

from ..events.windows import Grid
from .recordings import Recording


def recordings_table(found: list[tuple[str | None, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame({"fname": pd.Series([fname for fname, *_ in found], dtype=object)})
    for i, name in enumerate(("start", "seconds"), 1):
        table[name] = np.array([row[i] for row in found], dtype="float64")
    return table


def windows_table(
    found: list[tuple[Recording, np.ndarray, float]], grid: Grid, labels: list[str]
) -> pd.DataFrame:
    """The table of windows; `found` holds `(recording, probabilities, seconds)` of each."""
    counts = [len(probabilities) for _, probabilities, _ in found]
    rows = [probabilities for _, probabilities, _ in found]
    values = np.concatenate([np.zeros((0, len(labels)), "float32"), *rows])
    starts = np.array([float(k * grid.hop) for k in range(max(counts, default=0))])
    table = pd.DataFrame(values, columns=[f"prob_{label}" for label in labels], copy=False)
    names = np.repeat(np.array([part.fname for part, _, _ in found], dtype=object), counts)
    begins, ends = [np.zeros(0)], [np.zeros(0)]
    for (part, _, seconds), n in zip(found, counts, strict=True):
        begins.append(part.start + starts[:n])
        ends.append(part.start + np.minimum(starts[:n] + float(grid.window), seconds))
    table.insert(0, "fname", pd.Series(names, dtype=object))
    table.insert(1, "start", np.concatenate(begins))
    table.insert(2, "end", np.concatenate(ends))
    return table
