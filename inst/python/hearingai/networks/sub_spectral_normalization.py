"""Batch normalisation of each group of frequencies by itself, as a Keras layer."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ..runtime.arguments import positive


@keras.saving.register_keras_serializable(package="hearingai")
class SubSpectralNormalization(keras.layers.Layer):
    """Batch normalisation with statistics, scale and offset of its own for each sub-band.

    The bins are divided into `groups` of neighbours, as equal as they can be. In training a
    channel of a group is normalised by its mean and variance over batch, frames and the group's
    bins; else by their moving averages.

    Args:
        groups: Number of sub-bands; no more than there are bins.
        momentum: Share of a moving average that stays at each step.
        epsilon: Added to the variance.

    Input shape:
        `(batch, frames, bins, channels)`; bins and channels must be known.

    Output shape:
        The same.

    Raises:
        HearingAIError: `groups` is no whole number above zero.

    Source:
        Chang et al., "SubSpectral Normalization for Neural Audio Data Processing" (2021).

    Example:
        >>> import hearingai, numpy
        >>> norm = hearingai.networks.SubSpectralNormalization(2)
        >>> image = numpy.array([1.0, 3.0, 10.0, 30.0], "float32").reshape(1, 1, 4, 1)
        >>> numpy.array(norm(image, training=True)).ravel().round(2).tolist()
        [-1.0, 1.0, -1.0, 1.0]
    """

    def __init__(
        self, groups: int = 5, momentum: float = 0.9, epsilon: float = 1e-5, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.groups = positive("groups", groups, whole=True)
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)

    def build(self, input_shape: Any) -> None:
        """Create scale, offset and moving averages: one of each for a channel of a group."""
        _, _, bins, channels = input_shape
        of_bin = np.arange(bins) * self.groups // bins
        # As products with these, the statistics need neither reshaping nor equal groups.
        self.spread = np.equal.outer(of_bin, np.arange(self.groups)).astype("float32")
        self.share = (self.spread / np.maximum(self.spread.sum(axis=0), 1)).T
        own = {"shape": (self.groups, channels), "dtype": "float32", "autocast": False}
        self.gamma = self.add_weight(name="gamma", initializer="ones", **own)
        self.beta = self.add_weight(name="beta", initializer="zeros", **own)
        own["trainable"] = False
        self.moving_mean = self.add_weight(name="moving_mean", initializer="zeros", **own)
        self.moving_variance = self.add_weight(name="moving_variance", initializer="ones", **own)
        self.built = True

    def call(self, images: Any, training: bool | None = None) -> Any:
        """Normalise the images."""
        x = ops.cast(images, "float32")
        mean, variance = self.moving_mean, self.moving_variance
        if training and self.trainable:
            mean = ops.matmul(self.share, ops.mean(x, axis=(0, 1)))
            spread = ops.square(x - ops.matmul(self.spread, mean))
            variance = ops.matmul(self.share, ops.mean(spread, axis=(0, 1)))
            for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
                average.assign(average * self.momentum + value * (1 - self.momentum))
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        offset = self.beta - mean * scale
        x = x * ops.matmul(self.spread, scale) + ops.matmul(self.spread, offset)
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the images, unchanged."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        own = {"groups": self.groups, "momentum": self.momentum, "epsilon": self.epsilon}
        return super().get_config() | own
