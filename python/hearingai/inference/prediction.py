"""Using a classifier: predict and evaluate."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from ..clips.decoding import read_all
from ..clips.labelled import as_clips, check_kind
from ..datasets.embedding_files import EMBEDDING_FILES, list_embeddings
from ..datasets.embeddings import is_embedding_table, read_embeddings
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import choose, positive
from ..runtime.progress import progress_bar
from ..tables.clip_table import check_columns


def predict(
    classifier,
    recordings,
    sample_rate=None,
    batch_size=64,
    device="auto",
    on_error="report",
    progress=None,
):
    """Predict the label of each recording.

    A recording of any format, rate, depth and channel count is converted to what the classifier
    was trained on; a shorter one is padded with silence, of a longer one the stretch that the
    classifier's `crop` names is heard.

    Args:
        classifier: An `AudioClassifier`, or an exported one, see `load_exported`.
        recordings: A path, a list of paths, a table with a column `fname` (and `start` and `end`,
            in seconds, for parts), or sound itself: a waveform `(samples,)`, a batch
            `(n, samples)` or a list of waveforms, float in -1...1 or int16. A classifier of
            embeddings takes a table of embeddings, their files, or an array
            `(n, frames, 128)` of values 0...255.
        sample_rate: Rate of the sound, Hz, where `recordings` is sound; `None` means the
            classifier's own. Files know theirs.
        batch_size: Recordings a step; others are read meanwhile.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one. Exported ONNX and LiteRT
            files run on the CPU.
        on_error: `"report"` answers a file that cannot be read with its reason in the column
            `error`; `"raise"` stops at the first.
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.

    Returns:
        A DataFrame with a row a recording (a row a clip of a file of embeddings): `fname` (`None`
        for sound), `label`, `score` (the label's probability), `prob_<label>` for each label, and
        `error` (`None` where all went well).

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
    fnames, source = batches_of(classifier, recordings, sample_rate, batch_size, on_error)
    with classifier.on_device(device):
        return predict_batches(classifier, fnames, source, progress)


def batches_of(classifier, recordings, sample_rate, batch_size, on_error):
    """Names of the recordings, and batches of them: `(rows, clips, good, reasons of the bad)`."""
    batch_size = positive("batch_size", batch_size, whole=True)
    table = table_of(classifier, recordings)
    if table is not None:
        source = batches_of_files(classifier, table, batch_size, on_error)
        return list(table["fname"]), source
    if sample_rate is not None:
        sample_rate = positive("sample_rate", sample_rate, whole=True)
    clips = as_clips(classifier, recordings, sample_rate)
    return [None] * len(clips), _batches_of_arrays(clips, batch_size)


def answers_of(model, width, n, source, progress, hear=None, text="Predicting"):
    """Run batches through a model: its `(n, width)` answers, and the reasons of what is bad."""
    answers, done = np.full((n, width), np.nan, "float32"), 0
    errors = np.full(n, None, dtype=object)
    with progress_bar(text, n, progress) as bar:
        for rows, clips, good, bad in source:
            if len(good):
                answers[rows[good]] = probabilities_of(model, clips)
            if hear is not None:
                hear(clips)
            errors[np.delete(rows, good)] = bad
            done += len(rows)
            bar(done)
    return answers, errors


def predict_batches(classifier, fnames, source, progress, hear=None):
    """Run the batches of `source` through the classifier; `hear` sees each batch's clips."""
    width = len(classifier.labels)
    probabilities, errors = answers_of(classifier, width, len(fnames), source, progress, hear)
    best = np.nan_to_num(probabilities, nan=-1.0).argmax(axis=1) if len(fnames) else []
    failed = errors != np.array(None)
    label = np.where(failed, None, np.array(classifier.labels, dtype=object)[best])
    score = probabilities[np.arange(len(fnames)), best]
    # object, not pandas' text: a missing name stays None whatever else is in the column
    columns = {"fname": pd.Series(fnames, dtype=object), "label": pd.Series(label, dtype=object)}
    columns["score"] = score
    columns |= {f"prob_{name}": probabilities[:, i] for i, name in enumerate(classifier.labels)}
    return pd.DataFrame(columns | {"error": pd.Series(errors, dtype=object)})


def probabilities_of(model, clips):
    """Answers to a batch, filled up to a power of two: few sizes have to be compiled."""
    n = len(clips)
    filling = np.zeros(((1 << (n - 1).bit_length()) - n, *clips.shape[1:]), clips.dtype)
    return model.predict_on_batch(np.concatenate([clips, filling]))[:n]


def table_of(classifier, recordings):
    """The recordings as a table with a column `fname`; `None` where they are arrays."""
    if isinstance(recordings, pd.DataFrame):
        check_columns("recordings", recordings, ("fname",))
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


def _batches_of_arrays(clips, size):
    for first in range(0, len(clips), size):
        batch = clips[first : first + size]
        rows = np.arange(first, first + len(batch))
        yield rows, batch, np.arange(len(batch)), []


def batches_of_files(classifier, table, size, on_error):
    """Read the recordings of a table; yields `(rows, clips, good, bad)`.

    `good` are the positions in `rows` that the clips belong to, `bad` the reasons of the others.
    """
    check_kind(classifier, table)
    if classifier.hears_embeddings:  # small, and one file holds many: read them at once
        clips, good, errors = read_embeddings(table, classifier.clip_shape[0], on_error=on_error)
        bad = np.delete(np.arange(len(table)), good)
        yield from _as_batches(clips, good, bad, list(errors["error"]), size)
        return
    rows, clips, good, bad = [], [], [], []
    for row, found in enumerate(read_all(table, classifier.clip_format, on_error)):
        rows.append(row)
        if isinstance(found, AudioFileError):
            bad.append(found.reason)
        else:
            good.append(len(rows) - 1)
            clips.append(found)
        if len(rows) == size or row == len(table) - 1:
            stacked = np.stack(clips) if clips else np.zeros((0, *classifier.clip_shape))
            yield np.array(rows), stacked, np.array(good, dtype=int), bad
            rows, clips, good, bad = [], [], [], []


def _as_batches(clips, good, bad, reasons, size):
    for first in range(0, len(good), size):
        rows = good[first : first + size]
        yield rows, clips[first : first + size], np.arange(len(rows)), []
    if len(bad):
        yield bad, clips[:0], np.arange(0), reasons
