"""A small residual network for spoken words."""

from typing import Any

import keras
from keras import layers

from ..runtime.using_keras import using_keras
from .checks import dropout_rate, image_shape, output_count

FILTERS = (24, 40, 56)


@using_keras()
def small_resnet(
    input_shape: Any, n_classes: int, *, dropout: float = 0.2, activation: str = "softmax"
) -> keras.Model:
    """A convolution and three residual blocks, each of which halves the image, and their average.

    The image is first brought to zero mean and unit variance, clip by clip, so that no gain is
    heard. Convolutions are followed by batch normalisation and ReLU; the shortcut around a block
    is an average over two by two values and a convolution of one by one. With images of (98, 40,
    1) and 12 classes there are 85,756 parameters, 85,244 of them trainable, and 5.3 million
    multiplications a clip.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`.
        n_classes: Number of classes, at least two.
        dropout: Share of the averages dropped in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from images to probabilities.

    Raises:
        HearingAIError: The shape is not that of an image, or an argument is out of its range.

    Source:
        He et al., "Deep Residual Learning for Image Recognition" (2015), in the size of the
        networks of Tang and Lin, "Deep Residual Learning for Small-Footprint Keyword Spotting"
        (2018).

    Example:
        >>> import hearingai
        >>> hearingai.networks.small_resnet((98, 40, 1), 12).count_params()
        85756
    """
    n_classes = output_count(n_classes, activation)
    rate = dropout_rate(dropout)
    image = keras.Input(image_shape(input_shape, least=(1, 1)), name="image")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(image)
    x = layers.ReLU()(_convolution(x, 16, 5, strides=2))
    for filters in FILTERS:
        y = layers.ReLU()(_convolution(x, filters, 3, strides=2))
        y = _convolution(y, filters, 3)
        x = layers.AveragePooling2D(2, padding="same")(x)
        x = layers.Conv2D(filters, 1, use_bias=False, kernel_initializer="he_normal")(x)
        x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(rate)(x)
    probabilities = layers.Dense(n_classes, activation=activation)(x)
    return keras.Model(image, probabilities, name="small_resnet")


def _convolution(x: Any, filters: int, size: int, strides: int = 1) -> Any:
    # "same" would pad an even image on one side only and shift the map by a pixel.
    x = layers.ZeroPadding2D(size // 2)(x)
    x = layers.Conv2D(
        filters, size, strides=strides, use_bias=False, kernel_initializer="he_normal"
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
