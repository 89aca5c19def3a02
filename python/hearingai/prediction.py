"""Using a classifier: predict and evaluate."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .batches import as_float
from .clips import digests, report_bad_files, to_int16
from .datasets.embedding_files import EMBEDDING_FILES, list_embeddings
from .datasets.embeddings import is_embedding_table
from .errors import AudioFileError, HearingAIError, choose, positive, warn
from .evaluation import (
    accuracy,
    binary_metrics,
    bootstrap_interval,
    class_aucs,
    class_report,
    confusion,
    cross_entropy,
    f1_score,
)
from .inputs import as_clips, read_clips_of
from .partition import group_of
from .progress import progress_bar
from .tables import check_clips

AT_THRESHOLD = ("accuracy", "precision", "recall", "f1_positive", "f1_macro")


def predict(
    classifier, recordings, sample_rate=None, batch_size=64, on_error="report", progress=None
):
    """Predict the label of each recording.

    A recording of any format, rate, depth and channel count is converted to what the classifier
    was trained on; a shorter one is padded with silence, of a longer one the stretch that the
    classifier's `crop` names is heard.

    Args:
        classifier: An `AudioClassifier`.
        recordings: A path, a list of paths, a table with a column `fname` (and `start` and `end`,
            in seconds, for parts), or sound itself: a waveform `(samples,)`, a batch
            `(n, samples)` or a list of waveforms, float in -1...1 or int16. A classifier of
            embeddings takes a table of embeddings, their files, or an array
            `(n, frames, 128)` of values 0...255.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's own. Files know theirs.
        batch_size: Recordings a step.
        on_error: `"report"` answers a file that cannot be read with its reason in the column
            `error`; `"raise"` stops at the first.
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.

    Returns:
        A DataFrame with a row a recording (a row a clip of a file of embeddings): `fname`
        (`None` for sound), `label`, `score` (the
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
    table = _table(classifier, recordings)
    if table is None:
        clips = as_clips(classifier, recordings, _rate(sample_rate))
        source, fnames = _batches_of_arrays(clips, batch_size), [None] * len(clips)
    else:
        source = _batches_of_files(classifier, table, batch_size, on_error)
        fnames = list(table["fname"])
    return _predict(classifier, fnames, source, progress)


def _predict(classifier, fnames, source, progress, hear=None):
    """Run the batches of `source` through the classifier; `hear` sees each batch's clips."""
    probabilities = np.full((len(fnames), len(classifier.labels)), np.nan, "float32")
    errors = np.full(len(fnames), None, dtype=object)
    done = 0
    with progress_bar("Predicting", len(fnames), progress) as bar:
        for rows, clips, good, bad in source:
            if len(good):
                probabilities[rows[good]] = classifier.predict_on_batch(clips)
            if hear is not None:
                hear(clips)
            errors[np.delete(rows, good)] = bad
            done += len(rows)
            bar(done)
    best = np.nan_to_num(probabilities, nan=-1.0).argmax(axis=1) if len(fnames) else []
    failed = errors != np.array(None)
    label = np.where(failed, None, np.array(classifier.labels, dtype=object)[best])
    score = probabilities[np.arange(len(fnames)), best]
    # object, not pandas' text: a missing name stays None whatever else is in the column
    columns = {"fname": pd.Series(fnames, dtype=object), "label": pd.Series(label, dtype=object)}
    columns["score"] = score
    columns |= {f"prob_{name}": probabilities[:, i] for i, name in enumerate(classifier.labels)}
    return pd.DataFrame(columns | {"error": pd.Series(errors, dtype=object)})


def _table(classifier, recordings):
    """The recordings as a table with a column `fname`; `None` where they are arrays."""
    if isinstance(recordings, pd.DataFrame):
        if "fname" not in recordings:
            raise HearingAIError(
                f"`recordings` must have a column `fname`. Received: {', '.join(recordings)}"
            )
        if is_embedding_table(recordings) or not classifier.hears_embeddings:
            return recordings
        recordings = list(recordings["fname"])
    if isinstance(recordings, (str, os.PathLike)):
        recordings = [recordings]
    if isinstance(recordings, np.ndarray) and recordings.dtype.kind not in "OU":
        return None
    recordings = list(recordings)
    if all(isinstance(r, (str, os.PathLike)) for r in recordings):
        return _table_of_files(classifier, [os.fspath(r) for r in recordings])
    if any(isinstance(r, (str, os.PathLike)) or r is None for r in recordings):
        raise HearingAIError("`recordings` mixes paths with something else")
    return None


def _table_of_files(classifier, files):
    if not classifier.hears_embeddings:
        return pd.DataFrame({"fname": pd.Series(files, dtype=object)})
    others = [f for f in files if Path(f).suffix not in EMBEDDING_FILES]
    if others:
        raise HearingAIError(
            f"the classifier hears embeddings, in files that end in "
            f"{', '.join(EMBEDDING_FILES)}. Received: {others[0]}"
        )
    return list_embeddings(files)


def _rate(sample_rate):
    return None if sample_rate is None else positive("sample_rate", sample_rate, whole=True)


def _batches_of_arrays(clips, size):
    for first in range(0, len(clips), size):
        batch = clips[first : first + size]
        rows = np.arange(first, first + len(batch))
        yield rows, batch, np.arange(len(batch)), []


def _batches_of_files(classifier, table, size, on_error):
    if classifier.hears_embeddings:  # small, and one file holds many: read them at once
        clips, good, errors = read_clips_of(classifier, table, on_error)
        bad = np.delete(np.arange(len(table)), good)
        yield from _as_batches(clips, good, bad, list(errors["error"]), size)
        return
    for first in range(0, len(table), size):
        chunk = table.iloc[first : first + size]
        clips, good, errors = read_clips_of(classifier, chunk, on_error)
        yield np.arange(first, first + len(chunk)), clips, good, list(errors["error"])


def _as_batches(clips, good, bad, reasons, size):
    for first in range(0, len(good), size):
        rows = good[first : first + size]
        yield rows, clips[first : first + size], np.arange(len(rows)), []
    if len(bad):
        yield bad, clips[:0], np.arange(0), reasons


@dataclass
class Evaluation:
    """What a classifier achieves on labelled clips.

    Attributes:
        accuracy: Share of the clips whose most probable label is right.
        loss: Mean cross-entropy, in nats.
        n: Clips counted.
        metrics: DataFrame `metric`, `value`, `low`, `high`: accuracy with its 95 % bootstrap
            interval (over speakers, source recordings or folds where the table names them), F1
            under each average, areas under the ROC and precision-recall curves; and where one of
            two labels is the target, its precision, recall and F1, at one half and at the
            threshold that training chose on its validation clips.
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
    metrics: pd.DataFrame
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
        warn(
            f"{len(clips) - len(kept)} clips left out, of classes the classifier does not know: "
            f"{', '.join(left_out)}"
        )
        clips = kept
    clips = check_clips(clips, classifier.labels)
    heard = []
    source = _batches_of_files(classifier, clips, batch_size, on_error)
    stored = _as_bytes if classifier.hears_embeddings else to_int16
    table = _predict(
        classifier,
        list(clips["fname"]),
        source,
        progress,
        hear=lambda batch: heard.extend(digests(stored(batch))),
    )
    table.insert(1, "class", clips["class"])
    trained_on = set(classifier.record.get("trained_on", ()))
    n_seen = sum(digest in trained_on for digest in heard)
    by = group_of(clips)
    groups = None if by is None else clips[by].astype(str).to_numpy()
    return summary(classifier, table, groups, n_seen, left_out)


def _as_bytes(embeddings):
    return embeddings.astype("uint8")


def evaluate_store(classifier, store, batch_size=256):
    """Measure a classifier on clips that are read already."""
    places = np.arange(len(store))
    source = (
        (rows, as_float(store.clips[rows]), np.arange(len(rows)), [])
        for rows in np.split(places, range(batch_size, len(places), batch_size))
    )
    table = _predict(classifier, list(store.table["fname"]), source, progress=False)
    table.insert(1, "class", store.table["class"].to_numpy())
    by = group_of(store.table)
    groups = None if by is None else store.table[by].astype(str).to_numpy()
    return summary(classifier, table, groups)


def summary(classifier, table, groups=None, n_seen=0, left_out=()):
    """What predictions with their true `class` amount to.

    Args:
        classifier: The classifier that made them.
        table: What `predict` returns, with the column `class`.
        groups: Speaker, source or fold of each row, for the bootstrap; `None` takes single clips.
        n_seen: Clips heard in training.
        left_out: Classes not counted.
    """
    bad = table["error"].notna().to_numpy()
    errors = table.loc[bad, ["fname", "error"]].reset_index(drop=True)
    if bad.all():
        raise AudioFileError(errors["fname"][0], errors["error"][0])
    if len(errors):
        warn(report_bad_files(errors, len(table)))
    good = table[~bad]
    if n_seen:
        warn(
            f"{n_seen} of {len(good)} clips were heard in training; the numbers flatter the "
            f"classifier. Measure it on clips, best on speakers, it never heard"
        )
    labels = classifier.labels
    position = {label: i for i, label in enumerate(labels)}
    class_id = good["class"].map(position).to_numpy()
    probabilities = good[[f"prob_{label}" for label in labels]].to_numpy()
    loss = cross_entropy(class_id, probabilities)
    groups = None if groups is None else np.asarray(groups)[~bad]
    return Evaluation(
        accuracy=accuracy(good["class"], good["label"]),
        loss=loss,
        n=len(good),
        metrics=_metrics(classifier, good, probabilities, groups),
        per_class=class_report(good["class"], good["label"], labels),
        confusion=confusion(good["class"], good["label"], labels),
        predictions=table,
        errors=errors,
        n_seen=n_seen,
        left_out=list(left_out),
    )


def _metrics(classifier, good, probabilities, groups):
    """Every number under its own name."""
    truth, label, labels = good["class"], good["label"], classifier.labels
    interval = bootstrap_interval(truth, label, groups).iloc[0]
    rows = [("accuracy", interval["estimate"], interval["low"], interval["high"])]
    for average in ("macro", "micro", "weighted"):
        rows.append((f"f1_{average}", f1_score(truth, label, average)))
    if classifier.target is None:
        areas = class_aucs(truth, probabilities, labels)
        rows += [("roc_auc_macro", areas["roc_auc"].mean())]
        rows += [("pr_auc_macro", areas["pr_auc"].mean())]
    else:
        score = probabilities[:, labels.index(classifier.target)]
        at_half = binary_metrics(truth, score, classifier.target).iloc[0]
        rows += [(n, at_half[n]) for n in ("precision", "recall", "f1_positive")]
        rows += [(n, at_half[n]) for n in ("roc_auc", "pr_auc")]
        threshold = classifier.record.get("threshold")
        if threshold is not None:
            chosen = binary_metrics(truth, score, classifier.target, threshold).iloc[0]
            rows.append(("threshold", chosen["threshold"]))
            rows += [(f"{n}_at_threshold", chosen[n]) for n in AT_THRESHOLD]
    rows = [(*row, np.nan, np.nan)[:4] for row in rows]
    table = pd.DataFrame(rows, columns=["metric", "value", "low", "high"])
    return table.astype({"value": float, "low": float, "high": float})
