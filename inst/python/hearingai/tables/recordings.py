"""What is of one recording: parts of one file, which resemble each other as no others do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import first_few, readable, warn

GROUPS = ("speaker", "source", "fold")  # columns whose values must not straddle a split
_NAMED = 3  # recordings that a warning names


def group_of(clips: pd.DataFrame) -> str | None:
    """The column whose values must not straddle a split; `None` where none has two values."""
    return next((g for g in GROUPS if g in clips and clips[g].nunique() > 1), None)


def recordings_of(clips: pd.DataFrame) -> pd.Series | None:
    """The recording of each clip: the table's column `recording`, else its file.

    `None` where each clip is a recording of its own, for embeddings, of which a file holds those of
    many recordings, and for sound that is in no file.
    """
    if "record" in clips or clips["fname"].isna().any():
        return None
    names = recording_names(clips)
    return names if names.duplicated().any() else None


def recording_names(clips: pd.DataFrame) -> pd.Series:
    """The recording of each row: the table's column `recording`, else its file."""
    files = files_of(clips)
    if "recording" not in clips:
        return files
    return texts_of(clips["recording"]).where(clips["recording"].notna(), files)


def files_of(clips: pd.DataFrame) -> pd.Series:
    """The file of each row, the same however its path is written."""
    names = [os.path.abspath(f) for f in clips["fname"]]  # noqa: PTH100 (links stay)
    return pd.Series(names, clips.index, dtype=object)  # names of any bytes


def texts_of(column: pd.Series) -> pd.Series:
    """A column as text: objects, since pandas' own text refuses names that are not UTF-8."""
    return pd.Series([str(value) for value in column], column.index, dtype=object)


def together(clips: pd.DataFrame, by: str | None) -> np.ndarray | None:
    """A number for each clip, the same where they belong together: by recording, and by `by`.

    Two groups with a recording in common are one. `None` where no recording has several clips.
    """
    recordings = recordings_of(clips)
    if recordings is None:
        return None
    bound = [pd.factorize(recordings.to_numpy())[0]]
    if by is not None:
        bound.append(pd.factorize(texts_of(clips[by]).to_numpy())[0])
    group = bound[-1]
    while len(bound) > 1:  # the smallest number spreads along recordings and groups
        before = group
        for key in bound:
            group = pd.Series(group).groupby(key).transform("min").to_numpy()
        if (group == before).all():
            break
    return group


def warn_of_straddling(clips: pd.DataFrame, side: Any, where: str) -> None:
    """Warn where parts of one recording lie on several sides of a split.

    Args:
        clips: A table of clips.
        side: The side of each clip; missing where it is on none.
        where: What the sides are, such as "of the split".
    """
    recordings = recordings_of(clips)
    if recordings is None or not {"start", "end", "recording"} & set(clips):
        return  # the same file twice is told of as a copy, when its sound is known
    number, known = pd.factorize(recordings.to_numpy(), sort=True)
    sides = pd.Series(np.asarray(side, dtype=object)).groupby(number).nunique()
    names = [readable(Path(known[i]).name) for i in sides.index[sides > 1]]
    if names:
        warn(
            f"parts of one recording lie on several sides {where}: {first_few(names, _NAMED)}. "
            f"They resemble each other, so the numbers flatter the classifier; "
            f"split_clips() keeps the parts of a recording together"
        )
