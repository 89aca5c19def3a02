"""A small, fast network for short images, with dropout against overfitting."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from .checks import dropout_rate, image_shape, output_count


@using_keras()
def gate_cnn(
    input_shape: Any,
    n_classes: int,
    *,
    filters: Sequence[int] = (8, 16, 32, 64),
    dropout: float = 0.3,
    activation: str = "softmax",
) -> keras.Model:
    """Convolutions that halve the image, their average, and one dense layer.

    The image is brought to zero mean and unit variance, clip by clip, so that the output does
    not depend on the gain. Each block is convolution (the first 5 by 5, the others 3 by 3), batch
    normalisation, ReLU, and spatial dropout.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`.
        n_classes: Number of classes, at least two.
        filters: Number of filters of each block.
        dropout: Share of the averages dropped in training, from 0 to below 1; whole maps are
            dropped at a third of this rate.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from images to probabilities.

    Raises:
        HearingAIError: The shape is not that of an image, the classes are too few, or another
            argument is out of its range.

    Source:
        `sound_cnn`, with dropout: a gate is trained on few recordings in many mixtures.

    Example:
        >>> import hearingai
        >>> hearingai.networks.gate_cnn((47, 40, 1), 2).count_params()
        25002
    """
    n_classes, dropout = output_count(n_classes, activation), dropout_rate(dropout)
    image = keras.Input(image_shape(input_shape, least=(1, 1)), name="image")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(image)
    for i, n in enumerate(filters):
        n = positive("filters", n, whole=True)
        size = 3 if i else 5
        x = layers.Conv2D(n, size, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.SpatialDropout2D(dropout / 3)(layers.ReLU()(x))
    x = layers.Dropout(dropout)(layers.GlobalAveragePooling2D()(x))
    probabilities = layers.Dense(n_classes, activation=activation)(x)
    return keras.Model(image, probabilities, name="gate_cnn")
