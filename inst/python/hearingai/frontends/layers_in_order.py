"""The front end of a recipe from layers."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras

from ..errors import HearingAIError

FrontEnd: TypeAlias = (
    keras.layers.Layer | Sequence[keras.layers.Layer] | Callable[[int], keras.layers.Layer]
)
"""A layer, layers one after the other, or a function from the sample rate to a layer."""


class LayersInOrder:
    """A front end from layers: a function of the sample rate that returns new layers.

    Args:
        layers: Front-end layers, one or several, applied in their order.
    """

    def __init__(self, layers: keras.layers.Layer | Sequence[keras.layers.Layer]) -> None:
        several: Sequence[Any] = layers if isinstance(layers, (list, tuple)) else [layers]
        wrong = [v for v in several if not isinstance(v, keras.layers.Layer)]
        if wrong or not several:
            raise HearingAIError(
                f"`frontend` must be a layer such as LogMel(), a list of layers, or a function of "
                f"the sample rate that returns one. "
                f"Received: {type(wrong[0]).__name__ if wrong else 'an empty list'}"
            )
        self.layers = [(type(layer), layer.get_config()) for layer in several]

    @property
    def sample_rate(self) -> int | None:
        """The rate that its layers are made for, Hz; `None` where none tells."""
        rates = [config["sample_rate"] for _, config in self.layers if "sample_rate" in config]
        return rates[0] if rates else None

    def __call__(self, sample_rate: int) -> keras.layers.Layer:
        """Create new layers of the same configuration."""
        for kind, config in self.layers:
            if config.get("sample_rate", sample_rate) != sample_rate:
                raise HearingAIError(
                    f"`frontend` has a {kind.__name__} for sound at {config['sample_rate']} Hz, "
                    f"and the recipe's clips are at {sample_rate} Hz"
                )
        layers = [kind.from_config(config) for kind, config in self.layers]
        return layers[0] if len(layers) == 1 else keras.Sequential(layers, name="front_end")

    def get_config(self) -> dict[str, dict[str, Any]]:
        """The configuration, to compare front ends by."""
        return {
            f"{i}-{kind.__name__}": {k: v for k, v in config.items() if k != "name"}
            for i, (kind, config) in enumerate(self.layers)
        }
