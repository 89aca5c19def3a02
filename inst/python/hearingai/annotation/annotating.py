"""annotate(): find the events in recordings of any length."""

import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, OnError, PathLike, Progress, Recordings, Runtime
from ..audio.doubts import collected_doubts
from ..classifier.protocol import Classifier
from ..clips.decoding import table_of_errors, table_of_notes, warn_of_nothing
from ..corpora.options import RunOptions
from ..corpora.running import wanted
from ..deployments.event_times import known_times, with_times
from ..errors import HearingAIError
from ..events.options import EventOptions
from ..events.rules import grid_and_rules
from ..events.tracking import event_table
from ..inference.runtimes import computed_by, in_runtime, with_runtime
from ..runtime.arguments import choose, flag, positive
from ..runtime.shared_options import shared_options
from ._run import AnnotationRun
from ._shards import annotate_into
from ._tables import recordings_table, windows_table
from .kept_windows import KeptWindows
from .recordings import recordings_of
from .result import Annotation


class AnnotateOptions(EventOptions, RunOptions, total=False):
    """The options of events, and of a run in a folder."""


@shared_options
def annotate(
    classifier: Classifier,
    recordings: Recordings,
    *,
    sample_rate: int | None = None,
    batch_size: int = 64,
    path: PathLike | None = None,
    keep_windows: bool = True,
    device: Device = "auto",
    runtime: Runtime | None = None,
    on_error: OnError = "report",
    partial: bool = False,
    times: pd.DataFrame | None = None,
    progress: Progress = None,
    **options: Unpack[AnnotateOptions],
) -> Annotation:
    """Find the events in recordings of any length: which label occurs from when to when.

    A window slides over the recording; the classifier's probabilities for each window are smoothed
    and turned into events. Reading, resampling and computing run at the same time, and only a few
    windows are in memory at once, so that a day of sound needs no more memory than a minute.

    Each window stands for the time around its middle, from half a hop before to half a hop after;
    the first from the start of the recording, the last to its end. An event covers the time of its
    windows, so its start and end are as precise as the hop. The last window of a recording is
    padded with silence, as is the only one of a recording shorter than a window.

    Windows that overlap share what is the same for each alone: frames of spectrograms where the hop
    is a whole number of them, embeddings, and, by Keras, the first layers of a network that neither
    normalises an image nor fills it up. Of the recipe `speech-commands` all four convolutions are
    shared at hops of 0.08, 0.1, 0.16 or 0.2 s, and two at 0.25 s; of fewer than 64 windows at once
    perhaps fewer.

    Args:
        classifier: An `AudioClassifier` of sound.
        recordings: A path, a folder (with all below it), a list of those, a table with a column
            `fname` (and `start` and `end`, in seconds, for parts), or one sound: an array
            `(samples,)` or `(channels, samples)`, float in -1...1 or int16, also with its own rate
            as a pair `(waveform, sample_rate)`, as `read_audio` returns it.
        **options: Windows and rules of events, see `EventOptions`; and of a run in a folder.
        sample_rate: {sample_rate}
        batch_size: Windows a batch; more share more where they overlap, are faster on a GPU, and
            need more memory.
        path: A folder to store the probabilities of every finished recording in. Where they are
            there already, for the same file, classifier, window and hop, they are not computed
            again: an interrupted run resumes with the next recording, and trying another threshold
            takes moments.
        keep_windows: Whether the result has the probabilities of all windows; they take 4 bytes a
            window and label.
        device: {device}
        runtime: {runtime}
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
    if path is not None and sources[0].fname is None:
        raise HearingAIError("`path` stores probabilities of files; sound in memory has no name")
    settings = {"batch_size": batch_size, "path": path, "on_error": on_error, "partial": partial}
    settings |= {"keep_windows": flag("keep_windows", keep_windows), "device": device}
    auto = isinstance(runtime, str) and runtime == "auto"
    seconds = sum(source.seconds for source in sources) if auto else 0
    n = seconds / float(grid.hop)
    starts = None
    if auto and grid.samples == classifier.samples:  # shorter windows share nothing
        starts = [grid.first_sample(i) for i in range(min(batch_size, 256))]
    classifier = in_runtime(classifier, runtime, n, batch_size, device, options, starts)
    if wanted(options):
        told = computed_by(classifier, runtime)
        return annotate_into(classifier, sources, options, settings, times, told, progress)
    kept = None if path is None else KeptWindows(path, classifier, grid)
    run = AnnotationRun(
        classifier,
        grid,
        rules,
        kept=kept,
        keep_windows=keep_windows,
        on_error=on_error,
    )
    with collected_doubts() as doubts, classifier.on_device(device):
        heard = run.hear(sources, batch_size, progress)
    if not heard.recordings:
        warn_of_nothing(table_of_errors(heard.errors), "can be heard")
    events, parts = event_table(heard.events), recordings_table(heard.recordings)
    if times is not None:
        events, parts = with_times(events, times), with_times(parts, times, "recordings")
    return Annotation(
        events=events,
        windows=windows_table(heard.windows, grid, classifier.labels) if keep_windows else None,
        recordings=with_runtime(parts, classifier, runtime),
        errors=table_of_errors(heard.errors),
        notes=table_of_notes(doubts.notes().items()),
        seconds=sum(seconds for *_, seconds in heard.recordings),
        speed=heard.speed,
    )
