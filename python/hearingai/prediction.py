"""Using a classifier: predict and evaluate."""

import os
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .clips import as_waveforms, decode_all, digests, report_bad_files, to_int16
from .errors import AudioFileError, HearingAIError, HearingAIWarning, choose, positive
from .evaluation import accuracy, class_report, confusion, cross_entropy
from .progress import progress_bar
from .tables import check_clips


def predict(
    classifier, recordings, sample_rate=None, batch_size=64, on_error="report", progress=None
):
    """Predict the label of each recording.

    A recording of any format, rate, depth and channel count is converted to what the classifier
    was trained on; a shorter one is padded with silence, of a longer one the stretch that the
    classifier's `crop` names is heard.

    Args:
        classifier: An `AudioClassifier`.
        recordings: A path, a list of paths, a table with a column `fname`, or sound itself: a
            waveform `(samples,)`, a batch `(n, samples)` or a list of waveforms, float in -1...1
            or int16.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's own. Files know theirs.
        batch_size: Recordings a step.
        on_error: `"report"` answers a file that cannot be read with its reason in the column
            `error`; `"raise"` stops at the first.
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.

    Returns:
        A DataFrame with a row a recording: `fname` (`None` for sound), `label`, `score` (the
        label's probability), `prob_<label>` for each label, and `error` (`None` where all went
        well).

    Raises:
        HearingAIError: `recordings` is of no known kind.
        AudioFileError: A file cannot be read and `on_error="raise"`.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> table = hearingai.predict(classifier, numpy.zeros((2, 16000)))
        >>> list(table.columns)
        ['fname', 'label', 'score', 'prob_a', 'prob_b', 'error']
    """
    choose("on_error", on_error, ("report", "raise"))
    batch_size = positive("batch_size", batch_size, whole=True)
    fnames = _paths(recordings)
    if fnames is None:
        waveforms = _sound(classifier, recordings, sample_rate)
        source = _batches_of_sound(waveforms, batch_size)
        fnames = [None] * len(waveforms)
    else:
        source = _batches_of_files(classifier, fnames, batch_size, on_error)
    return _predict(classifier, fnames, source, progress)


def _predict(classifier, fnames, source, progress, hear=None):
    """Run the batches of `source` through the classifier; `hear` sees each batch's sound."""
    probabilities = np.full((len(fnames), len(classifier.labels)), np.nan, "float32")
    errors = np.full(len(fnames), None, dtype=object)
    with progress_bar("Predicting", len(fnames), progress) as bar:
        for rows, waveforms, good, bad in source:
            if len(good):
                probabilities[rows[good]] = classifier.predict_on_batch(waveforms)
            if hear is not None:
                hear(waveforms)
            errors[np.delete(rows, good)] = bad
            bar(int(rows[-1]) + 1)
    best = np.nan_to_num(probabilities, nan=-1.0).argmax(axis=1) if len(fnames) else []
    failed = errors != np.array(None)
    label = np.where(failed, None, np.array(classifier.labels, dtype=object)[best])
    score = probabilities[np.arange(len(fnames)), best]
    # object, not pandas' text: a missing name stays None whatever else is in the column
    columns = {"fname": pd.Series(fnames, dtype=object), "label": pd.Series(label, dtype=object)}
    columns["score"] = score
    columns |= {f"prob_{name}": probabilities[:, i] for i, name in enumerate(classifier.labels)}
    return pd.DataFrame(columns | {"error": pd.Series(errors, dtype=object)})


def _paths(recordings):
    """The paths in `recordings`; `None` where it is sound."""
    if isinstance(recordings, pd.DataFrame):
        if "fname" not in recordings:
            raise HearingAIError(
                f"`recordings` must have a column `fname`. Received: {', '.join(recordings)}"
            )
        recordings = list(recordings["fname"])
    if isinstance(recordings, (str, os.PathLike)):
        recordings = [recordings]
    if isinstance(recordings, np.ndarray) and recordings.dtype.kind not in "OU":
        return None
    recordings = list(recordings)
    if all(isinstance(r, (str, os.PathLike)) for r in recordings):
        return [os.fspath(r) for r in recordings]
    if any(isinstance(r, (str, os.PathLike)) or r is None for r in recordings):
        raise HearingAIError("`recordings` mixes paths with something else")
    return None


def _sound(classifier, arrays, sample_rate):
    if sample_rate is not None:
        sample_rate = positive("sample_rate", sample_rate, whole=True)
    rate, samples = classifier.sample_rate, classifier.samples
    return as_waveforms(arrays, rate, sample_rate, samples, classifier.crop)


