"""Probabilities that come true as often as they say, as a Keras layer."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from .._typing import ArrayLike
from ..runtime.arguments import choose

METHODS = ("temperature", "platt", "isotonic")
_LEAST = 1e-7  # of a probability, before its logarithm


@keras.saving.register_keras_serializable(package="hearingai")
class Calibration(keras.layers.Layer):
    """Map probabilities to calibrated ones.

    A temperature divides all logits by one number; Platt's method scales and shifts the logit of
    each label; the isotonic one goes through points, straight between them. Its numbers are
    weights that no training changes, and that `set_curves` sets; until then it changes nothing.

    Args:
        method: `"temperature"`, `"platt"` or `"isotonic"`.
        exclusive: Whether each clip has one of the labels, so that the result is to add up to 1.
        points: Points of a curve, for `"isotonic"`.

    Input shape:
        `(batch, labels)`, probabilities.

    Output shape:
        The same.

    Source:
        C. Guo et al., "On Calibration of Modern Neural Networks" (2017); J. Platt, "Probabilistic
        Outputs for Support Vector Machines" (1999); B. Zadrozny and C. Elkan, "Transforming
        Classifier Scores into Accurate Multiclass Probability Estimates" (2002).

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.networks.Calibration("temperature")
        >>> _ = layer(numpy.array([[0.9, 0.1]], "float32"))
        >>> layer.set_curves([0.5])  # a temperature of 2
        >>> numpy.array(layer(numpy.array([[0.9, 0.1]], "float32"))).round(3).tolist()
        [[0.75, 0.25]]
    """

    def __init__(
        self, method: str, *, exclusive: bool = True, points: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.method = choose("method", method, METHODS)
        self.exclusive, self.points = bool(exclusive), int(points)
        self.trainable = False

    def build(self, input_shape: Any) -> None:
        """Make the numbers of the curves, which change nothing yet."""
        labels = 1 if self.method == "temperature" else input_shape[-1]
        line = np.linspace(0, 1, self.points, dtype="float32")
        first = {"a": np.ones(labels), "b": np.zeros(labels)}
        if self.method == "isotonic":
            first = {name: np.tile(line, (labels, 1)) for name in "ab"}
        for name, values in first.items():
            setattr(self, name, self._fixed(name, values))
        self.built = True

    def _fixed(self, name: str, values: np.ndarray) -> Any:
        start = keras.initializers.Constant(values.astype("float32"))
        return self.add_weight(
            name=name, shape=values.shape, initializer=start, trainable=False, dtype="float32"
        )

    def set_curves(self, a: ArrayLike, b: ArrayLike | None = None) -> None:
        """Set the numbers.

        Args:
            a: The factor of the logits, one or, for `"platt"`, of each label; for `"isotonic"` the
                probabilities of each label's points before, rising.
            b: What is added to the logits of each label; for `"isotonic"` the probabilities of
                its points afterwards.
        """
        self.a.assign(np.asarray(a, "float32"))
        if b is not None:
            self.b.assign(np.asarray(b, "float32"))

    def call(self, probabilities: Any) -> Any:
        """The calibrated probabilities."""
        p = ops.clip(probabilities, _LEAST, 1 - _LEAST)
        if self.method == "temperature" and self.exclusive:
            return ops.softmax(ops.log(p) * self.a)
        if self.method == "isotonic":
            widths = ops.maximum(self.a[:, 1:] - self.a[:, :-1], _LEAST)
            shares = ops.clip((ops.expand_dims(p, -1) - self.a[:, :-1]) / widths, 0, 1)
            steps = self.b[:, 1:] - self.b[:, :-1]
            found = self.b[:, 0] + ops.sum(shares * steps, axis=-1)
        else:
            found = ops.sigmoid((ops.log(p) - ops.log(1 - p)) * self.a + self.b)
        if not self.exclusive:
            return found
        found = ops.maximum(found, _LEAST)
        return found / ops.sum(found, axis=-1, keepdims=True)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the probabilities."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        settings = {"method": self.method, "exclusive": self.exclusive, "points": self.points}
        return super().get_config() | settings
