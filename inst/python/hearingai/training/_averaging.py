"""Averaged weights: an optimizer with `use_ema` keeps them, and what is trained ends with them."""

from typing import Any

import keras


class Averaging(keras.callbacks.Callback):
    """Validate, report and save with the averaged weights, if the optimizer keeps any.

    The averages take the place of the weights from the end of the steps of an epoch until all
    callbacks have seen the epoch: `on_epoch_end` of this one comes first, `go_on` last.

    Args:
        trained: The model in training.
    """

    def __init__(self, trained: keras.Model) -> None:
        super().__init__()
        self.trained, self.in_place = trained, False

    def on_test_begin(self, logs: Any = None) -> None:
        """Put the averages in their place before the validation."""
        self.settle()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Put the averages in their place where nothing is validated."""
        self.settle()

    def settle(self) -> None:
        """Put the averages in their place, once."""
        if not self.in_place:
            swap(self.trained)
            self.in_place = True

    def go_on(self) -> None:
        """Go on with the weights in training."""
        if self.in_place:
            swap(self.trained)
            self.in_place = False


def swap(model: keras.Model) -> None:
    """Exchange the weights and their averages."""
    for weight, average in _pairs(model):
        value = keras.ops.copy(keras.ops.convert_to_tensor(weight))
        weight.assign(average)
        average.assign(value)


def _pairs(model: keras.Model) -> Any:
    optimizer: Any = model.optimizer
    if not getattr(optimizer, "use_ema", False) or not int(optimizer.iterations):
        return []  # before the first step averages are zero
    # As keras.callbacks.SwapEMAWeights finds them.
    averages = optimizer._model_variables_moving_average
    return zip(optimizer._trainable_variables, averages, strict=True)
