"""predict(): the label of each recording."""

from typing import Any

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, OnError, Progress, Recordings, Runtime
from ..audio.doubts import collected_doubts
from ..classifier.protocol import Classifier, check_classifier
from ..clips.decoding import warn_of_nothing
from ..corpora.options import RunOptions
from ..corpora.running import refuse_run, wanted
from ..errors import HearingAIError, warn
from ..runtime.arguments import choose, flag, positive
from ..runtime.shared_options import shared_options
from ..tables.class_types import as_they_were
from ..tables.rest_labels import UNKNOWN
from ._shards import run_over
from .answers import NO_ANSWER, answer_table, predict_batches, with_notes
from .batches import batches_of, table_of
from .generated import answers_to_generator, is_generator
from .novelty import answers_with_novelty
from .runtimes import in_runtime, keras_alone, with_runtime


@shared_options
def predict(
    classifier: Classifier,
    recordings: Recordings,
    *,
    sample_rate: int | None = None,
    batch_size: int = 64,
    device: Device = "auto",
    runtime: Runtime | None = None,
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
    steps: float | None = None,
    unknown: bool = False,
    **options: Unpack[RunOptions],
) -> pd.DataFrame:
    """Predict the label of each recording.

    A recording of any format, rate, depth and channel count is converted to what the classifier
    was trained on; a shorter one is padded with silence, a longer one is
    cut to the stretch that the classifier's `crop` names.

    Args:
        classifier: An `AudioClassifier`, or an exported one, see `load_exported`.
        recordings: A path, a folder (with all below it), a list of those, a table with a column
            `fname` (and `start` and `end`, in seconds, for parts), or sound itself: a waveform
            `(samples,)`, a batch `(n, samples)` or `(n, channels, samples)`, or a list of
            waveforms, float in -1...1 or int16. A sound may have its own rate, as a pair
            `(waveform, sample_rate)` such as `read_audio` returns. A classifier of embeddings
            takes a table of embeddings, their files, or an array `(n, frames, 128)` of values
            0...255. Or what `data_generator` returned, whose images an `AudioClassifier` takes as
            they are.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's own. Files have theirs.
        batch_size: Recordings per step; the next are read meanwhile.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one. Exported ONNX and LiteRT
            files run on the CPU.
        runtime: {runtime}
        on_error: `"report"` gives the reason why a file cannot be read in the column
            `error`; `"raise"` stops at the first.
        partial: {partial}
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.
        unknown: Tell which recordings are like none that the classifier was taught, by
            `learn_novelty`.
        steps: Batches to take of a generator, which begins anew after its last clip; a fraction
            is cut off, and less than one is one. `None` takes each clip once.
        **options: A run in a folder, see `RunOptions`.

    Returns:
        A DataFrame with a row per recording (for files of embeddings, per clip): `fname` (`None`
        for sound, and for a generator that shuffles), `label` (of the type of the classes in
        training: text, logical, whole numbers, categorical), `score` (the label's probability),
        `prob_<label>` for each label, and `error` (`None` where all went well). A classifier of any
        number of labels a clip has `labels` in the place of `label` and `score`: a tuple of those
        whose probability reaches their threshold, the classifier's own, else 0.5. With `partial`
        also `note`, what is missing of a recording that was read in part (`None` of one that was
        read whole). With `unknown` also `novelty`; where that is above 1, or the probability is
        below the threshold that `choose_thresholds` chose, the label is `"unknown"`, and there are
        no `labels`.

    Raises:
        HearingAIError: `recordings` is of no known kind.
        AudioFileError: A file cannot be read and `on_error="raise"`.

    Warns:
        HearingAIWarning: No recording could be read.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> table = hearingai.predict(classifier, numpy.zeros((2, 16000)))
        >>> list(table.columns)
        ['fname', 'label', 'score', 'prob_a', 'prob_b', 'error']
    """
    check_classifier(classifier)
    choose("on_error", on_error, ("report", "raise"))
    partial = flag("partial", partial)
    compute = answers_with_novelty(classifier) if flag("unknown", unknown) else None
    if is_generator(recordings):
        refuse_run(options, "a generator")
        keras_alone(runtime, "recordings", "what a generator gives")
        if compute is not None:
            raise HearingAIError("`unknown` is for recordings, not for a generator")
        with classifier.on_device(device):
            clips, probabilities, _ = answers_to_generator(
                classifier, recordings, steps, progress, "recordings"
            )
        if getattr(recordings, "clips", clips) is None:  # it shuffles
            warn(
                "`recordings` shuffles, so no row can be told from another: "
                "data_generator(..., shuffle=False) keeps the order of its table"
            )
        errors = np.full(len(clips), None, dtype=object)
        table = answer_table(classifier, list(clips["fname"]), probabilities, errors)
        return _as_they_were(classifier, table)
    if steps is not None:
        raise HearingAIError("`steps` is for a generator, see data_generator()")
    if wanted(options):
        settings: dict[str, Any] = {"device": device, "on_error": on_error, "unknown": unknown}
        settings["batch_size"] = positive("batch_size", batch_size, whole=True)
        settings["partial"] = partial
        found = table_of(classifier, recordings)
        n = 0 if found is None else len(found)
        classifier = in_runtime(classifier, runtime, n, batch_size, device, options)
        table, _ = run_over("predict", classifier, found, options, settings, progress)
    else:
        fnames, source = batches_of(
            classifier, recordings, sample_rate, batch_size, on_error, partial
        )
        classifier = in_runtime(classifier, runtime, len(fnames), batch_size, device, options)
        compute = answers_with_novelty(classifier) if unknown else None
        with collected_doubts() as doubts, classifier.on_device(device):
            table = predict_batches(classifier, fnames, source, progress, compute=compute)
        table = with_notes(table, doubts) if partial else table
    table = _as_they_were(classifier, table)
    if on_error == "raise" and (table["error"] == NO_ANSWER).any():
        raise HearingAIError(f"`classifier`: {NO_ANSWER}")
    if table["error"].notna().all():
        warn_of_nothing(table, "has a prediction")
    return with_runtime(table, classifier, runtime)


def _as_they_were(classifier: Classifier, table: pd.DataFrame) -> pd.DataFrame:
    """The table with labels that are the classes they were made of."""
    if classifier.multi_label:  # labels are always text
        return table
    known = classifier.labels + ([UNKNOWN] if "novelty" in table else [])
    classes = classifier.record.get("classes")
    return table.assign(label=as_they_were(table["label"], classes, known))
