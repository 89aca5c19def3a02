"""Colour an image as another microphone or room would."""

from typing import Any

import keras
from keras import ops

from ..runtime.arguments import number, whole
from .base import Augmentation


@keras.saving.register_keras_serializable(package="hearingai")
class Equalizer(Augmentation):
    """Add a random smooth curve to the bands of each logarithmic image.

    The curve runs straight between `points` values, evenly spaced from the first to the last band;
    all frames and channels get the same one.

    Args:
        amount: Standard deviation of the values, in units of the image: 0.6 of a natural
            logarithm of power is 2.6 dB.
        points: Values of a curve, at least two.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Images, `(batch, frames, bins, channels)`; the bins must be known.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: An argument is out of range.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.augment.Equalizer(points=2)
        >>> image = layer.apply(numpy.zeros((1, 1, 5, 1)), curve=[[0.0, 2.0]])
        >>> numpy.asarray(image).ravel().tolist()
        [0.0, 0.5, 1.0, 1.5, 2.0]
    """

    domain = "image"

    def __init__(
        self,
        amount: float = 0.6,
        points: int = 5,
        *,
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.amount = number("amount", amount, low=0)
        self.points = whole("points", points, low=2)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `curve`, the values of each clip's curve."""
        size = (shape[0], self.points)
        drawn = keras.random.normal(size, dtype="float32", seed=self.seed_generator)
        return {"curve": self.amount * drawn}

    def change(self, x: Any, curve: Any) -> Any:
        """Add the curves to the images."""
        bins, last = x.shape[2], curve.shape[1] - 1
        at = ops.arange(bins, dtype="float32") * (last / max(bins - 1, 1))
        point = ops.arange(last + 1, dtype="float32")
        weights = ops.relu(1 - ops.abs(point[:, None] - at[None]))
        return x + ops.matmul(curve, weights)[:, None, :, None]

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"amount": self.amount, "points": self.points}
