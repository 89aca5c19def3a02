"""Additive attention over the steps of a sequence, as a Keras layer."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="hearingai")
class AttentionPooling(keras.layers.Layer):
    """Weighted sum of the steps of a sequence, with learnt weights.

    A step's score is `tanh(x . w + b_t)`, with one bias `b_t` per step; the weights are the softmax
    of the scores over the steps. Masked steps have the weight zero, and where all are masked the
    sum is zero.

    Input shape:
        `(batch, steps, values)`; the number of steps must be static.

    Output shape:
        `(batch, values)`, float32.

    Source:
        Raffel and Ellis, "Feed-Forward Networks with Attention Can Solve Some Long-Term Memory
        Problems" (2015), with a bias per step as in network B of system `embedding-gru`.

    Example:
        >>> import hearingai, numpy
        >>> pool = hearingai.networks.AttentionPooling()
        >>> tuple(pool(numpy.zeros((2, 10, 256), "float32")).shape), pool.count_params()
        ((2, 256), 266)
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Create the weights: one per value and one per step."""
        _, steps, values = input_shape
        self.kernel = self.add_weight(shape=(values, 1), name="kernel")
        self.bias = self.add_weight(shape=(steps,), initializer="zeros", name="bias")
        self.built = True

    def attention(self, sequence: Any, mask: Any = None) -> Any:
        """Weights of the steps, `(batch, steps)`; the mask is True for steps that count."""
        scores = ops.tanh(ops.squeeze(ops.matmul(sequence, self.kernel), -1) + self.bias)
        if mask is None:
            return ops.softmax(scores, axis=-1)
        # The scores lie in -1...1: exp() cannot overflow. The floor avoids 0 / 0 if all are masked.
        weights = ops.exp(scores) * ops.cast(mask, scores.dtype)
        total = ops.sum(weights, axis=-1, keepdims=True)
        return weights / ops.maximum(total, 1e-7)

    def call(self, sequence: Any, mask: Any = None) -> Any:
        """Sum the steps by their weights."""
        weights = ops.expand_dims(self.attention(sequence, mask), -1)
        return ops.sum(sequence * weights, axis=1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return no mask: the output has no steps."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the sums."""
        return (input_shape[0], input_shape[2])
