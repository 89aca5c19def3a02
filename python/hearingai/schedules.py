"""Learning-rate schedules, early stopping and best weights, all taken up after a break."""

import math
from pathlib import Path

import keras
import numpy as np

from .errors import HearingAIError, choose
from .written import written

SCHEDULES = {  # and the options that each takes
    "constant": (),
    "plateau": ("factor", "patience", "floor", "delta"),
    "one-cycle": (),
    "cosine": ("warmup",),
}
MONITORS = ("val_loss", "val_accuracy", "loss", "accuracy")


@keras.saving.register_keras_serializable(package="hearingai")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """The one-cycle learning rate: up in a straight line, then down to almost nothing.

    Args:
        learning_rate: The highest rate.
        steps: Steps of the whole training.
        rise: Share of the steps on the way up.
        start: The first rate is the highest divided by this.
        end: The last rate is the first divided by this.

    Source:
        Smith and Topin (2018), Super-Convergence; the defaults are those of
        `torch.optim.lr_scheduler.OneCycleLR` with straight lines.
    """

    def __init__(self, learning_rate, steps, rise=0.3, start=25.0, end=1e4):
        self.learning_rate, self.steps, self.rise = learning_rate, steps, rise
        self.start, self.end = start, end

    def __call__(self, step):
        """The rate at a step, from 0."""
        step = keras.ops.cast(step, "float32")
        low = self.learning_rate / self.start
        top = max(self.rise * self.steps - 1, 1e-6)
        last = max(self.steps - 1 - top, 1e-6)
        up = low + (self.learning_rate - low) * step / top
        gone = keras.ops.clip((step - top) / last, 0.0, 1.0)
        down = self.learning_rate * (1 - gone) + low / self.end * gone
        return keras.ops.where(step < top, up, down)

    def get_config(self):
        """Arguments that rebuild the schedule."""
        names = ("learning_rate", "steps", "rise", "start", "end")
        return {name: getattr(self, name) for name in names}


def schedule_of(name, learning_rate, steps, warmup=0.1):
    """The learning rate of a training of `steps` steps: a number, or a schedule by its name.

    Args:
        name: `"constant"`, `"plateau"` (a callback lowers it), `"one-cycle"` or `"cosine"` (with
            a straight warm-up over the share `warmup` of the steps).
        learning_rate: The highest rate.
        steps: Steps of the whole training.
        warmup: Share of the steps of the warm-up.
    """
    choose("schedule", name, tuple(SCHEDULES))
    if name == "one-cycle":
        return OneCycle(learning_rate, steps)
    if name == "cosine":
        warm = max(1, round(warmup * steps))
        return keras.optimizers.schedules.CosineDecay(
            learning_rate / warm,
            max(1, steps - warm),
            warmup_target=learning_rate,
            warmup_steps=warm,
        )
    return learning_rate


class Plateau(keras.callbacks.Callback):
    """Lower the learning rate when a number no longer improves.

    The rate is worked out from the history alone, so a training taken up after a break goes on
    with the rate it had.

    Args:
        history: The `HistoryRecord` of the training.
        optimizer: The optimizer, at the rate of the first epoch.
        monitor: The number watched, such as `"val_loss"` or `"val_accuracy"`.
        factor: What the rate is multiplied by.
        patience: Epochs without improvement before it is.
        floor: The lowest rate.
        delta: Less than this is no improvement.
    """

    def __init__(
        self,
        history,
        optimizer,
        monitor="val_loss",
        factor=0.1,
        patience=5,
        floor=1e-7,
        delta=1e-4,
    ):
        super().__init__()
        if isinstance(
            getattr(optimizer, "_learning_rate", None),
            keras.optimizers.schedules.LearningRateSchedule,
        ):
            raise HearingAIError(
                "`optimizer` has a schedule of its own, which the recipe's `plateau` cannot lower; "
                "give it a number as learning rate, or the recipe another `schedule`"
            )
        self.history, self.monitor, self.delta = history, monitor, delta
        self.factor, self.patience, self.floor = factor, patience, floor
        # Read now: a checkpoint that is taken up brings a rate that was lowered already.
        self.highest = float(keras.ops.convert_to_numpy(optimizer.learning_rate))

    def on_epoch_begin(self, epoch, logs=None):
        """Set the rate that the epochs so far ask for."""
        values = watched(self.history.rows, self.monitor)
        rate = self.rate_after(values)
        self.model.optimizer.learning_rate = rate

    def rate_after(self, values):
        """The rate after epochs that gave `values` (the lower the better)."""
        rate, best, wait = self.highest, math.inf, 0
        for value in values:
            if value < best - self.delta:
                best, wait = value, 0
                continue
            wait += 1
            if wait >= self.patience:
                rate, wait = max(rate * self.factor, self.floor), 0
        return rate


class EarlyStopping(keras.callbacks.Callback):
    """Stop when a number no longer improves, and bring the best epoch's weights back.

    Args:
        history: The `HistoryRecord` of the training.
        weights_of: The model whose weights are kept.
        monitor: The number watched.
        patience: Epochs without improvement before it stops.
        path: A file to keep the best weights in, for a training that may break; `None` keeps
            them in memory.
    """

    def __init__(self, history, weights_of, monitor="val_loss", patience=20, path=None):
        super().__init__()
        self.history, self.weights_of = history, weights_of
        self.monitor, self.patience = monitor, patience
        self.path = None if path is None else Path(f"{path}.best.npz")
        self.weights = None

    def resume(self):
        """Take up the best weights of a training that broke."""
        if self.path is None or not self.best_epoch:
            return
        if not self.path.exists():
            raise HearingAIError(
                f"`{self.path}`, the best weights of the checkpoint beside it, is missing; bring "
                f"it back, or remove the checkpoint to train anew"
            )
        with np.load(self.path) as saved:
            self.weights = [saved[f"arr_{i}"] for i in range(len(saved.files))]

    def on_epoch_end(self, epoch, logs=None):
        """Keep the weights of the best epoch; stop when it lies too far back."""
        if self.best_epoch == len(self.history.rows):
            self.weights = self.weights_of.get_weights()
            if self.path is not None:
                with written(self.path) as partial:
                    np.savez(partial, *self.weights)
        if self.over:
            self.model.stop_training = True

    @property
    def over(self):
        """Whether the best epoch lies too far back to go on."""
        return len(self.history.rows) - self.best_epoch >= self.patience

    @property
    def best_epoch(self):
        """The best epoch so far, from 1; 0 where none gave a finite number."""
        values = watched(self.history.rows, self.monitor)
        return int(np.argmin(values)) + 1 if np.isfinite(values).any() else 0

    def finish(self):
        """Bring the best weights back; returns the epoch they are of."""
        if self.weights is not None:
            self.weights_of.set_weights(self.weights)
        return self.best_epoch


def watched(rows, monitor):
    """The watched number of each epoch, negated where more is better."""
    sign = -1 if "accuracy" in monitor else 1
    values = [sign * row[monitor] for row in rows]
    return [v if math.isfinite(v) else math.inf for v in values]
