"""The training record: a log, written from the settings and the outcome of a training."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from ..classifier.model import AudioClassifier
from ..clips.labelled import Store
from ..networks.calibration import Calibration
from ..runtime.backend import kind_of, versions
from ..tables.recordings import recordings_of
from ._optimizers import plain_config
from .settings import TrainingSettings

# From the previous record; layers that merge or calibrate stay in the network.
_KEPT = ("initial_seed", "trained_on", "classes", "from_generator", "merged", "calibration")


def begun_record(
    classifier: AudioClassifier,
    settings: TrainingSettings,
    facts: dict[str, Any],
    optimizer: keras.optimizers.Optimizer,
) -> dict[str, Any]:
    """The record of a training before its first epoch.

    Args:
        classifier: The classifier to train.
        settings: The settings of the training.
        facts: Entries about its clips.
        optimizer: The optimizer, at the rate of the first epoch.
    """
    return {
        "seed": settings.seed,
        "deterministic": bool(settings.deterministic),
        **lineage(classifier),
        "precision": settings.precision,
        "device": kind_of(settings.device),
        **facts,
        "optimizer": plain_config(optimizer),
        "schedule": settings.recipe.schedule,
    }


def finished_record(
    before: dict[str, Any], begun: dict[str, Any], history: list[dict[str, float]], **outcome: Any
) -> dict[str, Any]:
    """The whole record of a training.

    Args:
        before: The classifier's record before it.
        begun: What `begun_record` gave.
        history: A row of numbers per epoch.
        **outcome: What else happened; `best_epoch` where a best epoch's weights were restored.
    """
    last = history[outcome.get("best_epoch", len(history)) - 1] if history else {}
    kept = {name: value for name, value in before.items() if name in _KEPT}
    if "calibration" in kept:  # what it did was measured with the weights before
        kept["calibration"] = kept["calibration"] | {"before": None, "after": None}
    return {
        **kept,
        **begun,
        "history": history,
        "metrics": {k: v for k, v in last.items() if k not in ("epoch", "seconds")},
        **outcome,
        "versions": versions(),
    }


@contextmanager
def record_so_far(
    classifier: AudioClassifier, begun: dict[str, Any], history: list[dict[str, float]]
) -> Iterator[None]:
    """Give the classifier the record of an unfinished training, to be saved with it."""
    before = classifier.record
    classifier.record = before | begun | {"history": list(history)}
    try:
        yield
    finally:
        classifier.record = before


def told_of_clips(labels: list[str], train: Store, held: Store | None = None) -> dict[str, Any]:
    """What a record says of the clips, for the model card.

    Returns:
        A dict of `train` and, where there are some, `validation`: each `n`, `labels` (clips of
        each), and `speakers`, `sources`, `recordings` (how many) where the table names them.
    """
    parts = {"train": train} | ({} if held is None else {"validation": held})
    return {name: _counts_of(labels, store) for name, store in parts.items()}


def _counts_of(labels: list[str], store: Store) -> dict[str, Any]:
    truth, table = store.truth, store.table
    n = truth.sum(axis=0) if truth.ndim == 2 else np.bincount(truth, minlength=len(labels))
    told = {"n": len(store), "labels": dict(zip(labels, map(int, n), strict=True))}
    known = {name: table[name] for name in ("speaker", "source") if name in table}
    recordings = recordings_of(table)
    known |= {} if recordings is None else {"recording": recordings}
    counts = {f"{name}s": int(column.nunique()) for name, column in known.items()}
    return told | {name: n for name, n in counts.items() if n}


def lineage(classifier: AudioClassifier) -> dict[str, Any]:
    """The entries of a training record about the classifier's origin.

    Returns:
        A dict with `tuned_from`, the fingerprint that `fine_tune` or `few_shot` started from,
        `teacher`, who taught it before, and `frozen`, the names of the network's layers that are
        not trained; each only where it is so.
    """
    layers = classifier.network.layers
    still = [layer for layer in layers if layer.weights and not layer.trainable]
    frozen = [layer.name for layer in still if not isinstance(layer, Calibration)]
    told = {name: classifier.record.get(name) for name in ("tuned_from", "teacher")}
    told["frozen"] = frozen
    return {name: value for name, value in told.items() if value}
