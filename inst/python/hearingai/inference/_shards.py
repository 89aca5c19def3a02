"""predict(), embed() and evaluate() as runs in a folder: what a worker does with a shard."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .._typing import Progress
from ..audio.doubts import collected_doubts
from ..audio.samples import to_int16
from ..classifier.protocol import Classifier, identity_of
from ..clips.digests import digests
from ..corpora.jobs import Job, Tell, Work
from ..corpora.running import Run, kept_or_temporary, raise_first, run_job
from ..errors import HearingAIError
from ..events.rules import own_thresholds
from ..tables.label_sets import LABELS, TRUE_LABELS, is_multi_label
from .answers import NO_ANSWER, embedding_table, predict_batches, with_notes
from .batches import Batches, batches_of_files
from .novelty import answers_with_novelty

_COLUMNS = ("fname", "start", "end", "record")  # what decides the sound, or the embeddings
_HERE = "hearingai.inference._shards"
_TEXTS = {"predict": "Predicting", "embed": "Embedding", "evaluate": "Evaluating"}


def run_over(
    kind: str,
    classifier: Classifier,
    recordings: pd.DataFrame | None,
    options: Mapping[str, Any],
    settings: Mapping[str, Any],
    progress: Progress,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Do recordings into a folder.

    Args:
        kind: `"predict"`, `"embed"` or `"evaluate"`.
        classifier: The classifier.
        recordings: The table of recordings; `None` where they are sound.
        options: The `RunOptions`.
        settings: The arguments of the function that decide its result.
        progress: See `progress_bar`.

    Returns:
        `(table, rows)`: the run's table, as the function without a folder has it, and which of the
        recordings are in it: those of the slice that are done.
    """
    if recordings is None:
        raise HearingAIError("`out` and `workers` are for files; sound in memory has no name")
    truth = ("class", LABELS) if kind == "evaluate" else ()
    kept = recordings[[name for name in (*_COLUMNS, *truth) if name in recordings]]
    name = "embeddings" if kind == "embed" else "predictions"
    job = Job(
        kind,
        f"{_HERE}:{kind}_worker",
        settings,
        _identity(classifier, settings),
        (name,),
        step=settings["batch_size"],
    )
    with collected_doubts(), kept_or_temporary(options) as where:
        run = run_job(job, kept, classifier, where, progress=progress, text=_TEXTS[kind])
        if settings["on_error"] == "raise":
            errors = run.errors()
            raise_first(errors[errors["error"] != NO_ANSWER])
        return _read(run, name, settings["partial"])


def _identity(classifier: Classifier, settings: Mapping[str, Any]) -> dict[str, Any]:
    identity = {n: v for n, v in settings.items() if n not in ("device", "on_error")}
    identity |= identity_of(classifier)
    identity |= {"classes": classifier.record.get("classes")}
    identity |= {"thresholds": own_thresholds(classifier)}
    if settings.get("unknown"):
        learnt = json.dumps(classifier.record.get("novelty"), sort_keys=True)
        identity["novelty"] = hashlib.sha256(learnt.encode()).hexdigest()
    return identity


def _read(run: Run, name: str, partial: bool) -> tuple[pd.DataFrame, np.ndarray]:
    table = run.read(name)
    rows = table.pop("row").to_numpy()
    return table if partial else table.drop(columns="note"), rows


def predict_worker(classifier: Classifier, settings: Mapping[str, Any]) -> Work:
    """What predicts shards, with a classifier that is open."""
    compute = answers_with_novelty(classifier) if settings["unknown"] else None

    def table_of(rows: pd.DataFrame, source: Batches, progress: Progress) -> pd.DataFrame:
        return predict_batches(classifier, list(rows["fname"]), source, progress, compute=compute)

    return _worker(classifier, settings, "predictions", table_of)


def embed_worker(classifier: Classifier, settings: Mapping[str, Any]) -> Work:
    """What embeds shards, with a classifier that is open."""
    embedder = classifier.embedder(settings["layer"])

    def table_of(rows: pd.DataFrame, source: Batches, progress: Progress) -> pd.DataFrame:
        return embedding_table(embedder, list(rows["fname"]), source, progress)

    return _worker(classifier, settings, "embeddings", table_of)


def evaluate_worker(classifier: Classifier, settings: Mapping[str, Any]) -> Work:
    """What predicts labelled shards, with a classifier that is open."""
    known = classifier.trained_on or set()

    def table_of(rows: pd.DataFrame, source: Batches, progress: Progress) -> pd.DataFrame:
        seen = np.zeros(len(rows), bool)
        noted = _noting(classifier, source, known, seen)
        table = predict_batches(classifier, list(rows["fname"]), noted, progress)
        truth = LABELS if is_multi_label(rows) else "class"
        table.insert(1, TRUE_LABELS if truth == LABELS else truth, rows[truth].to_numpy())
        return table.assign(seen=seen)

    return _worker(classifier, settings, "predictions", table_of)


def _noting(classifier: Classifier, source: Batches, known: set[str], seen: np.ndarray) -> Batches:
    """The batches; which of the clips are known is noted as they pass."""
    for rows, clips, good, bad in source:
        if known and len(good):
            stored = clips.astype("uint8") if classifier.hears_embeddings else to_int16(clips)
            seen[rows[good]] = [digest in known for digest in digests(stored)]
        yield rows, clips, good, bad


def _worker(
    classifier: Classifier,
    settings: Mapping[str, Any],
    name: str,
    table_of: Callable[[pd.DataFrame, Batches, Progress], pd.DataFrame],
) -> Work:
    """A `Work` of one table, with a row a recording."""
    seconds = classifier.duration or 1.0

    def work(rows: pd.DataFrame, tell: Tell) -> Mapping[str, pd.DataFrame]:
        numbers, rows = rows.index.to_numpy("int32"), rows.reset_index(drop=True)
        source = batches_of_files(
            classifier, rows, settings["batch_size"], settings["on_error"], settings["partial"]
        )
        with collected_doubts() as doubts, classifier.on_device(settings["device"]):
            table = table_of(rows, source, lambda done, *_: tell(done * seconds))
        table = with_notes(table, doubts)
        table.insert(0, "row", numbers)
        return {name: table}

    return work
