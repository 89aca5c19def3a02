"""evaluate(), and the validation at the end of a training."""

from typing import Any

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, OnError, Progress, Runtime
from ..audio.doubts import collected_doubts
from ..audio.samples import to_int16
from ..classifier.protocol import Classifier, check_classifier, check_truth
from ..clips.digests import digests
from ..clips.labelled import Store
from ..corpora.options import RunOptions
from ..corpora.running import refuse_run, wanted
from ..errors import HearingAIError, warn
from ..evaluation import choose_threshold
from ..runtime.arguments import flag, positive
from ..runtime.shared_options import shared_options
from ..tables.clip_table import check_clips
from ..tables.columns import check_columns
from ..tables.label_sets import LABELS, TRUE_LABELS, class_names, is_multi_label, only_labels
from ..tables.recordings import group_of, recordings_of, texts_of
from ._shards import run_over
from .answers import answer_table, predict_batches, with_notes
from .batches import Batches, batches_of_files
from .generated import answers_to_generator, check_labels, is_generator
from .label_scoring import warn_of_absent
from .runtimes import in_runtime, keras_alone, with_runtime
from .scoring import Evaluation, summary


@shared_options
@collected_doubts()
def evaluate(
    classifier: Classifier,
    clips: Any,
    *,
    batch_size: int = 64,
    device: Device = "auto",
    runtime: Runtime | None = None,
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
    steps: float | None = None,
    **options: Unpack[RunOptions],
) -> Evaluation:
    """Measure a classifier on labelled clips.

    Warns where clips were used in training, since the metrics are then too optimistic; where
    classes of the table are unknown to the classifier; and where recordings cannot be read.

    Args:
        classifier: An `AudioClassifier`, or an exported one, see `load_exported`.
        clips: A table with at least `fname` and `class`, or `labels` for a classifier of any number
            of labels a clip; or what `data_generator` returned. Of its clips it is not known which
            were used in training.
        batch_size: Recordings per step.
        device: See `predict`.
        runtime: {runtime}
        on_error: `"report"` lists unreadable files in `.errors`; `"raise"` stops at the first.
        partial: {partial}
        progress: See `predict`.
        steps: Batches to take of a generator, see `predict`.
        **options: A run in a folder, see `RunOptions`.

    Returns:
        An `Evaluation`.

    Raises:
        HearingAIError: The table is malformed, or no clip is left to measure.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> classifier = hearingai.create_classifier(
        ...     "speech-commands-small", ["no", "yes"], seed=1
        ... )
        >>> hearingai.evaluate(classifier, clips).n
        40
    """
    check_classifier(classifier)
    batch_size = positive("batch_size", batch_size, whole=True)
    if is_generator(clips):
        refuse_run(options, "a generator")
        keras_alone(runtime, "clips", "what a generator gives")
        with classifier.on_device(device):
            return _evaluate_generator(classifier, clips, steps, progress)
    if steps is not None:
        raise HearingAIError("`steps` is for a generator, see data_generator()")
    if classifier.multi_label and "class" not in getattr(clips, "columns", ()):
        check_columns("clips", clips, (LABELS,))
    clips = check_clips(clips)
    check_truth(classifier, clips)
    clips, left_out = _of_known_classes(classifier, clips)
    settings: dict[str, Any] = {"batch_size": batch_size, "device": device, "on_error": on_error}
    settings |= {"partial": flag("partial", partial)}
    classifier = in_runtime(classifier, runtime, len(clips), batch_size, device, options)
    if wanted(options):
        table, rows = run_over("evaluate", classifier, clips, options, settings, progress)
        if not len(table):
            raise HearingAIError("`shard`: this slice of the run has no clips, so no metrics")
        clips, n_seen = clips.iloc[rows], int(table.pop("seen").sum())
        # Of the type that the classes of the call have.
        truth = [name for name in ("class", TRUE_LABELS) if name in table]
        table = _with_truth(table.drop(columns=truth), clips)
    else:
        table, n_seen = _predicted(classifier, clips, progress, **settings)
    known = classifier.trained_on is not None
    seen: dict[str, Any] = {"n_seen": n_seen if known else None, "left_out": left_out}
    result = summary(classifier, table, **seen, **_groups(clips))
    with_runtime(result.predictions, classifier, runtime)
    if classifier.multi_label:
        warn_of_absent(result.per_class)
    return result


