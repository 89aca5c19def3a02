"""The losses that are not Keras's own."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

_SMALLEST = 1e-7  # probability, so that its logarithm is finite


@keras.saving.register_keras_serializable(package="hearingai")
class LabelCrossEntropy(keras.losses.Loss):
    """The binary cross-entropy of each label, in the mean over labels and clips.

    Args:
        weights: How much each label counts where a clip has it; `None` weighs it as its absence.
        focus: Exponent of the focal loss: an answer that is right by the share p counts by
            (1 - p) to this power. 0 is the plain cross-entropy, 2 the published loss.
        label_smoothing: Share of each target that is spread over both answers.

    Source:
        T.-Y. Lin et al., "Focal Loss for Dense Object Detection" (2017).

    Example:
        >>> import numpy
        >>> loss = LabelCrossEntropy()
        >>> round(float(loss(numpy.array([[1.0, 0.0]]), numpy.array([[0.5, 0.5]]))), 4)
        0.6931
    """

    def __init__(
        self,
        weights: Sequence[float] | np.ndarray | None = None,
        focus: float = 0.0,
        label_smoothing: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.weights = None if weights is None else [float(weight) for weight in weights]
        self.focus, self.label_smoothing = float(focus), float(label_smoothing)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each clip; targets may be anything from 0 to 1."""
        target = ops.cast(y_true, "float32")
        target = target * (1 - self.label_smoothing) + self.label_smoothing / 2
        yes = ops.clip(ops.cast(y_pred, "float32"), _SMALLEST, 1 - _SMALLEST)
        gained, spared = target * ops.log(yes), (1 - target) * ops.log(1 - yes)
        if self.focus:
            gained, spared = gained * (1 - yes) ** self.focus, spared * yes**self.focus
        if self.weights is not None:
            gained = gained * ops.convert_to_tensor(self.weights, "float32")
        return -ops.mean(gained + spared, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the loss."""
        own = {"weights": self.weights, "focus": self.focus}
        return super().get_config() | own | {"label_smoothing": self.label_smoothing}
