"""Delta features, a Keras layer from images to images with more channels."""

import math
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import choose, positive

AXES = {"time": 1, "frequency": 2}


@keras.saving.register_keras_serializable(package="hearingai")
class Deltas(keras.layers.Layer):
    """Delta features: the first, second ... difference of an image as additional channels.

    Difference `k` is the `k`-th derivative of the polynomial of degree `k` that fits `width`
    neighbouring frames best (Savitzky and Golay); the frames at the edges use the polynomial
    of the outermost full neighbourhood. The values equal those of `librosa.feature.delta`.

    Args:
        width: Number of neighbouring frames, odd, 3 or more.
        order: The highest difference; below `width`.
        axis: `"time"`, or `"frequency"` for differences from bin to bin.

    Input shape:
        `(batch, frames, bins, channels)`, with at least `width` frames.

    Output shape:
        `(batch, frames, bins, channels * (1 + order))`: the image, then all channels' first
        differences, then their second differences, and so on.

    Raises:
        HearingAIError: An argument is out of range, or the image has fewer frames than `width`.

    Source:
        S. Furui, IEEE Transactions on Acoustics, Speech and Signal Processing 34, 1986;
        A. Savitzky and M. Golay, Analytical Chemistry 36, 1964.

    Example:
        >>> import hearingai, numpy
        >>> ramp = numpy.arange(9, dtype="float32").reshape(1, 9, 1, 1)
        >>> image = numpy.asarray(hearingai.Deltas(width=9, order=1)(ramp))
        >>> image.shape, float(image[0, 0, 0, 1].round(4))
        ((1, 9, 1, 2), 1.0)
    """

    def __init__(
        self, width: int = 9, order: int = 2, *, axis: str = "time", **kwargs: Any
    ) -> None:
        kwargs.setdefault("dtype", "float32")
        kwargs.setdefault("trainable", False)
        super().__init__(**kwargs)
        self.width = positive("width", width, whole=True)
        self.order = positive("order", order, whole=True)
        self.axis = choose("axis", axis, tuple(AXES))
        if self.width < 3 or self.width % 2 == 0:
            raise HearingAIError(f"`width` must be odd and 3 or more. Received: {width!r}")
        if self.order >= self.width:
            raise HearingAIError(f"`order` must be below `width`, {width}. Received: {order!r}")

    def build(self, input_shape: Any) -> None:
        """Check the images' shape; the layer has no weights."""
        self.compute_output_shape(input_shape)
        if input_shape[AXES[self.axis]] is None:
            raise HearingAIError(
                f"the images' size in {self.axis} must be known beforehand for differences; "
                f"`frames` of the front end fixes it"
            )

    def call(self, images: Any) -> Any:
        """Append the differences to the channels."""
        self.compute_output_shape(images.shape)
        axis = AXES[self.axis]
        matrix = difference_matrix(images.shape[axis], self.width, self.order)
        letter = "f" if axis == 1 else "m"
        equation = f"bfmc,k{letter}g->b{'gm' if axis == 1 else 'fg'}kc"
        differences = ops.einsum(equation, images, matrix)
        shape = (-1, *images.shape[1:3], self.order * images.shape[3])
        return ops.concatenate([images, ops.reshape(differences, shape)], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the images with the differences."""
        if len(input_shape) != 4:
            raise HearingAIError(
                "images must have the shape (batch, frames, bins, channels). "
                f"Received: {tuple(input_shape)}"
            )
        size = input_shape[AXES[self.axis]]
        if size is not None and size < self.width:
            raise HearingAIError(
                f"images of {size} {'frames' if self.axis == 'time' else 'bins'} are shorter than "
                f"`width`, {self.width}; use longer clips, a shorter stride or a smaller `width`"
            )
        return (*input_shape[:3], input_shape[3] * (1 + self.order))

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        arguments = {"width": self.width, "order": self.order, "axis": self.axis}
        return super().get_config() | arguments


@lru_cache(maxsize=16)
def difference_matrix(size: int, width: int, order: int) -> np.ndarray:
    """The differences as matrices.

    Args:
        size: Number of frames.
        width: Number of neighbouring frames.
        order: The highest difference.

    Returns:
        Array `(order, size, size)`, float32; column `g` of matrix `k - 1` holds the weights that
        give difference `k` at frame `g`.
    """
    half = width // 2
    offsets = np.arange(-half, half + 1)
    starts = np.clip(np.arange(size) - half, 0, size - width)
    matrix = np.zeros((order, size, size))
    for k in range(1, order + 1):
        # The k-th derivative of a polynomial of degree k is constant, so the edges need no
        # weights of their own.
        weights = math.factorial(k) * np.linalg.pinv(np.vander(offsets, k + 1, increasing=True))[k]
        matrix[k - 1, starts + np.arange(width)[:, None], np.arange(size)] = weights[:, None]
    return matrix.astype("float32")
