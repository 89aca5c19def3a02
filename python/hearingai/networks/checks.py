"""What every network asks of its arguments."""

from ..errors import HearingAIError
from ..runtime.arguments import positive


def image_shape(input_shape, least):
    """Return `(frames, bins, channels)` as ints; frames and bins must reach `least`."""
    return _shape(input_shape, ("frames", "bins", "channels"), (*least, 1))


def embedding_shape(input_shape, least=(1, 1)):
    """Return `(frames, values)` as ints, each at least what `least` says."""
    return _shape(input_shape, ("frames", "values"), least)


def _shape(input_shape, names, least):
    try:
        shape = tuple(int(n) for n in input_shape)
    except (TypeError, ValueError):
        shape = ()
    if len(shape) != len(names) or any(n < low for n, low in zip(shape, least, strict=True)):
        lowest = " and ".join(f"{n} {name}" for n, name in zip(least[:2], names, strict=False))
        raise HearingAIError(
            f"`input_shape` must be ({', '.join(names)}) with at least {lowest}. "
            f"Received: {input_shape}"
        )
    return shape


def class_count(n_classes, least=2):
    """Return the number of classes, at least `least`."""
    n_classes = positive("n_classes", n_classes, whole=True)
    if n_classes < least:
        raise HearingAIError(f"`n_classes` must be at least {least}. Received: {n_classes}")
    return n_classes


def within(argument, value, low, high):
    """Return `value` as an int if it lies in `low`...`high`, else raise an error."""
    number = positive(argument, value, whole=True)
    if not low <= number <= high:
        raise HearingAIError(f"`{argument}` must be from {low} to {high}. Received: {number}")
    return number


def dropout_rate(dropout):
    """Return the share of values to drop, from 0 to below 1."""
    number = 0.0 if dropout == 0 and dropout is not False else positive("dropout", dropout)
    if number >= 1:
        raise HearingAIError(f"`dropout` must be from 0 to below 1. Received: {dropout!r}")
    return number
