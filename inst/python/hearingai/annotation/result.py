"""The result of annotate()."""

from dataclasses import dataclass

import pandas as pd


@dataclass
class Annotation:
    """The result of `annotate`.

    Attributes:
        events: DataFrame with a row an event: `fname` (`None` for sound), `start` and `end` in
            seconds from the start of the recording, `label`, and `score`, the highest smoothed
            probability; recordings in their order, events by their start. With `times` also `time`,
            and where it was, see `add_times`.
        windows: DataFrame with a row a window: `fname`, `start`, `end` and `prob_<label>` for each
            label (float32); `None` where they were not kept.
        recordings: DataFrame with a row a recording that was annotated: `fname`, `start` (of a
            part, in seconds; else 0), `seconds`; with `times` also those.
        errors: DataFrame `fname`, `error` of those that could not be read.
        notes: DataFrame `fname`, `note`: what is missing of those that were read in part.
        seconds: Length of all annotated recordings.
        speed: How many times faster than real time; `None` where everything was found in
            `path`.
    """

    events: pd.DataFrame
    windows: pd.DataFrame | None
    recordings: pd.DataFrame
    errors: pd.DataFrame
    notes: pd.DataFrame
    seconds: float
    speed: float | None

    def __repr__(self) -> str:
        n, bad = len(self.recordings), len(self.errors)
        text = f"{_counted(len(self.events), 'event')} in {_counted(n, 'recording')}"
        text += f" of {_duration(self.seconds)}"
        text += f", {bad} not read" if bad else ""
        text += f", {len(self.notes)} read in part" if len(self.notes) else ""
        text += f", {self.speed:.3g} times faster than real time" if self.speed else ""
        labels = self.events["label"].value_counts(sort=True).head(6).items()
        counts = ", ".join(f"{label} {count}" for label, count in labels)
        return f"<Annotation: {text}{f' ({counts})' if counts else ''}>"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _duration(seconds: float) -> str:
    """A duration in readable units."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"
