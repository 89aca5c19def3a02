"""Standardisation to zero mean and unit variance, a Keras layer fitted before training."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import choose, positive

AXES = ("band", "channel", "all")
SLICE = 256  # images converted to float64 at once


@keras.saving.register_keras_serializable(package="hearingai")
class Scaling(keras.layers.Layer):
    """Scale images to zero mean and unit variance, as learned from training clips.

    The layer starts as the identity. `adapt` learns the means and variances, which are saved
    with the model and never change in training.

    Args:
        epsilon: Smallest standard deviation to divide by; values that vary less count as constant
            and are only centred.
        axis: Which values share a mean and a variance: those of each `"band"` of each channel, of
            each `"channel"`, or `"all"` values.

    Input shape:
        `(batch, frames, bins, channels)`; or embeddings `(batch, frames, features)`, whose
        features are scaled one by one unless `axis="all"`.

    Output shape:
        That of the input, float32.

    Raises:
        HearingAIError: An argument is out of range, or the input has another shape, or other bands
            or channels than the layer was fitted to.

    Example:
        >>> import hearingai, numpy
        >>> images = numpy.random.default_rng(0).normal(7, 3, (20, 10, 4, 1)).astype("float32")
        >>> scaled = numpy.asarray(hearingai.Scaling().adapt(images)(images))
        >>> bool(abs(scaled.mean()) < 1e-4), bool(abs(scaled.std() - 1) < 1e-4)
        (True, True)
    """

    def __init__(self, epsilon: float = 1e-06, *, axis: str = "band", **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        kwargs.setdefault("trainable", False)
        super().__init__(**kwargs)
        self.epsilon = positive("epsilon", epsilon)
        self.axis = choose("axis", axis, AXES)

    def build(self, input_shape: Any) -> None:
        """Make the weights: mean 0 and variance 1."""
        shape = self._statistics_shape(input_shape)
        self.mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
        self.variance = self.add_weight(
            name="variance", shape=shape, initializer="ones", trainable=False
        )

    def call(self, images: Any) -> Any:
        """Scale a batch of images."""
        self._check_shape(images.shape)
        deviation = ops.sqrt(self.variance)
        return (images - self.mean) / ops.where(deviation < self.epsilon, 1.0, deviation)

    def adapt(self, batches: Any) -> "Scaling":
        """Estimate mean and variance in one pass, in float64; earlier estimates are replaced.

        Give it the images of training clips only: statistics of other clips would leak into
        their evaluation.

        Args:
            batches: Images as one array, or an iterable of arrays: batches of images whose
                number of frames may differ.

        Returns:
            The layer itself.

        Raises:
            HearingAIError: There are no images, they differ in their bands or channels, or hold
                values that are not finite.
        """
        count, mean, squares = 0, 0.0, 0.0
        for images in _slices(batches):
            if not images.size:
                continue
            if not self.built:
                self.build((None, *images.shape[1:]))
            self._check_shape(images.shape)
            if not np.isfinite(images).all():
                raise HearingAIError("`batches` holds values that are not finite (NaN or infinite)")
            axes = tuple(range(images.ndim - len(self.mean.shape)))
            n = images.size // max(1, int(np.prod(self.mean.shape)))
            batch_mean = images.mean(axis=axes)
            batch_squares = np.square(images - batch_mean).sum(axis=axes)
            # Chan, Golub and LeVeque's merging: no cancellation, whatever the order of batches.
            shift = batch_mean - mean
            squares = squares + batch_squares + np.square(shift) * count * n / (count + n)
            mean = mean + shift * n / (count + n)
            count += n
        if not count:
            raise HearingAIError("`batches` holds no images to learn mean and variance from")
        self.mean.assign(mean)
        self.variance.assign(squares / count)
        return self

    def _check_shape(self, shape: Any) -> None:
        mine, known = self._statistics_shape(shape), tuple(self.mean.shape)
        alike = len(mine) == len(known) and all(
            m in (k, None) for m, k in zip(mine, known, strict=True)
        )
        if not alike:
            raise HearingAIError(
                "images must be alike in bands and channels: expected statistics of the shape "
                f"{known}. Received images: {tuple(shape)}"
            )

    def _statistics_shape(self, shape: Any) -> Any:
        if len(shape) not in (3, 4):
            _refuse(shape)
        if self.axis == "all":
            return ()
        return tuple(shape[2:] if self.axis == "band" else shape[-1:])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the scaled images: that of the images."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"epsilon": self.epsilon, "axis": self.axis}


def _refuse(shape: Any) -> HearingAIError:
    raise HearingAIError(
        "images must have the shape (batch, frames, bins, channels), or (batch, frames, features) "
        f"for embeddings. Received: {tuple(shape)}"
    )


def _slices(batches: Any) -> Any:
    """Batches as float64 arrays of a bounded number of images."""
    for batch in [batches] if hasattr(batches, "shape") else batches:
        if isinstance(batch, (tuple, dict)):
            raise HearingAIError("`batches` must hold images alone, without their labels")
        array = ops.convert_to_numpy(batch) if ops.is_tensor(batch) else np.asarray(batch)
        for start in range(0, len(array), SLICE):
            yield array[start : start + SLICE].astype("float64")
