"""Recordings of any length: what is heard in them, and when."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..clips.decoding import table_of_errors
from ..errors import HearingAIError
from ..events.rules import event_rules
from ..events.tracking import event_table
from ..events.windows import grid_of
from ..runtime.arguments import choose, positive
from ._run import AnnotationRun
from .kept_windows import KeptWindows
from .recordings import recordings_of


@dataclass
class Annotation:
    """What `annotate` heard.

    Attributes:
        events: DataFrame with a row an event: `fname` (`None` for sound), `start` and `end` in
            seconds from the begin of the recording, `label`, and `score`, the highest smoothed
            probability; recordings in their order, events by their begin.
        windows: DataFrame with a row a window: `fname`, `start`, `end` and `prob_<label>` for each
            label (float32); `None` where they were not kept.
        recordings: DataFrame with a row a recording that was heard: `fname`, `seconds`.
        errors: DataFrame `fname`, `error` of those that could not be read.
        seconds: Length of all that was heard.
        speed: How many times faster than it sounds it was heard; `None` where all was kept from
            a call before.
    """

    events: pd.DataFrame
    windows: pd.DataFrame | None
    recordings: pd.DataFrame
    errors: pd.DataFrame
    seconds: float
    speed: float | None

    def __repr__(self):
        n, bad = len(self.recordings), len(self.errors)
        text = f"{len(self.events)} events in {n} recording{'' if n == 1 else 's'}"
        text += f" of {_duration(self.seconds)}"
        text += f", {bad} not read" if bad else ""
        text += f", heard {self.speed:.3g} times faster than they sound" if self.speed else ""
        labels = self.events["label"].value_counts(sort=True).head(6).items()
        counts = ", ".join(f"{label} {count}" for label, count in labels)
        return f"<Annotation: {text}{f' ({counts})' if counts else ''}>"


def annotate(
    classifier,
    recordings,
    window=None,
    hop=None,
    threshold=0.5,
    low=None,
    smooth=None,
    min_duration=0.0,
    min_gap=0.0,
    labels=None,
    ignore=None,
    sample_rate=None,
    batch_size=16,
    path=None,
    keep_windows=True,
    device="auto",
    on_error="report",
    progress=None,
):
    """Find out what is heard when in recordings of any length.

    A window slides over the recording; what the classifier says of each is smoothed and becomes
    events. Reading, resampling and computing go on at once, and no more of a recording is in
    memory than some windows, so that a day needs no more than a minute does.

    Each window stands for the time around its middle, from half a hop before to half a hop behind;
    the first from the begin of the recording, the last to its end. An event is the time of the
    windows that make it, so its limits are as fine as the hop. At the end of a recording the last
    window is filled up with silence, as is the only one of a recording shorter than a window.

    Args:
        classifier: An `AudioClassifier` of sound.
        recordings: A path, a folder (with all below it), a list of those, a table with a column
            `fname` (and `start` and `end`, in seconds, for parts), or one sound: an array
            `(samples,)` or `(channels, samples)`, float in -1...1 or int16.
        window: Seconds that are heard at once; `None` takes the classifier's `duration`, a shorter
            window is filled up with silence.
        hop: Seconds from window to window, at most a window; `None` takes a quarter of one.
        threshold: Smoothed probability that opens an event, above 0; or a dict by label, 0.5 for
            those it does not name.
        low: Smoothed probability that keeps it open, likewise; `None` takes 0.7 of `threshold`.
        smooth: Seconds over which probabilities are averaged: the mean of the windows whose middles
            are at most half of it away. `None` takes half a window, 0 does not smooth.
        min_duration: Seconds; shorter events are dropped.
        min_gap: Seconds; events of one label that are less apart become one.
        labels: The labels to report; `None` means all.
        ignore: Labels not to report, such as that of the background.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's own. Files know theirs.
        batch_size: Windows a step; more of them are faster on a GPU, and need more memory.
        path: A folder to keep the probabilities of every finished recording in. A call that finds
            them there, of the same file, classifier, window and hop, does not compute them again:
            after a break it goes on with the next recording, and another threshold takes moments.
        keep_windows: Whether the result has the probabilities of all windows; they take 4 bytes a
            window and label.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
        on_error: `"report"` lists recordings that cannot be read in `.errors`; `"raise"` stops at
            the first.
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`, in seconds of sound.

    Returns:
        An `Annotation`.

    Raises:
        HearingAIError: An argument is out of range, the classifier hears embeddings, or `path`
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
    grid = grid_of(classifier, window, hop)
    rules = event_rules(
        classifier.labels, grid, threshold, low, smooth, min_duration, min_gap, labels, ignore
    )
    own_rate = grid.sample_rate if sample_rate is None else sample_rate
    sources = recordings_of(recordings, own_rate)
    kept = None if path is None else KeptWindows(path, classifier, grid)
    if kept is not None and sources[0].fname is None:
        raise HearingAIError("`path` keeps the windows of files; sound in memory has no name")
    run = AnnotationRun(classifier, grid, rules, kept, keep_windows, on_error)
    with classifier.on_device(device):
        heard = run.hear(sources, batch_size, progress)
    return Annotation(
        events=event_table(heard.events),
        windows=_windows_table(heard.windows, grid, classifier.labels) if keep_windows else None,
        recordings=_recordings_table(heard.recordings),
        errors=table_of_errors(heard.errors),
        seconds=sum(seconds for _, seconds in heard.recordings),
        speed=heard.speed,
    )


def _recordings_table(found):
    names = pd.Series([fname for fname, _ in found], dtype=object)
    return pd.DataFrame({"fname": names, "seconds": [seconds for _, seconds in found]})


def _windows_table(found, grid, labels):
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


def _duration(seconds):
    """Seconds as people say them."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"
