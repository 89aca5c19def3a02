"""The class `background`: stretches of recordings in which none of the classes occurs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..audio.files import read_headers, warn_left_out
from ..clips.clip_format import ClipFormat
from ..clips.recordings import recording_parts
from ..errors import AudioFileError, HearingAIError, readable
from ..tables.clip_table import check_clips
from ..tables.recordings import GROUPS
from ..tables.rest_labels import BACKGROUND
from ..tables.stretches import stretches


class Background:
    """Recordings without any of the classes, of which clips are cut.

    Args:
        background: See `fit`.
        clip_format: The format of the clips; `None` for a classifier of embeddings.
        seed: Decides which recordings validate, and the stretches.
        partial: Whether recordings that are truncated or damaged count as far as they go.

    Attributes:
        files: The recordings that are as long as a clip at least, in a random order.
    """

    def __init__(
        self, background: Any, clip_format: ClipFormat | None, seed: int, partial: bool = False
    ) -> None:
        if clip_format is None:
            raise HearingAIError("`background` is sound, and the classifier takes embeddings")
        self._seconds, self._seed = clip_format.samples / clip_format.sample_rate, seed
        parts = recording_parts("background", background)
        files = list(dict.fromkeys(fname for fname, _, _ in parts))
        found, problems = read_headers(files, partial=partial)
        lengths = {fname: info["duration"] for fname, info in found}
        self._parts: dict[str, list[tuple[str, float, float]]] = {}
        for fname, start, duration in parts:
            whole = lengths.get(fname)
            if whole is None:
                continue
            end = whole if duration is None else min(whole, start + duration)
            if end - start >= self._seconds:
                self._parts.setdefault(fname, []).append((fname, start, end))
            else:
                reason = f"is shorter than a clip of {self._seconds:g} s"
                problems.append(AudioFileError(fname, reason))
        if not self._parts:
            first = problems[0]
            raise HearingAIError(
                f"`background` holds no recording that can be used: {readable(first.path)} "
                f"{first.reason}{f', and {len(problems) - 1} more' if problems[1:] else ''}"
            )
        warn_left_out(problems, "recording(s) of `background`")
        usable = list(self._parts)
        self.files = [usable[i] for i in np.random.default_rng(seed).permutation(len(usable))]

    def beside(self, clips: pd.DataFrame, files: list[str], labels: Any = None) -> pd.DataFrame:
        """A table of clips with stretches of some of the files, as many as its mean class has.

        Args:
            clips: A checked table.
            files: Of `files`.
            labels: The classes of the classifier; `None` for those of the table.
        """
        if BACKGROUND in set(clips["class"]):
            raise HearingAIError(
                "`background` adds a class of that name, which `clips` has already: rename it, or "
                "leave `background` out"
            )
        if not files:
            return clips
        n = round(len(clips) / clips["class"].nunique())
        parts = [part for fname in files for part in self._parts[fname]]
        names, starts, ends = zip(*stretches(parts, n, self._seconds, self._seed), strict=True)
        cut = {"fname": pd.Series(names, dtype=object), "class": BACKGROUND}
        cut |= {"start": starts, "end": ends} | {name: names for name in GROUPS if name in clips}
        return check_clips(pd.concat([clips, pd.DataFrame(cut)], ignore_index=True), labels)

    def in_split(self, split: dict[str, Any], labels: Any = None) -> dict[str, Any]:
        """Add the class to the training and validation clips of `partition`, by recording.

        Of a single recording all stretches train.
        """
        train, held = split["train"], split["validation"]
        n = 0
        if held is not None:
            share = len(held) / (len(train) + len(held))
            n = min(max(1, round(share * len(self.files))), len(self.files) - 1)
            split = split | {"validation": self.beside(held, self.files[:n], labels)}
        return split | {"train": self.beside(train, self.files[n:], labels)}

    def in_folds(self, clips: pd.DataFrame, dealt: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
        """Add the class to a table whose clips are dealt to folds, recording by recording.

        Returns:
            `(clips, dealt)`: the stretches come last.
        """
        table = self.beside(clips, self.files)
        folds = list(dict.fromkeys(dealt.dropna()))
        fold_of = {fname: folds[i % len(folds)] for i, fname in enumerate(self.files)}
        more = [fold_of[fname] for fname in table["fname"][len(clips) :]]
        index = table.index[len(clips) :]
        return table, pd.concat([dealt, pd.Series(more, index, dtype=dealt.dtype)])
