"""The probabilities of recordings, heard once and turned into events many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .._typing import Device, OnError, Progress
from ..annotation.annotating import annotate
from ..annotation.recordings import Part, Recording
from ..errors import HearingAIError
from ..events.options import WindowOptions
from ..events.rules import Rules
from ..events.tracking import EventTracker, event_table, smoothed
from ..events.windows import Grid
from ..runtime.progress import progress_bar

if TYPE_CHECKING:
    from ..classifier.protocol import Classifier

_ROWS = 64  # windows at once: a tracker is quick where none of them is loud
SECONDS = 3600.0  # an hour


@dataclass(frozen=True)
class Heard:
    """A recording as a classifier hears it.

    Attributes:
        fname: The file; `None` for sound in memory.
        start: Where it begins in the file, seconds.
        seconds: Its length.
        probabilities: `(windows, labels)`.
    """

    fname: str | None
    start: float
    seconds: float
    probabilities: np.ndarray

    def events(self, rules: Rules, grid: Grid) -> list[tuple]:
        """Its events by some rules: rows `(fname, start, end, label, score)`."""
        tracker, found = EventTracker(rules, grid), []
        for first in range(0, len(self.probabilities), _ROWS):
            found += tracker.push(self.probabilities[first : first + _ROWS])
        found += tracker.flush(self.seconds)
        at = self.start
        return [(self.fname, at + e.start, at + e.end, e.label, e.score) for e in sorted(found)]

    def smoothed(self, rules: Rules, grid: Grid) -> np.ndarray:
        """The smoothed probabilities of the reported labels, `(windows, reported)`."""
        return smoothed(self.probabilities, rules, grid)


@dataclass(frozen=True)
class Hearing:
    """Several recordings, heard.

    Attributes:
        recordings: A `Heard` of each that could be read.
        errors: DataFrame `fname`, `error` of the others.
        notes: DataFrame `fname`, `note` of those that were read in part.
    """

    recordings: list[Heard]
    errors: pd.DataFrame
    notes: pd.DataFrame

    @property
    def hours(self) -> float:
        """Length of all, in hours."""
        return sum(one.seconds for one in self.recordings) / SECONDS

    def events(self, rules: Rules, grid: Grid) -> pd.DataFrame:
        """The table of their events by some rules."""
        return event_table([row for one in self.recordings for row in one.events(rules, grid)])


def hear(
    classifier: Classifier,
    sources: Sequence[Recording],
    options: WindowOptions,
    *,
    batch_size: int,
    device: Device,
    on_error: OnError,
    partial: bool,
    progress: Progress,
    text: str,
) -> Hearing:
    """Hear recordings window by window.

    Args:
        classifier: A classifier of sound.
        sources: The recordings.
        options: Their windows.
        batch_size: See `annotate`, like those below.
        device: Where to compute.
        on_error: What becomes of recordings that cannot be read.
        partial: Whether to read what is there.
        progress: A progress bar, in seconds of sound.
        text: What it says.

    Raises:
        HearingAIError: None of them can be read.
    """
    found, errors, notes = list[Heard](), [], []
    lengths = [source.seconds for source in sources]
    with progress_bar(text, sum(lengths), progress) as bar:
        done = 0.0
        for source, length in zip(sources, lengths, strict=True):
            annotation = annotate(
                classifier,
                _alone(source),
                **options,
                batch_size=batch_size,
                device=device,
                on_error=on_error,
                partial=partial,
                progress=False,
            )
            errors.append(annotation.errors)
            notes.append(annotation.notes)
            if len(annotation.recordings) and annotation.windows is not None:
                values = annotation.windows.iloc[:, 3:].to_numpy("float32")
                found.append(Heard(source.fname, source.start, annotation.seconds, values))
            done += length
            bar(done)
    failed = pd.concat(errors, ignore_index=True)
    if not found:
        first = failed.iloc[0]
        raise HearingAIError(
            f"`recordings` holds nothing that can be read: {first['fname']}: {first['error']}"
        )
    return Hearing(found, failed, pd.concat(notes, ignore_index=True))


def _alone(source: Recording) -> Any:
    """One recording, as `annotate` takes it."""
    if not isinstance(source, Part):
        return source.pair
    end = None if source.duration is None else source.start + source.duration
    names = pd.Series([source.fname], dtype=object)
    return pd.DataFrame({"fname": names, "start": [source.start], "end": [end]}).astype(
        {"end": float}
    )
