"""Mix two clips that both contain the target."""

from typing import Any

import keras
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import whole
from .mixing import MixingAugmentation, blend


@keras.saving.register_keras_serializable(package="hearingai")
class PositiveMix(MixingAugmentation):
    """Mix a positive clip's embedding half and half with another positive one of the batch.

    The label stays positive. Negative clips, and a positive one that is alone in its batch, stay
    as they are. A frame is mixed where neither is padding, and stays as it is otherwise.

    Args:
        positive: Column of the labels that says whether a clip is positive, from 0; `None` is the
            classifier's target in a training. Labels with a single column use that.
        probability: Share of the positive clips that are mixed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Embeddings, `(batch, frames, values)`, and their labels, `(batch, n_classes)` or
        `(batch, 1)`.

    Output shape:
        Those of the input, float32.

    Raises:
        HearingAIError: The labels have no column `positive`, it is neither given nor known from a
            classifier, or an argument is out of range.

    Source:
        The audio gate that learns by example.

    Example:
        >>> import hearingai, numpy
        >>> x, y = hearingai.PositiveMix().apply(
        ...     [[[4.0, 2.0]], [[8.0, 6.0]]], [[0, 1], [0, 1]], partner=[1, 1]
        ... )
        >>> numpy.asarray(x).tolist()
        [[[6.0, 4.0]], [[8.0, 6.0]]]
    """

    domain = "embedding"

    def __init__(
        self,
        positive: int | None = None,
        *,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.positive = None if positive is None else whole("positive", positive)

    def parameters(self, shape: Any, labels: Any) -> dict[str, Any]:
        """Draw `partner`, int32; a clip that is not mixed is its own partner."""
        columns = labels.shape[-1]
        if columns > 1 and (self.positive is None or self.positive >= columns):
            raise HearingAIError(
                f"`positive` must be a column of the labels, from 0 to {columns - 1}, unless a "
                f"classifier in training has a target. Received: {self.positive}"
            )
        holds = labels[:, self.positive if columns > 1 else 0] > 0.5
        place = ops.arange(shape[0], dtype="int32")
        pairs = ops.logical_and(holds[:, None], holds[None])
        allowed = ops.logical_and(pairs, ops.not_equal(place[:, None], place[None]))
        return {"partner": self.one_of(allowed)}

    def change(self, x: Any, labels: Any, other: Any, other_labels: Any) -> Any:
        """Mix clips and labels."""
        half = ops.full((ops.shape(x)[0],), 0.5)
        return blend(x, other, half, self.domain), (labels + other_labels) / 2

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"positive": self.positive}