def _batches_of_sound(waveforms, size):
    for first in range(0, len(waveforms), size):
        batch = waveforms[first : first + size]
        rows = np.arange(first, first + len(batch))
        yield rows, batch, np.arange(len(batch)), []


def _batches_of_files(classifier, fnames, size, on_error):
    for first in range(0, len(fnames), size):
        chunk = fnames[first : first + size]
        waveforms, good, errors = decode_all(
            chunk, classifier.sample_rate, classifier.samples, classifier.crop, on_error
        )
        yield np.arange(first, first + len(chunk)), waveforms, good, list(errors["error"])


@dataclass
class Evaluation:
    """What a classifier achieves on labelled clips.

    Attributes:
        accuracy: Share of the clips whose most probable label is right.
        loss: Mean cross-entropy, in nats.
        n: Clips counted.
        per_class: DataFrame `label`, `precision`, `recall`, `f1`, `n`.
        confusion: DataFrame `truth`, `predicted`, `n`, a row a pair of labels.
        predictions: What `predict` returns, with the true `class` beside it.
        errors: DataFrame `fname`, `error` of the recordings that could not be read.
        n_seen: Clips whose sound the classifier was trained on: they flatter the numbers.
        left_out: Classes of the table that the classifier does not know, not counted.
    """

    accuracy: float
    loss: float
    n: int
    per_class: pd.DataFrame
    confusion: pd.DataFrame
    predictions: pd.DataFrame
    errors: pd.DataFrame
    n_seen: int
    left_out: list

    def __repr__(self):
        seen = f", {self.n_seen} of them heard in training" if self.n_seen else ""
        return (
            f"<Evaluation: accuracy {self.accuracy:.4f}, loss {self.loss:.4f} "
            f"on {self.n} clips{seen}>"
        )


def evaluate(classifier, clips, batch_size=64, on_error="report", progress=None):
    """Measure a classifier on labelled clips.

    Warns where clips were heard in training, since the numbers then flatter the model; where
    classes of the table are unknown to the classifier; and where recordings cannot be read.

    Args:
        classifier: An `AudioClassifier`.
        clips: A table with at least `fname` and `class`.
        batch_size: Recordings a step.
        on_error: `"report"` lists unreadable files in `.errors`; `"raise"` stops at the first.
        progress: See `predict`.

    Returns:
        An `Evaluation`.

    Raises:
        HearingAIError: The table is malformed, or no clip is left to measure.
    """
    clips = check_clips(clips)
    batch_size = positive("batch_size", batch_size, whole=True)
    left_out = sorted(set(clips["class"]) - set(classifier.labels))
    if left_out:
        kept = clips[~clips["class"].isin(left_out)]
        if not len(kept):
            raise HearingAIError(
                f"no clip is of a class the classifier knows: {', '.join(classifier.labels)}"
            )
        _warn(
            f"{len(clips) - len(kept)} clips left out, of classes the classifier does not know: "
            f"{', '.join(left_out)}"
        )
        clips = kept
    clips = check_clips(clips, classifier.labels)
    heard = []
    source = _batches_of_files(classifier, list(clips["fname"]), batch_size, on_error)
    table = _predict(
        classifier,
        list(clips["fname"]),
        source,
        progress,
        hear=lambda waveforms: heard.extend(digests(to_int16(waveforms))),
    )
    table.insert(1, "class", clips["class"])
    trained_on = set(classifier.record.get("trained_on", ()))
    n_seen = sum(digest in trained_on for digest in heard)
    return _summary(classifier, table, clips["class_id"].to_numpy(), n_seen, left_out)


def _summary(classifier, table, class_id, n_seen, left_out):
    bad = table["error"].notna().to_numpy()
    errors = table.loc[bad, ["fname", "error"]].reset_index(drop=True)
    if bad.all():
        raise AudioFileError(errors["fname"][0], errors["error"][0])
    if len(errors):
        _warn(report_bad_files(errors, len(table)))
    good = table[~bad]
    if n_seen:
        _warn(
            f"{n_seen} of {len(good)} clips were heard in training; the numbers flatter the "
            f"classifier. Measure it on clips, best on speakers, it never heard"
        )
    labels = classifier.labels
    probabilities = good[[f"prob_{label}" for label in labels]].to_numpy()
    return Evaluation(
        accuracy=accuracy(good["class"], good["label"]),
        loss=cross_entropy(class_id[~bad], probabilities),
        n=len(good),
        per_class=class_report(good["class"], good["label"], labels),
        confusion=confusion(good["class"], good["label"], labels),
        predictions=table,
        errors=errors,
        n_seen=n_seen,
        left_out=left_out,
    )


def _warn(message):
    warnings.warn(message, HearingAIWarning, stacklevel=3)
