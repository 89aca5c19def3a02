"""Averaged weights: an optimizer with `use_ema` keeps them, and what is trained ends with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras


class Averaging(keras.callbacks.Callback):
    """Validate with the averaged weights, if the optimizer keeps any."""

    def on_test_begin(self, logs: Any = None) -> None:
        """Put the averages in their place."""
        swap(self.model)

    def on_test_end(self, logs: Any = None) -> None:
        """Go on with the weights in training."""
        swap(self.model)


@contextmanager
def averaged(model: keras.Model) -> Iterator[None]:
    """The averages in place of the weights as long as this lasts; nothing where there are none."""
    swap(model)
    try:
        yield
    finally:
        swap(model)


def swap(model: keras.Model) -> None:
    """Exchange the weights and their averages."""
    for weight, average in _pairs(model):
        value = keras.ops.copy(keras.ops.convert_to_tensor(weight))
        weight.assign(average)
        average.assign(value)


def settle(model: keras.Model) -> None:
    """Give the weights of an interrupted training the values of their averages."""
    for weight, average in _pairs(model):
        weight.assign(average)


def _pairs(model: keras.Model) -> Any:
    optimizer: Any = model.optimizer
    if not getattr(optimizer, "use_ema", False) or not optimizer.built:
        return []
    # As keras.callbacks.SwapEMAWeights finds them.
    averages = optimizer._model_variables_moving_average
    return zip(optimizer._trainable_variables, averages, strict=True)
