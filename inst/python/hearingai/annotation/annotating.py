"""annotate(): find the events in recordings of any length."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, OnError, PathLike, Progress, Recordings
from ..audio.doubts import collected_doubts
from ..classifier.protocol import Classifier
from ..clips.decoding import table_of_errors, table_of_notes
from ..deployments.event_times import known_times, with_times
from ..errors import HearingAIError
from ..events.options import EventOptions
from ..events.rules import grid_and_rules
from ..events.tracking import event_table
from ..events.windows import Grid
from ..runtime.arguments import choose, flag, positive
from ..runtime.shared_options import shared_options
from ._run import AnnotationRun
from .kept_windows import KeptWindows
from .recordings import Recording, recordings_of


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


@shared_options
def annotate(
    classifier: Classifier,
    recordings: Recordings,
    *,
    sample_rate: int | None = None,
    batch_size: int = 16,
    path: PathLike | None = None,
    keep_windows: bool = True,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    times: pd.DataFrame | None = None,
    progress: Progress = None,
    **options: Unpack[EventOptions],
) -> Annotation:
    """Find the events in recordings of any length: which label occurs from when to when.

    A window slides over the recording; the classifier's probabilities for each window are smoothed
    and turned into events. Reading, resampling and computing run at the same time, and only a few
    windows are in memory at once, so that a day of sound needs no more memory than a minute.

    Each window stands for the time around its middle, from half a hop before to half a hop after;
    the first from the start of the recording, the last to its end. An event covers the time of its
    windows, so its start and end are as precise as the hop. The last window of a recording is
    padded with silence, as is the only one of a recording shorter than a window.

    Args:
        classifier: An `AudioClassifier` of sound.
        recordings: A path, a folder (with all below it), a list of those, a table with a column
            `fname` (and `start` and `end`, in seconds, for parts), or one sound: an array
            `(samples,)` or `(channels, samples)`, float in -1...1 or int16, also with its own rate
            as a pair `(waveform, sample_rate)`, as `read_audio` returns it.
        **options: Windows and rules of events, see `EventOptions`.
        sample_rate: {sample_rate}
        batch_size: Windows a batch; more are faster on a GPU and need more memory.
        path: A folder to store the probabilities of every finished recording in. Where they are
            there already, for the same file, classifier, window and hop, they are not computed
            again: an interrupted run resumes with the next recording, and trying another threshold
            takes moments.
        keep_windows: Whether the result has the probabilities of all windows; they take 4 bytes a
            window and label.
        device: {device}
        on_error: `"report"` lists recordings that cannot be read in `.errors`; `"raise"` stops at
            the first.
        partial: {partial}
        times: When and where the recordings were made, see `recording_times`: events get clock
            times, and `detection_history` takes the result as it is.
        progress: {progress} It counts seconds of sound.

    Returns:
        An `Annotation`.

    Raises:
        HearingAIError: An argument is out of range, the classifier takes embeddings, or `path`
            cannot be written.
        AudioFileError: A recording cannot be read and `on_error="raise"`.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> found = hearingai.annotate(classifier, numpy.zeros(32000), hop=0.5)
        >>> found.seconds, list(found.windows.columns), len(found.windows)
        (2.0, ['fname', 'start', 'end', 'prob_a', 'prob_b'], 3)
        >>> list(found.events.columns)
        ['fname', 'start', 'end', 'label', 'score']
    """
    choose("on_error", on_error, ("report", "raise"))
    batch_size = positive("batch_size", batch_size, whole=True)
    grid, rules = grid_and_rules(classifier, options)
    partial = flag("partial", partial)
    if times is not None:
        times = known_times("times", times)
    sources = recordings_of(recordings, sample_rate, grid.sample_rate, partial=partial)
    kept = None if path is None else KeptWindows(path, classifier, grid)
    if kept is not None and sources[0].fname is None:
        raise HearingAIError("`path` stores probabilities of files; sound in memory has no name")
    run = AnnotationRun(
        classifier,
        grid,
        rules,
        kept=kept,
        keep_windows=flag("keep_windows", keep_windows),
        on_error=on_error,
    )
    with collected_doubts() as doubts, classifier.on_device(device):
        heard = run.hear(sources, batch_size, progress)
    events, parts = event_table(heard.events), _recordings_table(heard.recordings)
    if times is not None:
        events, parts = with_times(events, times), with_times(parts, times, "recordings")
    return Annotation(
        events=events,
        windows=_windows_table(heard.windows, grid, classifier.labels) if keep_windows else None,
        recordings=parts,
        errors=table_of_errors(heard.errors),
        notes=table_of_notes(doubts.notes().items()),
        seconds=sum(seconds for *_, seconds in heard.recordings),
        speed=heard.speed,
    )


def _recordings_table(found: list[tuple[str | None, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame({"fname": pd.Series([fname for fname, *_ in found], dtype=object)})
    for i, name in enumerate(("start", "seconds"), 1):
        table[name] = np.array([row[i] for row in found], dtype="float64")
    return table


def _windows_table(
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


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _duration(seconds: float) -> str:
    """A duration in readable units."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"
