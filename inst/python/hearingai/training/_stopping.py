"""Early stopping, and a learning rate that falls on a plateau."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.files import written
from ._callbacks import HistoryRecord


class Plateau(keras.callbacks.Callback):
    """Lower the learning rate when a number no longer improves.

    The rate is computed from the history alone, so a resumed training continues with the rate it
    had.

    Args:
        history: The `HistoryRecord` of the training.
        optimizer: The optimizer, at the rate of the first epoch.
        monitor: The metric monitored, such as `"val_loss"` or `"val_accuracy"`.
        factor: What the rate is multiplied by.
        patience: Epochs without improvement before it is.
        floor: The lowest rate.
        delta: Less than this is no improvement.
    """

    def __init__(
        self,
        history: HistoryRecord,
        optimizer: keras.optimizers.Optimizer,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 5,
        floor: float = 1e-7,
        delta: float = 1e-4,
    ) -> None:
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
        # Read now: a restored checkpoint brings a rate that was lowered already.
        self.highest = float(keras.ops.convert_to_numpy(optimizer.learning_rate))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set the rate that follows from the epochs so far."""
        values = watched(self.history.rows, self.monitor)
        self.model.optimizer.learning_rate = self.rate_after(values)

    def rate_after(self, values: Sequence[float]) -> float:
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
    """Stop when a number no longer improves, and restore the best epoch's weights.

    Args:
        history: The `HistoryRecord` of the training.
        weights_of: The model whose weights are kept.
        monitor: The metric monitored.
        patience: Epochs without improvement before it stops.
        path: A file to keep the best weights in, for a training that may be resumed; `None` keeps
            them in memory.
    """

    def __init__(
        self,
        history: HistoryRecord,
        weights_of: keras.Model,
        monitor: str = "val_loss",
        patience: int = 20,
        path: PathLike | None = None,
    ) -> None:
        super().__init__()
        self.history, self.weights_of = history, weights_of
        self.monitor, self.patience = monitor, patience
        self.path = None if path is None else Path(f"{path}.best.npz")
        self.weights: list[np.ndarray] | None = None

    def resume(self) -> None:
        """Restore the best weights of an interrupted training."""
        if self.path is None or not self.best_epoch:
            return
        if not self.path.exists():
            raise HearingAIError(
                f"`{self.path}`, the best weights of the checkpoint beside it, is missing; bring "
                f"it back, or remove the checkpoint to start again"
            )
        with np.load(self.path) as saved:
            self.weights = [saved[f"arr_{i}"] for i in range(len(saved.files))]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the weights of the best epoch; stop when it lies too far back."""
        if self.best_epoch == len(self.history.rows):
            self.weights = self.weights_of.get_weights()
            if self.path is not None:
                with written(self.path) as partial:
                    np.savez(partial, *self.weights)
        if self.over:
            self.model.stop_training = True

    @property
    def over(self) -> bool:
        """Whether the best epoch lies too far back to go on."""
        return len(self.history.rows) - self.best_epoch >= self.patience

    @property
    def best_epoch(self) -> int:
        """The best epoch so far, from 1; 0 where none gave a finite number."""
        values = watched(self.history.rows, self.monitor)
        return int(np.argmin(values)) + 1 if np.isfinite(values).any() else 0

    def on_train_end(self, logs: Any = None) -> None:
        """Restore the best weights before the callbacks of users end."""
        self.finish()

    def finish(self) -> int:
        """Restore the best weights, once; returns the epoch they are of."""
        if self.weights is not None:
            self.weights_of.set_weights(self.weights)
            self.weights = None
        return self.best_epoch


def watched(rows: Sequence[dict[str, float]], monitor: str) -> list[float]:
    """The monitored metric of each epoch, negated where more is better."""
    sign = -1 if monitor.endswith(("accuracy", "map")) else 1
    values = [sign * row[monitor] for row in rows]
    return [v if math.isfinite(v) else math.inf for v in values]
