"""predict(), and the answers that it shares with evaluate() and embed()."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .._typing import Device, OnError, Progress, Recordings
from ..audio.doubts import Doubts, collected_doubts
from ..classifier.protocol import Classifier, check_classifier
from ..errors import HearingAIError, readable, warn
from ..events.rules import USUAL_THRESHOLD, own_thresholds
from ..runtime.arguments import choose, flag
from ..runtime.progress import progress_bar
from ..runtime.shared_options import shared_options
from ..tables.class_types import as_they_were
from ..tables.label_sets import LABELS, LabelSet
from ..tables.rest_labels import UNKNOWN
from .batches import Batches, batches_of
from .generated import answers_to_generator, is_generator
from .novelty import answers_with_novelty

NO_ANSWER = "the network answered with NaN, so its weights are broken"


@shared_options
def predict(
    classifier: Classifier,
    recordings: Recordings,
    *,
    sample_rate: int | None = None,
    batch_size: int = 64,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
    steps: float | None = None,
    unknown: bool = False,
) -> pd.DataFrame:
    """Predict the label of each recording.

    A recording of any format, rate, depth and channel count is converted to what the classifier
    was trained on; a shorter one is padded with silence, a longer one is
    cut to the stretch that the classifier's `crop` names.

    Args:
        classifier: An `AudioClassifier`, or an exported one, see `load_exported`.
        recordings: A path, a folder (with all below it), a list of those, a table with a column
            `fname` (and `start` and `end`, in seconds, for parts), or sound itself: a waveform
            `(samples,)`, a batch `(n, samples)` or a list of waveforms, float in -1...1 or int16.
            A sound may have its own rate, as a pair `(waveform, sample_rate)` such as
            `read_audio` returns. A classifier of embeddings takes a table of embeddings, their
            files, or an array `(n, frames, 128)` of values 0...255. Or what `data_generator`
            returned, whose images an `AudioClassifier` takes as they are.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's own. Files have theirs.
        batch_size: Recordings per step; the next are read meanwhile.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one. Exported ONNX and LiteRT
            files run on the CPU.
        on_error: `"report"` gives the reason why a file cannot be read in the column
            `error`; `"raise"` stops at the first.
        partial: {partial}
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.
        unknown: Tell which recordings are like none that the classifier was taught, by
            `learn_novelty`.
        steps: Batches to take of a generator, which begins anew after its last clip; a fraction
            is cut off, and less than one is one. `None` takes each clip once.

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
    fnames, source = batches_of(classifier, recordings, sample_rate, batch_size, on_error, partial)
    with collected_doubts() as doubts, classifier.on_device(device):
        table = predict_batches(classifier, fnames, source, progress, compute=compute)
    table = _as_they_were(classifier, table)
    if on_error == "raise" and (table["error"] == NO_ANSWER).any():
        raise HearingAIError(f"`classifier`: {NO_ANSWER}")
    _warn_of_nothing(table)
    return with_notes(table, doubts) if partial else table


def _as_they_were(classifier: Classifier, table: pd.DataFrame) -> pd.DataFrame:
    """The table with labels that are the classes they were made of."""
    if classifier.multi_label:  # labels are always text
        return table
    known = classifier.labels + ([UNKNOWN] if "novelty" in table else [])
    classes = classifier.record.get("classes")
    return table.assign(label=as_they_were(table["label"], classes, known))


def _warn_of_nothing(table: pd.DataFrame) -> None:
    """Warn where no recording has a prediction, such as a single one under a wrong name."""
    if len(table) and table["error"].notna().all():
        fname, reason = table["fname"].iloc[0], table["error"].iloc[0]
        first = reason if fname is None else f"{readable(fname)} {reason}"
        warn(f"`recordings`: none of {len(table)} has a prediction. The first: {first}")


def with_notes(table: pd.DataFrame, doubts: Doubts) -> pd.DataFrame:
    """A table of recordings with a column `note`: what is missing of those read in part."""
    notes = doubts.notes()
    found = [None if fname is None else notes.get(str(fname)) for fname in table["fname"]]
    return table.assign(note=pd.Series(found, index=table.index, dtype=object))


def answers_of(
    compute: Callable[[np.ndarray], np.ndarray],
    width: int,
    n: int,
    source: Batches,
    progress: Progress,
    hear: Callable[[np.ndarray], object] | None = None,
    text: str = "Predicting",
) -> tuple[np.ndarray, np.ndarray]:
    """Compute on batches: the `(n, width)` outputs, and the errors of unreadable recordings."""
    answers, done = np.full((n, width), np.nan, "float32"), 0
    errors = np.full(n, None, dtype=object)
    with progress_bar(text, n, progress) as bar:
        for rows, clips, good, bad in source:
            if len(good):
                answers[rows[good]] = compute(clips)
            if hear is not None:
                hear(clips)
            errors[np.delete(rows, good)] = bad
            done += len(rows)
            bar(done)
    return answers, errors


