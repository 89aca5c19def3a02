"""Stretch and shift an image along its bands, as other voices would."""

from typing import Any

import keras
from keras import ops

from ..runtime.arguments import number
from .base import Augmentation


@keras.saving.register_keras_serializable(package="hearingai")
class BandWarp(Augmentation):
    """Stretch each image about its middle band, and shift it by a few bands.

    On a mel scale a stretch and a shift are what a vocal tract of another length does, by and
    large. Values between bands are interpolated; beyond the first and the last band, these go on.

    Args:
        stretch: Largest stretch and squeeze, as a share; factors lie within `1 - stretch` and
            `1 + stretch`.
        shift: Largest shift, bands, up and down.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Images, `(batch, frames, bins, channels)`; the bins must be known.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `stretch` is not from 0 to below 1, or another argument is out of range.

    Source:
        Jaitly and Hinton (2013), "Vocal Tract Length Perturbation (VTLP) improves speech
        recognition", in a simple form.

    Example:
        >>> import hearingai, numpy
        >>> image = numpy.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 1, 4, 1)
        >>> warped = hearingai.augment.BandWarp().apply(image, factor=[1.0], shift=[0.5])
        >>> numpy.asarray(warped).ravel().tolist()
        [1.0, 1.5, 2.5, 3.5]
    """

    domain = "image"

    def __init__(
        self,
        stretch: float = 0.1,
        shift: float = 1.0,
        *,
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.stretch = number("stretch", stretch, low=0, below=1)
        self.shift = number("shift", shift, low=0)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `factor`, above 1 for a stretch, and `shift` in bands, up where positive."""
        factor = self.uniform((shape[0],), 1 - self.stretch, 1 + self.stretch)
        return {"factor": factor, "shift": self.uniform((shape[0],), -self.shift, self.shift)}

    def change(self, x: Any, factor: Any, shift: Any) -> Any:
        """Read the bands at their places, by one product with a matrix a clip."""
        bins = x.shape[2]
        band = ops.arange(bins, dtype="float32")
        middle = (bins - 1) / 2
        read = (band[None] - middle - shift[:, None]) / factor[:, None] + middle
        read = ops.clip(read, 0, bins - 1)
        weights = ops.relu(1 - ops.abs(band[None, :, None] - read[:, None]))
        return ops.einsum("bfmc,bmn->bfnc", x, weights)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"stretch": self.stretch, "shift": self.shift}
