"""Sinusoidal positional encodings, as a Keras layer."""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="hearingai")
class SinusoidalPositions(keras.layers.Layer):
    """Adds sinusoidal positional encodings to a sequence.

    Value `2 i` of frame `t` gets `sin(t / 10000 ** (2 i / values))`, value `2 i + 1` the cosine.

    Input shape:
        `(batch, frames, values)`; frames and values must be known.

    Output shape:
        The same, float32.

    Source:
        Vaswani et al., "Attention Is All You Need" (2017), section 3.5.

    Example:
        >>> import hearingai, numpy
        >>> positions = hearingai.networks.SinusoidalPositions()
        >>> numpy.array(positions(numpy.zeros((1, 2, 2), "float32"))).round(3).tolist()
        [[[0.0, 1.0], [0.8410000205039978, 0.5400000214576721]]]
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)

    def call(self, sequence: Any) -> Any:
        """Add the encodings."""
        return sequence + ops.convert_to_tensor(positions(*sequence.shape[1:]), sequence.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the sequence, unchanged."""
        return input_shape


def positions(frames: int, values: int) -> np.ndarray:
    """The table of positional encodings, `(frames, values)`, float32."""
    even = np.arange(values) // 2 * 2
    angles = np.arange(frames)[:, None] / 10000 ** (even / values)
    return np.where(np.arange(values) % 2, np.cos(angles), np.sin(angles)).astype("float32")