def predict_batches(
    classifier: Classifier,
    fnames: Sequence[Any],
    source: Batches,
    progress: Progress,
    hear: Callable[[np.ndarray], object] | None = None,
    compute: Callable[[np.ndarray], np.ndarray] | None = None,
) -> pd.DataFrame:
    """Run the batches of `source` through the classifier.

    Args:
        classifier: The classifier.
        fnames: Names of the recordings.
        source: Their batches.
        progress: Whether and how to show progress.
        hear: Gets the clips too.
        compute: Gives what `answers_with_novelty` gives; `None` takes the probabilities alone.
    """
    width = len(classifier.labels)
    if compute is None:
        compute = classifier.probabilities
        answers, errors = answers_of(compute, width, len(fnames), source, progress, hear)
        return answer_table(classifier, fnames, answers, errors)
    answers, errors = answers_of(compute, width + 1, len(fnames), source, progress, hear)
    table = answer_table(classifier, fnames, answers[:, :-1], errors)
    return with_unknown(classifier, table, answers[:, -1])


def answer_table(
    classifier: Classifier, fnames: Sequence[Any], probabilities: np.ndarray, errors: np.ndarray
) -> pd.DataFrame:
    """The table that `predict` returns, of the probabilities and errors of recordings."""
    errors[pd.isna(errors) & np.isnan(probabilities).any(axis=1)] = NO_ANSWER
    failed = errors != np.array(None)
    # object, not pandas' text: a missing name stays None whatever else is in the column
    columns: dict[str, Any] = {"fname": pd.Series(fnames, dtype=object)}
    columns |= (_labels if classifier.multi_label else _best)(classifier, probabilities, failed)
    columns |= {f"prob_{name}": probabilities[:, i] for i, name in enumerate(classifier.labels)}
    return pd.DataFrame(columns | {"error": pd.Series(errors, dtype=object)})


def _best(classifier: Classifier, probabilities: np.ndarray, failed: np.ndarray) -> dict[str, Any]:
    """The most probable label of each recording, and its probability."""
    best = np.nan_to_num(probabilities, nan=-1.0).argmax(axis=1)
    label = np.array(classifier.labels, dtype=object)[best]
    label[failed] = None
    score = probabilities[np.arange(len(probabilities)), best]
    return {"label": pd.Series(label, dtype=object), "score": score}


def _labels(
    classifier: Classifier, probabilities: np.ndarray, failed: np.ndarray
) -> dict[str, Any]:
    """The labels of each recording whose probability reaches their threshold."""
    names, taken = classifier.labels, probabilities >= label_thresholds(classifier)
    sets = [
        None if bad else LabelSet(sorted(names[i] for i in np.flatnonzero(row)))
        for row, bad in zip(taken, failed, strict=True)
    ]
    return {LABELS: pd.Series(sets, dtype=object)}


def with_unknown(classifier: Classifier, table: pd.DataFrame, novelty: np.ndarray) -> pd.DataFrame:
    """The table with a column `novelty`; what is unknown has that label, or no labels."""
    far, good = novelty > 1, table["error"].isna().to_numpy()
    table = table.assign(novelty=np.where(good, novelty, np.nan))
    if classifier.multi_label:
        kept = [
            LabelSet() if strange else names
            for names, strange in zip(table[LABELS], far & good, strict=True)
        ]
        return table.assign(**{LABELS: pd.Series(kept, table.index, dtype=object)})
    own = own_thresholds(classifier)
    least = np.array([own.get(label, 0.0) for label in table["label"]])
    strange = good & (far | (table["score"].to_numpy() < least))
    return table.assign(label=table["label"].mask(strange, UNKNOWN))


def label_thresholds(classifier: Classifier) -> np.ndarray:
    """The probability from which each label is predicted: the classifier's own, or 0.5."""
    own = own_thresholds(classifier)
    return np.array([own.get(label, USUAL_THRESHOLD) for label in classifier.labels])


def probabilities_of(classifier: Classifier, clips: np.ndarray) -> np.ndarray:
    """Probabilities of windows of a stream.

    A label of the record's `stream_odds` is so many times as likely in a stream as among clips.

    Raises:
        HearingAIError: The network is broken: one of them is NaN.
    """
    found = classifier.probabilities(clips)
    if np.isnan(found).any():
        raise HearingAIError(f"`classifier`: {NO_ANSWER}")
    odds = classifier.record.get("stream_odds")
    if not odds:
        return found
    weighed = found * np.array([odds.get(label, 1.0) for label in classifier.labels])
    all_ = weighed + 1 - found if classifier.multi_label else weighed.sum(axis=1, keepdims=True)
    return (weighed / all_).astype(found.dtype)
