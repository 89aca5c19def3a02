"""The training loop: the epochs and their callbacks."""

import math
import time
from typing import Any

import keras
import numpy as np

from ..classifier.model import AudioClassifier
from ..errors import warn
from ..frontends import Scaling
from ..frontends.sound import as_float
from ..runtime.backend import jit_compile, steps_at_once
from ..runtime.distribution import shared_out
from ..runtime.precision import computing_in
from ..runtime.progress import progress_bar
from ._averaging import Averaging
from ._callbacks import CollapseGuard, EpochSeeds, HistoryRecord, Reporter
from ._checkpoint import Checkpoint
from ._data import Data
from ._normalising import normalising_at_once
from ._objectives import LabelScores, loss_of, monitored
from ._record import begun_record, finished_record
from ._stopping import EarlyStopping, Plateau
from ._user_callbacks import UserCallbacks
from .settings import TrainingSettings


def run_epochs(data: Data, settings: TrainingSettings) -> AudioClassifier:
    """Train a classifier, in the precision of the settings, and write its record."""
    classifier = data.classifier
    try:
        with (
            computing_in(settings.precision, classifier.network),
            normalising_at_once(classifier.network, settings.device),
            shared_out(settings.device, data.model),
        ):
            _run_epochs(data, settings)
    finally:
        classifier._shared = None
        for model in (classifier, data.model):  # their compiled functions have that precision
            model.train_function = model.test_function = model.predict_function = None
            model.steps_per_execution = 1
    return classifier


def _run_epochs(data: Data, settings: TrainingSettings) -> None:
    classifier, epochs, started = data.classifier, settings.recipe.epochs, time.perf_counter()
    optimizer = settings.optimizer_for(epochs * data.steps)
    at_once = min(steps_at_once(settings.device), data.steps)
    for model in dict.fromkeys((classifier, data.model)):  # the classifier saves the optimizer too
        model.compile(
            optimizer=optimizer,
            loss=loss_of(settings, classifier.multi_label, data.weights),
            metrics=[*([] if classifier.multi_label else ["accuracy"]), *settings.metrics],
            jit_compile=jit_compile(settings.device),
            steps_per_execution=at_once,
        )
    _build(data.model, len(classifier.labels))
    begun = begun_record(classifier, settings, data.facts, optimizer)
    watchers = _Watchers(data, settings, optimizer, begun, at_once)
    with progress_bar("Training", epochs * data.steps, settings.progress) as bar:
        interrupted = watchers.run(epochs, Reporter(bar, epochs, data.steps))
    rows, outcome = watchers.history.rows, {}
    watchers.guard.finish()
    if watchers.stopping is not None and watchers.stopping.best_epoch:
        outcome["best_epoch"] = watchers.stopping.finish()
    if interrupted:
        warn(f"interrupted in epoch {len(rows) + 1}; the classifier keeps what it learnt")
    classifier.record = finished_record(
        classifier.record,
        begun,
        rows,
        **outcome,
        seconds=round(time.perf_counter() - started, 2),
        interrupted=interrupted,
        collapsed=watchers.guard.collapsed,
    )


def _build(model: keras.Model, n_labels: int) -> None:
    """Make the variables of the first step; TensorFlow would trace a step that makes some twice."""
    model.optimizer.build(model.trainable_variables)
    answer = np.full((1, n_labels), 1 / n_labels, "float32")
    keras.Model.compute_metrics(model, None, answer, answer)
    model.reset_metrics()


class _Watchers:
    """The callbacks of a training, in their order; those with an earlier state resume."""

    def __init__(
        self,
        data: Data,
        settings: TrainingSettings,
        optimizer: keras.optimizers.Optimizer,
        begun: dict[str, Any],
        at_once: int,
    ) -> None:
        classifier, recipe, path = data.classifier, settings.recipe, settings.checkpoint
        watched = monitored(recipe, classifier.multi_label, data.validation is not None)
        self.data, self.history = data, HistoryRecord()
        chance = data.chance if settings.loss in (None, "categorical_crossentropy") else math.inf
        self.guard = CollapseGuard(chance, at_once=at_once, network=classifier.network)
        self.stopping = None
        if recipe.patience is not None:
            self.stopping = EarlyStopping(self.history, classifier, watched, recipe.patience, path)
        plateau = None
        if recipe.schedule == "plateau":
            plateau = Plateau(self.history, optimizer, watched, **recipe.schedule_options)
        self.users = None
        if settings.callbacks:
            self.users = UserCallbacks(settings.callbacks, classifier, begun, self.history)
        checkpoint = None
        if path is not None:
            checkpoint = Checkpoint(path, classifier, begun, self.history, self.guard)
            checkpoint.resume()
        if self.stopping is not None:
            self.stopping.resume()
        seeds = EpochSeeds(settings.seed, data.train)
        # The checkpoint comes after the user's callbacks, to include what they changed.
        self.averaging = Averaging(data.model)
        scores = None
        if classifier.multi_label and data.held is not None:
            scores = LabelScores(classifier, data.held)
        order = [
            self.averaging,
            scores,
            seeds,
            self.guard,
            self.history,
            self.stopping,
            plateau,
            self.users,
            checkpoint,
            keras.callbacks.LambdaCallback(on_epoch_end=lambda _, __: self.averaging.go_on()),
        ]
        self.callbacks = [callback for callback in order if callback is not None]

    def run(self, epochs: int, reporter: Reporter) -> bool:
        """Run the remaining epochs; returns whether they were interrupted."""
        if len(self.history.rows) >= epochs or (self.stopping and self.stopping.over):
            self.averaging.settle()
            return False
        try:
            self.data.model.fit(
                self.data.train,
                epochs=epochs,
                initial_epoch=len(self.history.rows),
                validation_data=self.data.validation,
                callbacks=[*self.callbacks, reporter],
                shuffle=False,
                verbose=0,
                **self.data.fit_options,
            )
        except KeyboardInterrupt:
            self.averaging.settle()
            self.guard.restore()
            if self.stopping is not None:
                self.stopping.finish()
            if self.users is not None:  # so that they can close their files
                self.users.on_train_end()
            return True
        return False


def adapt_scaling(classifier: AudioClassifier, clips: Any, size: int = 64) -> None:
    """Fit the scaling of a front end to the training clips."""
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