def _predicted(
    classifier: Classifier,
    clips: pd.DataFrame,
    progress: Progress,
    batch_size: int,
    device: Device,
    on_error: OnError,
    partial: bool,
) -> tuple[pd.DataFrame, int]:
    """Predictions with the true classes, and how many of the clips were trained on."""
    known, heard = classifier.trained_on or set(), list[str]()
    source = batches_of_files(classifier, clips, batch_size, on_error, partial)
    stored = _as_bytes if classifier.hears_embeddings else to_int16
    with collected_doubts() as doubts, classifier.on_device(device):
        table = predict_batches(
            classifier,
            list(clips["fname"]),
            source,
            progress,
            hear=lambda batch: heard.extend(digests(stored(batch))),
        )
    table = _with_truth(table, clips)
    table = with_notes(table, doubts) if partial else table
    return table, sum(digest in known for digest in heard)


def _with_truth(table: pd.DataFrame, clips: pd.DataFrame) -> pd.DataFrame:
    """Predictions with the true classes or labels beside them."""
    if is_multi_label(clips):
        table.insert(1, TRUE_LABELS, pd.Series(clips[LABELS].to_list(), dtype=object))
    else:
        table.insert(1, "class", clips["class"].to_numpy())
    return table


def _evaluate_generator(
    classifier: Any, generator: Any, steps: float | None, progress: Progress
) -> Evaluation:
    clips, probabilities, truth = answers_to_generator(
        classifier, generator, steps, progress, "clips"
    )
    if truth is None:
        raise HearingAIError("`clips` must give images and classes. Received: images alone")
    labels = classifier.labels
    check_labels("clips", generator, classifier)
    errors = np.full(len(clips), None, dtype=object)
    table = answer_table(classifier, list(clips["fname"]), probabilities, errors)
    table.insert(1, "class", [labels[i] for i in truth])
    return summary(classifier, table, n_seen=None, **_groups(clips))


def _of_known_classes(
    classifier: Classifier, clips: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """The clips of classes that the classifier knows, and the names of the other classes.

    Clips with any number of labels stay, with those that it knows.
    """
    left_out = sorted(set(class_names(clips)) - set(classifier.labels))
    if classifier.multi_label:
        kept = only_labels(clips, classifier.labels)
        if left_out:
            warn(
                f"labels that the classifier does not know are left out, and their clips stay: "
                f"{', '.join(left_out)}"
            )
        return kept, left_out
    kept = clips[~clips["class"].isin(left_out)]
    if not len(kept):
        raise HearingAIError(
            f"no clip is of a class the classifier knows: {', '.join(classifier.labels)}"
        )
    if left_out:
        warn(
            f"{len(clips) - len(kept)} clips left out, of classes the classifier does not know: "
            f"{', '.join(left_out)}"
        )
    return check_clips(kept, classifier.labels), left_out


def _as_bytes(embeddings: np.ndarray) -> np.ndarray:
    return embeddings.astype("uint8")


def evaluate_store(classifier: Classifier, store: Store, batch_size: int = 256) -> Evaluation:
    """Measure a classifier on decoded clips."""
    return _summary(classifier, store, _answer_store(classifier, store, batch_size))


def validate(classifier: Classifier, store: Store, batch_size: int = 256) -> None:
    """Choose the threshold with the best F1 on validation clips, and measure there.

    The threshold and the metrics go into the training record.
    """
    table = _answer_store(classifier, store, batch_size)
    target = classifier.target
    if table["error"].notna().any():  # a training that diverged, of which a warning told
        return
    if target is not None:
        truth = table["class"]
        both = truth.nunique() == 2
        score = table[f"prob_{target}"]
        threshold = choose_threshold(truth, score, target=target) if both else None
        classifier.record["threshold"] = None if threshold is None else float(threshold)
    metrics = _summary(classifier, store, table).metrics
    values = metrics["value"].astype(float)
    classifier.record["validation_metrics"] = dict(zip(metrics["metric"], values, strict=True))


def _answer_store(classifier: Classifier, store: Store, batch_size: int) -> pd.DataFrame:
    places = np.arange(len(store))
    source: Batches = (
        (rows, store.clips[rows], np.arange(len(rows)), [])
        for rows in np.split(places, range(batch_size, len(places), batch_size))
    )
    table = predict_batches(classifier, list(store.table["fname"]), source, progress=False)
    return _with_truth(table, store.table)


def _summary(classifier: Classifier, store: Store, table: pd.DataFrame) -> Evaluation:
    return summary(classifier, table, **_groups(store.table))


def _groups(clips: pd.DataFrame) -> dict[str, Any]:
    """The groups that intervals draw: speakers, sources or folds, else recordings cut in parts."""
    by = group_of(clips)
    column = recordings_of(clips) if by is None else texts_of(clips[by])
    if column is None:
        return {}
    return {"groups": column.to_numpy(), "grouped_by": by or "recording"}
