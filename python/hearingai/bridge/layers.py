"""Front ends and augmentations as functions of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras


def apply(layer: keras.Layer, values: np.ndarray) -> np.ndarray:
    """Call a Keras layer on an array."""
    return _array(layer(values.astype("float32")))


def adapt(layer: Any, images: np.ndarray) -> None:
    """Adapt a `Scaling` layer to an array of images."""
    layer.adapt(images.astype("float32"))


def augmentations(entries: list[Any], **options: Any) -> list[keras.Layer]:
    """The augmentations that `augment` names, as layers."""
    from ..augment import get_augmentations

    return get_augmentations(entries, **options)


def change(
    layer: Any,
    x: np.ndarray,
    labels: np.ndarray | None = None,
    training: bool = True,
    seed: int | None = None,
) -> np.ndarray | dict[str, np.ndarray]:
    """Call an augmentation on an array; returns an array, or a dict of `x` and `labels`.

    Args:
        layer: An `Augmentation`.
        x: The batch.
        labels: Its labels, for augmentations that mix.
        training: Whether to augment; `False` returns the input.
        seed: Seed of the layer's random numbers; `None` continues with them.
    """
    if seed is not None:
        words = np.random.SeedSequence(seed).generate_state(2)
        layer.seed_generator.state.assign(words.astype("int64") % 2**31)
    x = x.astype("float32")
    if labels is None:
        return _array(layer(x, training=training))
    mixed = layer((x, labels.astype("float32")), training=training)
    return dict(zip(("x", "labels"), map(_array, mixed), strict=True))


def _array(tensor: Any) -> np.ndarray:
    from keras import ops

    return ops.convert_to_numpy(tensor)
