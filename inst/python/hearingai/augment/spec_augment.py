"""Mask bands of frequency and stretches of time in an image."""

from typing import Any

import keras
from keras import ops

from ..runtime.arguments import choose, share, whole
from .base import Augmentation


@keras.saving.register_keras_serializable(package="hearingai")
class SpecAugment(Augmentation):
    """Mask random bands of frequency and stretches of time.

    Each mask's width is drawn from 0 to its limit, then its place from all where it fits.

    Args:
        frequency_masks: Bands masked in each image.
        time_masks: Stretches masked in each image.
        frequency_limit: Widest band, as a share of the bins.
        time_limit: Longest stretch, as a share of the frames.
        fill: Value of masked cells: the `"mean"` of the clip's image, or `"zero"`.
        probability: Share of the clips that are masked.
        seed: Whole number that decides what is drawn.

    Input shape:
        Images, `(batch, frames, bins, channels)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: A number of masks is not whole, or another argument is out of range.

    Source:
        Park et al. 2019, "SpecAugment"; two masks of up to 10 % along either axis and the mean
        are those of the step-by-step urban sound classifier.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.SpecAugment(fill="zero", probability=1)
        >>> image = numpy.ones((1, 3, 4, 1))
        >>> masked = layer.apply(
        ...     image, time_start=[[0]], time_width=[[1]], frequency_start=[[2]],
        ...     frequency_width=[[1]],
        ... )
        >>> numpy.asarray(masked)[0, :, :, 0].astype(int).tolist()
        [[0, 0, 0, 0], [1, 1, 0, 1], [1, 1, 0, 1]]
    """

    domain = "image"

    def __init__(
        self,
        frequency_masks: int = 2,
        time_masks: int = 2,
        *,
        frequency_limit: float = 0.1,
        time_limit: float = 0.1,
        fill: str = "mean",
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.frequency_masks = whole("frequency_masks", frequency_masks)
        self.time_masks = whole("time_masks", time_masks)
        self.frequency_limit = share("frequency_limit", frequency_limit)
        self.time_limit = share("time_limit", time_limit)
        self.fill = choose("fill", fill, ("mean", "zero"))

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw where each mask starts and how wide it is, in frames and bins, int32."""
        batch, frames, bins = shape[0], shape[1], shape[2]
        time = self._masks((batch, self.time_masks), frames, self.time_limit)
        band = self._masks((batch, self.frequency_masks), bins, self.frequency_limit)
        return {
            "time_start": time[0],
            "time_width": time[1],
            "frequency_start": band[0],
            "frequency_width": band[1],
        }

    def change(
        self, x: Any, time_start: Any, time_width: Any, frequency_start: Any, frequency_width: Any
    ) -> Any:
        """Fill the masks of the images."""
        frames, bins = ops.shape(x)[1:3]
        time = _covered(frames, time_start, time_width)[:, :, None, None]
        band = _covered(bins, frequency_start, frequency_width)[:, None, :, None]
        fill = ops.mean(x, axis=(1, 2, 3), keepdims=True)
        fill = fill if self.fill == "mean" else ops.zeros_like(fill)
        return ops.where(ops.logical_or(time, band), fill, x)

    def _masks(self, shape: Any, size: Any, limit: float) -> Any:
        # The small number keeps a product such as 0.29 * 100 from falling just short.
        widest = ops.floor(limit * ops.cast(size, "float32") + 1e-4)
        width = self.whole(shape, widest + 1)
        return self.whole(shape, size - width + 1), width

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "frequency_masks": self.frequency_masks,
            "time_masks": self.time_masks,
            "frequency_limit": self.frequency_limit,
            "time_limit": self.time_limit,
            "fill": self.fill,
        }


def _covered(size: Any, start: Any, width: int) -> Any:
    """Which of `size` places lie in a mask, bool `(batch, size)`."""
    place = ops.arange(size, dtype="float32")
    start, end = start[:, :, None], (start + width)[:, :, None]
    return ops.any(ops.logical_and(place >= start, place < end), axis=1)
