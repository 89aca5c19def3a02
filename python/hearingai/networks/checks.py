"""What every network asks of its arguments."""

from ..errors import HearingAIError, positive


def image_shape(input_shape, least):
    """Return `(frames, bins, channels)` as ints; frames and bins must reach `least`."""
    shape = tuple(int(n) for n in input_shape)
    if len(shape) != 3 or shape[0] < least[0] or shape[1] < least[1] or shape[2] < 1:
        raise HearingAIError(
            f"`input_shape` must be (frames, bins, channels) with at least {least[0]} frames and "
            f"{least[1]} bins. Received: {shape}"
        )
    return shape


def class_count(n_classes):
    """Return the number of classes, at least two."""
    n_classes = positive("n_classes", n_classes, whole=True)
    if n_classes < 2:
        raise HearingAIError(f"`n_classes` must be at least 2. Received: {n_classes}")
    return n_classes
