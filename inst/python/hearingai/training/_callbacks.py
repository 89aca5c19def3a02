"""The callbacks of a training: seeds, collapse, history, progress."""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from ..errors import warn
from ..recipes.own_networks import answers_to_noise


class EpochSeeds(keras.callbacks.Callback):
    """Seed each epoch from `(seed, epoch)` alone, whatever was drawn before."""

    def __init__(self, seed: int, batches: Any) -> None:
        super().__init__()
        self.seed, self.batches = seed, batches

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Order the clips and seed every random layer for the epoch."""
        if hasattr(self.batches, "start_epoch"):
            self.batches.start_epoch(epoch)
        random_layers = [
            layer
            for layer in self.model._flatten_layers()
            if isinstance(getattr(layer, "seed_generator", None), keras.random.SeedGenerator)
        ]
        for i, layer in enumerate(random_layers):
            words = np.random.SeedSequence([self.seed, epoch, i]).generate_state(2)
            layer.seed_generator.state.assign(words.astype("int64") % 2**31)
        if keras.backend.backend() == "torch":  # whose dropout draws from one stream for all layers
            import torch

            torch.manual_seed(int(np.random.SeedSequence([self.seed, epoch]).generate_state(1)[0]))


class CollapseGuard(keras.callbacks.Callback):
    """Stop a training that fell back to chance, and restore its best weights.

    A network has collapsed when its loss is not finite, or when its mean over the last `window`
    steps is back at chance after it had clearly been below, or when it no longer answers with
    numbers: a loss is of the weights before the step, which may have broken them.

    Args:
        chance: Loss of a network that always predicts the class frequencies.
        window: Steps to average over.
        at_once: Steps that the backend runs before it calls back.
        network: The network in training, which is asked for answers before its weights are kept.
    """

    LEARNT, LOST = 0.85, 0.98  # shares of `chance`
    PATIENCE = 100  # steps after which a network should be better than chance

    def __init__(
        self,
        chance: float,
        window: int = 40,
        at_once: int = 1,
        network: keras.Model | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.every = max(1, window // 10, at_once)  # reading a loss waits for the device
        self.chance, self.size = chance, window // self.every
        self.recent: deque[float] = deque(maxlen=self.size)
        self.best, self.best_weights = math.inf, None
        self.collapsed, self.why, self.seen = False, "", 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Keep the weights to fall back on when the very first steps diverge."""
        self.best_weights = self.model.get_weights()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Reset for the epoch: Keras reports the running mean of each epoch."""
        self.mean_before, self.steps, self.read, self.kept = 0.0, 0, 0, 0
        # Penalties on the weights say nothing about the fit.
        self.penalty = float(sum(self.model.losses))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Watch the loss of the last few steps."""
        self.seen += batch + 1 - self.steps
        self.steps = batch + 1
        new = self.steps - self.read
        if new < self.every:
            return
        mean = float(logs["loss"])
        loss = (mean * self.steps - self.mean_before * self.read) / new
        self.mean_before, self.read = mean, self.steps
        if not math.isfinite(mean):
            self._collapse("its loss is no longer finite")
            return
        self.recent.append(loss - self.penalty)
        if len(self.recent) < self.size:
            return
        smooth = sum(self.recent) / len(self.recent)
        half = self.every * (self.size // 2)
        if smooth < 0.98 * self.best and self.steps - self.kept >= half:
            self.kept = self.steps
            self._keep(smooth)
        if self.best < self.LEARNT * self.chance and smooth > self.LOST * self.chance:
            self._collapse(
                f"its loss rose to {smooth:.2f}, that of chance, after it had been {self.best:.2f}"
            )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the weights of a short epoch too."""
        loss = float(logs["loss"]) - self.penalty
        if not math.isfinite(loss) and not self.collapsed:
            self._collapse("its loss is no longer finite")
        if not self.collapsed:
            self._keep(loss)

    def _keep(self, loss: float) -> None:
        """Keep the weights if they are the best so far, and answer with numbers."""
        weights = self.model.get_weights()
        answers = None if self.network is None else answers_to_noise(self.network)
        if answers is not None and not np.isfinite(answers).all():
            self._collapse("it diverged, and its network no longer answers with numbers")
        elif loss < self.best:
            self.best, self.best_weights = loss, weights

    def _collapse(self, why: str) -> None:
        self.collapsed, self.why = True, why
        self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Restore the best weights before the callbacks of users end."""
        self.restore()

    def restore(self) -> None:
        """Restore the best weights of a training that collapsed, once."""
        if self.collapsed and self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            self.best_weights = None

    def finish(self) -> None:
        """Restore the best weights and warn of a collapse, or that nothing was learnt."""
        self.restore()
        remedy = "Train again with a smaller learning_rate, clipnorm=1 or another seed"
        if self.collapsed:
            kept = "it ends with its initial weights"
            if self.best < math.inf:
                kept = f"it ends with the best weights so far (training loss {self.best:.2f})"
            warn(f"the training collapsed: {self.why}; {kept}. {remedy}")
        elif self.seen >= self.PATIENCE and self.LOST * self.chance < self.best < math.inf:
            warn(
                f"the network has learnt nothing in {self.seen} steps: its loss is "
                f"{self.best:.2f}, that of chance {self.chance:.2f}. {remedy}"
            )


class HistoryRecord(keras.callbacks.Callback):
    """Record one row of plain numbers per epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, float]] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the row."""
        first = [n for n in ("loss", "accuracy", "val_loss", "val_accuracy") if n in logs]
        further = [n for n in logs if n not in first]  # metrics set by compile()
        row = {"epoch": epoch + 1} | {n: float(logs[n]) for n in first + further}
        self.rows.append(row | {"seconds": round(time.perf_counter() - self.started, 2)})


class Reporter(keras.callbacks.Callback):
    """Feed a progress bar."""

    PAUSE = 0.1  # seconds between two texts

    def __init__(self, bar: Callable[..., object], epochs: int, steps: int) -> None:
        super().__init__()
        self.bar, self.epochs, self.steps, self.epoch = bar, epochs, steps, 0
        self.text, self.told = "", -math.inf
        self.validated: dict[str, float] = {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember where the epoch starts."""
        self.epoch, self.told = epoch, -math.inf

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar; reading the metrics waits for the device."""
        if time.perf_counter() - self.told > self.PAUSE:
            self.text, self.told = self._text(logs), time.perf_counter()
        self.bar(self.epoch * self.steps + batch + 1, self.text)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Show the epoch's result; that of its validation stays during the next one."""
        self.validated = {k: v for k, v in logs.items() if k in ("val_accuracy", "val_map")}
        self.bar((epoch + 1) * self.steps, self._text(logs))

    def _text(self, logs: dict[str, float]) -> str:
        logs = self.validated | logs
        text = f"Epoch {self.epoch + 1}/{self.epochs}"
        names = {"loss": "loss", "accuracy": "accuracy", "val_accuracy": "validation"}
        names["val_map"] = "validation mAP"
        return text + "".join(f" {v} {logs[k]:.3f}" for k, v in names.items() if k in logs)
