"""Tokens at the start and end of a sequence, as a Keras layer."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="hearingai")
class StartEndTokens(keras.layers.Layer):
    """Adds a frame before and a frame after a sequence, each filled with one value.

    Args:
        start: Value of the first frame.
        end: Value of the last frame.

    Input shape:
        `(batch, frames, values)`.

    Output shape:
        `(batch, frames + 2, values)`, float32.

    Source:
        The *recurrent* network of system `audio-gate`.

    Example:
        >>> import hearingai, numpy
        >>> tokens = hearingai.networks.StartEndTokens()
        >>> numpy.array(tokens(numpy.zeros((1, 2, 1), "float32")))[0, :, 0].tolist()
        [-1.0, 0.0, 0.0, -2.0]
    """

    def __init__(self, start: Any = -1.0, end: Any = -2.0, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.start = float(start)
        self.end = float(end)

    def call(self, sequence: Any) -> Any:
        """Add the tokens."""
        started = ops.pad(sequence, ((0, 0), (1, 0), (0, 0)), constant_values=self.start)
        return ops.pad(started, ((0, 0), (0, 1), (0, 0)), constant_values=self.end)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the longer sequence."""
        batch, frames, values = input_shape
        return (batch, None if frames is None else frames + 2, values)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"start": self.start, "end": self.end}
