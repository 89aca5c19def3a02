"""The class `background`: stretches of recordings in which none of the classes occurs.

Where clips have any number of labels, they are clips without any.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from ..audio.files import read_headers, warn_left_out
from ..clips.clip_format import ClipFormat
from ..clips.recordings import recording_parts
from ..errors import AudioFileError, HearingAIError, readable
from ..tables.clip_table import check_clips
from ..tables.label_sets import LABELS, LabelSet, class_names, is_multi_label
from ..tables.recordings import GROUPS, files_of, recording_names
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
        recordings: Those that are as long as a clip at least, in a random order.
    """

    def __init__(
        self, background: Any, clip_format: ClipFormat | None, seed: int, partial: bool = False
    ) -> None:
        if clip_format is None:
            raise HearingAIError("`background` is sound, and the classifier takes embeddings")
        self._seconds, self._seed = clip_format.samples / clip_format.sample_rate, seed
        parts = recording_parts("background", background)
        table = pd.DataFrame({"fname": pd.Series([part[0] for part in parts], dtype=object)})
        if isinstance(background, pd.DataFrame) and "recording" in background:
            table["recording"] = background["recording"].to_numpy()
        self._named, files = "recording" in table, files_of(table)
        written = dict(zip(files[::-1], table["fname"][::-1], strict=True))  # as it came first
        found, problems = read_headers(list(dict.fromkeys(written.values())), partial=partial)
        lengths = {fname: info["duration"] for fname, info in found}
        self._parts: dict[str, list[tuple[str, float, float]]] = {}
        self._files: dict[str, set[str]] = {}
        for name, file, (_, start, duration) in zip(
            recording_names(table), files, parts, strict=True
        ):
            fname = written[file]
            whole = lengths.get(fname)
            if whole is None:
                continue
            end = whole if duration is None else min(whole, start + duration)
            if end - start >= self._seconds:
                kept = self._parts.setdefault(name, [])
                kept += [] if (fname, start, end) in kept else [(fname, start, end)]
                self._files.setdefault(name, set()).add(file)
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
        self.recordings = [usable[i] for i in np.random.default_rng(seed).permutation(len(usable))]

    def is_in(self, clips: pd.DataFrame) -> bool:
        """Whether a table has stretches of the recordings."""
        return bool(set(clips["fname"]) & {fname for fname, _, _ in chain(*self._parts.values())})

    def in_split(self, split: dict[str, Any], labels: Any = None) -> dict[str, Any]:
        """Add the class to the training and validation clips of `partition`, by recording.

        A recording of which there are clips is on their side, and left out where they test. Of a
        single recording all stretches train.

        Args:
            split: Of `partition`.
            labels: The classes of the classifier; `None` for those of the table.
        """
        train, held = split["train"], split["validation"]
        sides = {side: split.get(side) for side in ("train", "validation", "test")}
        clips = pd.concat([t.assign(_side=side) for side, t in sides.items() if t is not None])
        side_of = self._told(clips, clips["_side"])
        on: dict[Any, list[str]] = {side: [] for side in (*sides, None)}
        for name in self.recordings:
            on[side_of.get(name)].append(name)
        free, validating = on[None], on["validation"]
        n = 0
        if held is not None:
            share, several = len(held) / (len(train) + len(held)), len(self.recordings)
            n = max(1, round(share * (several - len(on["test"])))) - len(validating)
            n = max(0, min(n, len(free) - (not on["train"])))
            split = split | {"validation": self._beside(held, validating + free[:n], labels)}
        if not on["train"] + free[n:]:
            raise HearingAIError(
                "`background` leaves no recording to train on: of each, `clips` has parts that "
                "validate or test"
            )
        return split | {"train": self._beside(train, on["train"] + free[n:], labels)}

    def in_folds(self, clips: pd.DataFrame, dealt: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
        """Add the class to a table whose clips are dealt to folds, recording by recording.

        A recording of which there are clips is in their fold.

        Returns:
            `(clips, dealt)`: the stretches come last.
        """
        table, known = self._beside(clips, self.recordings), dealt.dropna()
        folds, fold_of = list(dict.fromkeys(known)), self._told(clips.loc[known.index], known)
        free = [name for name in self.recordings if name not in fold_of]
        fold_of |= {name: folds[i % len(folds)] for i, name in enumerate(free)}
        more = [fold_of[name] for name in self._stretches(clips, self.recordings)["recording"]]
        index = table.index[len(clips) :]
        return table, pd.concat([dealt, pd.Series(more, index, dtype=dealt.dtype)])

    def _told(self, clips: pd.DataFrame, values: pd.Series) -> dict[str, Any]:
        """What `values` has for the clips of a recording: the last, of those with any clips."""
        told = dict(zip(files_of(clips), values, strict=True))
        told |= dict(zip(recording_names(clips), values, strict=True))
        return {
            name: told[key]
            for name, files in self._files.items()
            for key in (*sorted(files), name)
            if key in told
        }

    def _beside(
        self, clips: pd.DataFrame, recordings: Sequence[str], labels: Any = None
    ) -> pd.DataFrame:
        """A table of clips with stretches of recordings, as many as its mean class has."""
        if BACKGROUND in class_names(clips):
            raise HearingAIError(
                "`background` adds a class of that name, which `clips` has already: rename it, or "
                "leave `background` out"
            )
        if not recordings:
            return clips
        cut = self._stretches(clips, recordings)
        names = cut.pop("recording")
        cut = cut.assign(**{g: names for g in GROUPS if g in clips})
        if is_multi_label(clips):  # they are known to have no label
            cut = cut.assign(**{LABELS: [LabelSet()] * len(cut)})
        else:
            cut = cut.assign(**{"class": BACKGROUND})
        if self._named or "recording" in clips:
            told = self._told(clips, recording_names(clips))
            cut["recording"] = [told.get(name, name) for name in names]
        return check_clips(pd.concat([clips, cut], ignore_index=True), labels)

    def _stretches(self, clips: pd.DataFrame, recordings: Sequence[str]) -> pd.DataFrame:
        """`fname`, `start`, `end` and `recording` of as many as the mean class has clips."""
        n = round(len(clips) / max(1, len(class_names(clips))))
        parts = [(name, *part) for name in recordings for part in self._parts[name]]
        places = [(str(i), start, end) for i, (_, _, start, end) in enumerate(parts)]
        cut = stretches(places, n, self._seconds, self._seed)
        rows = [(parts[int(i)][1], start, end, parts[int(i)][0]) for i, start, end in cut]
        table = pd.DataFrame(rows, columns=["fname", "start", "end", "recording"])
        return table.astype({"fname": object, "recording": object})
