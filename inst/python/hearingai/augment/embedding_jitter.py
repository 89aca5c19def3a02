"""Raise or lower an embedding as a whole."""

from typing import Any

import keras
from keras import ops

from .base import Augmentation, per_clip
from .checks import limits
from .mixing import is_frame


@keras.saving.register_keras_serializable(package="hearingai")
class EmbeddingJitter(Augmentation):
    """Add one constant to all values of a clip's embedding, or subtract it.

    Results are kept in 0...255. All-zero frames are padding and stay zero.

    Args:
        amount: Least and largest constant, in the units of the embedding; one number is that
            constant for all. Half of the clips have it subtracted.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Embeddings, `(batch, frames, values)`, in 0...255.

    Output shape:
        That of the input, float32.

    Raises:
        HearingAIError: `amount` is below 0, or `probability` is not from 0 to 1.

    Source:
        The audio gate that learns by example.

    Example:
        >>> import hearingai, numpy
        >>> embedding = numpy.array([[[5, 250], [0, 0]]])
        >>> layer = hearingai.EmbeddingJitter()
        >>> numpy.asarray(layer.apply(embedding, offset=[10.0])).tolist()
        [[[15.0, 255.0], [0.0, 0.0]]]
    """

    domain = "embedding"

    def __init__(
        self,
        amount: float | tuple[float, float] = (0, 10),
        *,
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.amount = limits("amount", amount, lowest=0)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `offset`, what is added to each clip."""
        amount = self.uniform((shape[0],), *self.amount)
        return {"offset": ops.where(self.uniform((shape[0],)) < 0.5, -amount, amount)}

    def change(self, x: Any, offset: Any) -> Any:
        """Add the offset to the frames that are not padding."""
        return ops.where(is_frame(x), ops.clip(x + per_clip(offset, x), 0, 255), x)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"amount": self.amount}
