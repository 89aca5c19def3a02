"""Checkpoints: an interrupted training resumes, and ends with the same weights."""

from pathlib import Path
from typing import Any

import keras

from .._typing import PathLike
from ..classifier.model import AudioClassifier
from ..classifier.saving import load_classifier, save_classifier
from ..errors import HearingAIError
from ..runtime.arguments import path_of
from ..runtime.files import writable_artifact
from ._averaging import swap
from ._callbacks import CollapseGuard, HistoryRecord
from ._record import record_so_far

_SAME = (  # what two records of one training have in common
    *("seed", "deterministic", "batch_size", "data_fingerprint", "optimizer", "schedule"),
    *("settings", "augment", "class_weight", "validation_fingerprint", "precision"),
    *("tuned_from", "frozen", "teacher"),
)


def seed_of(path: PathLike | None) -> int | None:
    """The seed of the training that a checkpoint is of; `None` where there is none."""
    if path is None or not path_of("checkpoint", path).exists():
        return None
    return load_classifier(path).record.get("seed")


class Checkpoint(keras.callbacks.Callback):
    """Save classifier, optimizer and history after every epoch, and restore them.

    Order and dropout of an epoch depend on the seed and the epoch alone, so nothing else has to
    be saved.

    Args:
        path: The file, ending in `.keras`.
        classifier: The classifier in training, compiled.
        begun: The training record so far; a file whose record differs is refused.
        history: The `HistoryRecord` of the training.
        guard: Its `CollapseGuard`: an epoch that collapsed is not saved.
    """

    def __init__(
        self,
        path: PathLike,
        classifier: AudioClassifier,
        begun: dict[str, Any],
        history: HistoryRecord,
        guard: CollapseGuard,
    ) -> None:
        super().__init__()
        self.path = writable_artifact(path, True, "checkpoint")
        self.classifier, self.begun, self.history = classifier, begun, history
        self.guard = guard

    def resume(self) -> None:
        """Restore the state from the file, if there is one."""
        if not Path(self.path).exists():
            return
        saved = load_classifier(self.path)
        differ = [name for name in _SAME if saved.record.get(name) != self.begun.get(name)]
        if differ or saved.labels != self.classifier.labels:
            raise HearingAIError(
                f"`{self.path}` is the checkpoint of another training (its "
                f"{', '.join(differ) or 'labels'} differ); give another name, or remove it"
            )
        self.classifier.set_weights(saved.get_weights())
        self.classifier.optimizer.build(self.classifier.trainable_variables)
        pairs = zip(self.classifier.optimizer.variables, saved.optimizer.variables, strict=True)
        for mine, theirs in pairs:
            mine.assign(theirs)
        swap(self.classifier)  # the file has the averages as its weights
        self.history.rows = list(saved.record["history"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save the state."""
        if self.guard.collapsed:
            return
        with record_so_far(self.classifier, self.begun, self.history.rows):
            save_classifier(self.classifier, self.path, overwrite=True)
