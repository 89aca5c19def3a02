"""The answers of a classifier to batches, as the tables of predict(), embed() and evaluate()."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .._typing import Progress
from ..audio.cuts import Cuts
from ..audio.doubts import Doubts
from ..classifier.protocol import Classifier, Embedder, heard_by
from ..errors import HearingAIError
from ..events.rules import USUAL_THRESHOLD, own_thresholds
from ..runtime.progress import progress_bar
from ..tables.label_sets import LABELS, LabelSet
from ..tables.rest_labels import UNKNOWN
from .batches import Batches

NO_ANSWER = "the network answered with NaN, so its weights are broken"


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


def probabilities_of(classifier: Classifier, windows: np.ndarray | Cuts) -> np.ndarray:
    """Probabilities of windows of a stream; of `Cuts` they share what the classifier can share.

    A label of the record's `stream_odds` is so many times as likely in a stream as among clips.

    Raises:
        HearingAIError: The network is broken: one of them is NaN.
    """
    found = heard_by(classifier, windows)
    if np.isnan(found).any():
        raise HearingAIError(f"`classifier`: {NO_ANSWER}")
    odds = classifier.record.get("stream_odds")
    if not odds:
        return found
    weighed = found * np.array([odds.get(label, 1.0) for label in classifier.labels])
    all_ = weighed + 1 - found if classifier.multi_label else weighed.sum(axis=1, keepdims=True)
    return (weighed / all_).astype(found.dtype)


def silent_window(classifier: Classifier) -> Cuts:
    """A window of silence, to have computed one before the first is heard: that takes long."""
    return Cuts.of(np.zeros((1, *classifier.clip_shape), "float32"))


def embedding_table(
    embedder: Embedder, fnames: Sequence[Any], source: Batches, progress: Progress
) -> pd.DataFrame:
    """The table that `embed` returns: run the batches of `source` through the network."""
    compute, size, n = embedder.embeddings, embedder.size, len(fnames)
    values, errors = answers_of(compute, size, n, source, progress, text="Embedding")
    table = pd.DataFrame(values, columns=[f"embedding_{i + 1}" for i in range(values.shape[1])])
    table.insert(0, "fname", pd.Series(fnames, dtype=object))
    return table.assign(error=pd.Series(errors, dtype=object))
