"""The callbacks of a user, whose model is the classifier, whatever model Keras fits."""

from collections.abc import Sequence
from typing import Any

import keras

from ..classifier.model import AudioClassifier
from ._callbacks import HistoryRecord
from ._record import record_so_far


class UserCallbacks(keras.callbacks.CallbackList):
    """The callbacks of a user, called with the classifier as their model.

    Keras may be fitting another model, such as one with augmentations around the classifier. A
    callback that stops the classifier (`model.stop_training = True`) stops that model.

    Args:
        callbacks: Keras callbacks.
        classifier: The classifier in training, compiled.
        begun: The training record so far: a callback that saves the model saves it too.
        history: The `HistoryRecord` of the training.
    """

    def __init__(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        classifier: AudioClassifier,
        begun: dict[str, Any],
        history: HistoryRecord,
    ) -> None:
        self.classifier, self.fitted, self.begun = classifier, classifier, begun
        self.history, self.running = history, False
        super().__init__(list(callbacks))

    def set_model(self, model: keras.Model | None) -> None:
        """Remember the model that Keras fits, and give the callbacks the classifier."""
        if model is not None:
            self.fitted = model
            super().set_model(self.classifier)

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin; Keras resets `stop_training` of the fitted model only."""
        self.classifier.stop_training, self.running = False, True
        super().on_train_begin(logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Call the callbacks, and stop if one says so."""
        super().on_train_batch_end(batch, logs)
        self._stop_if_told()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Call the callbacks, and stop if one says so."""
        with record_so_far(self.classifier, self.begun, self.history.rows):
            super().on_epoch_end(epoch, logs)
        self._stop_if_told()

    def on_train_end(self, logs: Any = None) -> None:
        """End, once: after an interrupt Keras itself does not call it."""
        if self.running:
            self.running = False
            with record_so_far(self.classifier, self.begun, self.history.rows):
                super().on_train_end(logs)

    def _stop_if_told(self) -> None:
        if self.classifier.stop_training:
            self.fitted.stop_training = True
