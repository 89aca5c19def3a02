"""The training loop: epochs, what watches them, and what the training record says of them."""

import time
from dataclasses import dataclass, field
from typing import Any

import keras

from ..classifier.model import as_float
from ..errors import warn
from ..frontends import Scaling
from ..runtime.backend import jit_compile, kind_of, steps_at_once, versions
from ..runtime.precision import computing_in
from ..runtime.progress import progress_bar
from ._callbacks import CollapseGuard, EpochSeeds, HistoryRecord, Reporter
from ._checkpoint import Checkpoint
from ._optimizers import settings_of
from ._stopping import EarlyStopping, Plateau


@dataclass
class Data:
    """What an epoch runs over.

    Attributes:
        model: The Keras model to fit: the classifier, its network or a `Trainer` around it.
        train: Batches to train on.
        validation: Batches to validate on, or `None`.
        steps: Batches an epoch.
        chance: The loss of a guess.
        fit_options: Further arguments of `keras.Model.fit`.
    """

    model: keras.Model
    train: Any
    validation: Any
    steps: int
    chance: float
    fit_options: dict = field(default_factory=dict)


def run_epochs(classifier, setup, data, optimizer, record, checkpoint, progress):
    """Run the epochs, in the precision that the record says, and complete the record."""
    with computing_in(record["precision"], classifier.network):
        _run_epochs(classifier, setup, data, optimizer, record, checkpoint, progress)
    for model in (classifier, data.model):  # what was compiled was so in that precision
        model.train_function = model.test_function = model.predict_function = None
        model.steps_per_execution = 1
    return classifier


def _run_epochs(classifier, setup, data, optimizer, record, checkpoint, progress):
    at_once = min(steps_at_once(record["device"]), data.steps)
    for model in dict.fromkeys((classifier, data.model)):  # the classifier saves the optimizer too
        model.compile(
            optimizer=optimizer,
            loss="categorical_crossentropy",
            metrics=["accuracy"],
            jit_compile=jit_compile(record["device"]),
            steps_per_execution=at_once,
        )
    record = record | {
        "device": kind_of(record["device"]),
        "optimizer": settings_of(optimizer),
        "schedule": setup.schedule,
    }
    history, interrupted = HistoryRecord(), False
    guard, stopping, callbacks = _watchers(
        classifier, setup, data, optimizer, record, history, checkpoint, at_once
    )
    started = time.perf_counter()
    with progress_bar("Training", setup.epochs * data.steps, progress) as bar:
        callbacks.append(Reporter(bar, setup.epochs, data.steps))
        try:
            if len(history.rows) < setup.epochs and not (stopping and stopping.over):
                data.model.fit(
                    data.train,
                    epochs=setup.epochs,
                    initial_epoch=len(history.rows),
                    validation_data=data.validation,
                    callbacks=callbacks,
                    shuffle=False,
                    verbose=0,
                    **data.fit_options,
                )
        except KeyboardInterrupt:
            interrupted = True
    guard.finish()
    best = len(history.rows)
    if stopping is not None and stopping.best_epoch:
        best = stopping.finish()
        record["best_epoch"] = best
    if interrupted:
        warn(f"interrupted in epoch {len(history.rows) + 1}; the classifier keeps what it learnt")
    told = history.rows[best - 1] if history.rows else {}
    classifier.record = (
        {k: v for k, v in classifier.record.items() if k in ("initial_seed", "trained_on")}
        | record
        | {
            "history": history.rows,
            "metrics": {k: v for k, v in told.items() if k not in ("epoch", "seconds")},
            "seconds": round(time.perf_counter() - started, 2),
            "interrupted": interrupted,
            "collapsed": guard.collapsed,
            "versions": versions(),
        }
    )


def _watchers(classifier, setup, data, optimizer, record, history, checkpoint, at_once):
    """The callbacks, in their order; those that know of an earlier run have taken it up."""
    guard, stopping = CollapseGuard(data.chance, at_once=at_once), None
    callbacks = [EpochSeeds(record["seed"], data.train), guard, history]
    monitor = setup.monitor if data.validation is not None else setup.monitor.replace("val_", "")
    if setup.patience is not None:
        stopping = EarlyStopping(history, data.model, monitor, setup.patience, checkpoint)
        callbacks.append(stopping)
    if setup.schedule == "plateau":
        callbacks.append(Plateau(history, optimizer, monitor, **setup.schedule_options))
    if checkpoint is not None:
        callbacks.append(Checkpoint(checkpoint, classifier, record, history, guard))
        callbacks[-1].resume()
    if stopping is not None:
        stopping.resume()
    return guard, stopping, callbacks


def adapt_scaling(classifier, clips, size=64):
    """Let the scaling of a front end learn from the training clips."""
    layers = getattr(classifier.frontend, "layers", [classifier.frontend])
    for i, layer in enumerate(layers):
        if not isinstance(layer, Scaling):
            continue
        before = keras.Sequential([keras.Input(classifier.clip_shape), *layers[:i]])
        if not jit_compile():
            before.jit_compile = False
        layer.adapt(
            before.predict_on_batch(as_float(clips[first : first + size]))
            for first in range(0, len(clips), size)
        )
