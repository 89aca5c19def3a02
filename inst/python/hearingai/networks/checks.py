"""Checks of the arguments that networks share."""

from typing import Any

from ..errors import HearingAIError
from ..runtime.arguments import choose, number, whole

ACTIVATIONS = ("softmax", "sigmoid")  # of outputs: of one class a clip, of any number of labels


class ShapeError(HearingAIError):
    """A network needs larger inputs.

    Attributes:
        short: The axes that are too short, by name.
    """

    short: tuple[str, ...] = ()


def image_shape(input_shape: Any, least: tuple[int, ...]) -> tuple[int, ...]:
    """Return `(frames, bins, channels)` as ints; frames and bins must reach `least`."""
    return _shape(input_shape, ("frames", "bins", "channels"), (*least, 1))


def embedding_shape(input_shape: Any, least: tuple[int, ...] = (1, 1)) -> tuple[int, ...]:
    """Return `(frames, values)` as ints, each at least what `least` says."""
    return _shape(input_shape, ("frames", "values"), least)


def _shape(input_shape: Any, names: tuple[str, ...], least: tuple[int, ...]) -> tuple[int, ...]:
    try:
        shape = tuple(int(n) for n in input_shape)
    except (TypeError, ValueError):
        shape = ()
    if len(shape) != len(names) or any(n < low for n, low in zip(shape, least, strict=True)):
        lowest = " and ".join(f"{n} {name}" for n, name in zip(least[:2], names, strict=False))
        error = ShapeError(
            f"`input_shape` must be ({', '.join(names)}) with at least {lowest}. "
            f"Received: {input_shape}"
        )
        pairs = zip(names, shape, least, strict=False)
        error.short = tuple(name for name, n, low in pairs if n < low)
        raise error
    return shape


def class_count(n_classes: object, least: int = 2) -> int:
    """Return the number of classes, at least `least`."""
    return whole("n_classes", n_classes, low=least)


def output_count(n_classes: object, activation: str) -> int:
    """Return the number of outputs: at least two, or one where each is a probability by itself."""
    return class_count(n_classes, least=2 - ACTIVATIONS.index(output_activation(activation)))


def output_activation(activation: str) -> str:
    """Return the activation of the outputs, checked."""
    return choose("activation", activation, ACTIVATIONS)


def dropout_rate(dropout: object) -> float:
    """Return the share of values to drop, from 0 to below 1."""
    return number("dropout", dropout, low=0, below=1)
