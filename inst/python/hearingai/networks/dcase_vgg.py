"""The deep and narrow VGG for urban sounds."""

from typing import Any

import keras
from keras import layers

from ..runtime.using_keras import using_keras
from ._initializers import own_initializer
from .checks import image_shape, output_count

BLOCKS = ((32,), (64, 64), (128, 128, 128, 128))  # filters of the 3 by 3 convolutions


@using_keras()
def dcase_vgg(
    input_shape: Any,
    n_classes: int,
    *,
    initializer: Any = "random_normal",
    activation: str = "softmax",
) -> keras.Model:
    """Eleven convolutions, each followed by batch normalisation and ReLU, then their average.

    The last convolution has one filter per class; it too is normalised and rectified before the
    average over the map and the softmax. With images of (150, 150, 3) and 10 classes there are
    1,448,786 parameters, 1,445,310 of them trainable.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`; at least 47 by 47.
        n_classes: Number of classes, at least two.
        initializer: Initial weights of the convolutions, a Keras initializer or its name. The
            published `"normal"` is Keras's `"random_normal"` (standard deviation 0.05);
            `"he_normal"` follows the number of inputs.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels. Its last
            convolution is not rectified then: what is 0 or more has no probability below a half.

    Returns:
        A `keras.Model` from images to probabilities. Its convolutions carry an L2 penalty of
        1e-4, which Keras adds to the loss.

    Raises:
        HearingAIError: The images are too small or the classes too few.

    Source:
        "Hearing AI: Getting Started with Deep Learning for Audio" (Zhu, Kaznady, Hendry, 2018),
        system `hearing-ai`, after the VGG of the DCASE challenges.

    Example:
        >>> import hearingai
        >>> hearingai.networks.dcase_vgg((150, 150, 3), 10).count_params()
        1448786
    """
    n_classes = output_count(n_classes, activation)
    image = keras.Input(image_shape(input_shape, least=(47, 47)), name="image")
    x = _convolution(image, 32, 5, initializer, strides=2, padding="same")
    for filters in BLOCKS:
        for n in filters:
            x = _convolution(x, n, 3, initializer, padding="same")
        x = layers.MaxPooling2D(2)(x)
        x = layers.Dropout(0.3)(x)
    for size in (3, 1):
        x = _convolution(x, 512, size, initializer)
        x = layers.Dropout(0.5)(x)
    x = _normalised(x, n_classes, 1, initializer)
    if activation == "sigmoid":
        x = layers.GlobalAveragePooling2D()(x)
        return keras.Model(image, layers.Activation("sigmoid")(x), name="dcase_vgg")
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(image, layers.Softmax()(x), name="dcase_vgg")


def _convolution(x: Any, filters: int, size: int, initializer: Any, **options: Any) -> Any:
    return layers.ReLU()(_normalised(x, filters, size, initializer, **options))


def _normalised(x: Any, filters: int, size: int, initializer: Any, **options: Any) -> Any:
    drawn = own_initializer(initializer)
    penalty = keras.regularizers.L2(1e-4)
    x = layers.Conv2D(
        filters, size, kernel_initializer=drawn, kernel_regularizer=penalty, **options
    )(x)
    return layers.BatchNormalization()(x)
