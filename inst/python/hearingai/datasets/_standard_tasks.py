"""The standard tasks of Speech Commands: 12, 30 or 35 classes."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from ..errors import HearingAIError
from ..tables.rest_labels import SILENCE, UNKNOWN
from ..tables.stretches import stretches

_TEN = ("down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes")
_THIRTY = (
    *(*_TEN, "bed", "bird", "cat", "dog", "eight", "five", "four", "happy", "house", "marvin"),
    *("nine", "one", "seven", "sheila", "six", "three", "tree", "two", "wow", "zero"),
)
_ADDED = ("backward", "follow", "forward", "learn", "visual")  # by version 0.02
_NEEDED = {12: _TEN, 30: _THIRTY, 35: (*_THIRTY, *_ADDED)}

TASKS = tuple(_NEEDED)
TESTED = (f"_{SILENCE}_", f"_{UNKNOWN}_")  # folders of the archives that hold a test set alone
SECONDS = 1.0
_SEED = 59185  # of input_data.py

Row = tuple[str, str, str, str, float | None, float | None]
"""`(class, fname, speaker, split, start, end)` of a clip."""


def words_for(task: int, found: Collection[str], folder: Path) -> list[str]:
    """The folders that a task is made of, of those found; an error names words that lack."""
    lacking = sorted(set(_NEEDED[task]) - set(found))
    if lacking:
        hint = "; version 0.02 has them" if set(lacking) <= set(_ADDED) else ""
        raise HearingAIError(
            f"`task={task}` needs words that `{folder}` has no clips of: {', '.join(lacking)}{hint}"
        )
    return sorted(found if task == 12 else _NEEDED[task])


def twelve_classes(rows: Sequence[Row], noise: pd.DataFrame | None) -> list[Row]:
    """The ten words, a sample of the others as `unknown`, and stretches of noise as `silence`.

    Args:
        rows: The clips of all words.
        noise: The recordings of noise, as `background_noise` lists them; `None` for a test set,
            which has both classes.
    """
    if noise is None:
        return [(row[0].strip("_"), *row[1:3], "test", *row[4:]) for row in rows]
    kept = [row for row in rows if row[0] in _TEN]
    others = sorted((row for row in rows if row[0] not in _TEN), key=_drawn)
    if not others:
        raise HearingAIError("`task=12` needs other words than the ten: they are its `unknown`")
    sizes = Counter(row[3] for row in kept)
    unknown = []
    for split, n in sizes.items():
        unknown += [row for row in others if row[3] == split][: _tenth(n)]
    recordings = _dealt(noise)
    if sizes["train"] < len(kept) / 4:  # a part of the data set, which is to be split anew
        cut = _cut(list(recordings), len(kept))
    else:
        parts = {s: [part for part, split in recordings.items() if split == s] for s in sizes}
        cut = [c for s in sizes if parts[s] for c in _cut(parts[s], sizes[s])]
    split_of = {fname: split for (fname, _, _), split in recordings.items()}
    silence = [(SILENCE, f, Path(f).stem, split_of[f], start, end) for f, start, end in cut]
    return [*kept, *((UNKNOWN, *row[1:]) for row in unknown), *silence]


def _tenth(n: int) -> int:
    return math.ceil(n / 10)


def _cut(parts: list[tuple[str, float, float]], n_words: int) -> list[tuple[str, float, float]]:
    """Stretches of silence beside so many words."""
    return stretches(parts, _tenth(n_words), SECONDS, _SEED)


def _drawn(row: Row) -> str:
    """A key that puts clips in a random order, the same for every copy of the data."""
    return hashlib.sha1(f"{_SEED}/{row[0]}/{Path(row[1]).name}".encode()).hexdigest()


def _dealt(noise: pd.DataFrame) -> dict[tuple[str, float, float], str]:
    """The split of each recording of noise: of three the first tests, the second validates."""
    long = noise[noise["duration"] >= SECONDS]
    parts = [(row.fname, 0.0, row.duration) for row in long.itertuples()]
    if not parts:
        raise HearingAIError(
            f"`task=12` needs recordings of noise of {SECONDS:g} s at least in `_background_noise_`"
        )
    splits = [*("test", "validation")[: len(parts) - 1], *["train"] * len(parts)]
    return dict(zip(parts, splits, strict=False))
