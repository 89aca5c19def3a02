"""A tagger of embeddings that treats a clip as an image."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from .checks import dropout_rate
from .tagger import centred, embeddings, probabilities


@using_keras()
def conv2d_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    kernel_size: int = 2,
    filters: int = 4,
    hidden: int = 64,
    dropout: float = 0.2,
    activation: str = "softmax",
) -> keras.Model:
    """Convolutions over frames and values, then two dense layers.

    The layers are Conv2d, ReLU, Conv2d, MaxPool2d, Conv2d, Flatten, BatchNorm, Linear, Dropout,
    Linear, as published: no ReLU after the first of the dense layers.

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`; at least
            `4 * kernel_size - 2` of each.
        n_classes: 1 for the probability of one target class, or the number of classes.
        kernel_size: Frames and values per kernel.
        filters: Number of filters of each convolution.
        hidden: Size of the first dense layer.
        dropout: Share of its outputs dropped in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255 and scaled to -1...1
        inside, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Source:
        The *conv2d* network of system `audio-gate`.

    Example:
        >>> import hearingai
        >>> hearingai.networks.conv2d_tagger((10, 128), 1).count_params()
        50877
    """
    size = positive("kernel_size", kernel_size, whole=True)
    filters = positive("filters", filters, whole=True)
    hidden = positive("hidden", hidden, whole=True)
    least = max(2, 4 * size - 2)  # leaves one value after the convolutions and the pooling
    clip = embeddings(input_shape, least=(least, least))
    x = layers.Reshape((*clip.shape[1:], 1))(centred(clip))
    x = layers.Conv2D(filters, size, activation="relu")(x)
    x = layers.Conv2D(filters, size)(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(filters, size)(x)
    x = layers.BatchNormalization()(layers.Flatten()(x))
    x = layers.Dense(hidden)(x)
    x = layers.Dropout(dropout_rate(dropout))(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="conv2d_tagger")
