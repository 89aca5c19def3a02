"""A word classifier with fewer layers and a fraction of the arithmetic."""

from typing import Any

import keras
from keras import layers

from ..runtime.using_keras import using_keras
from .checks import image_shape, output_count


@using_keras()
def speech_cnn_small(
    input_shape: Any, n_classes: int, *, activation: str = "softmax"
) -> keras.Model:
    """Three convolutions on an image brought to zero mean and unit variance.

    The images are normalised one by one, which makes the network independent of gain and its
    training stable, then averaged over two frames and four bins before the first convolution.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`; at least 44 by 88.
        n_classes: Number of classes.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from images to probabilities.

    Source:
        The smaller model that the Speech Commands tutorial suggests as a next step.

    Example:
        >>> import hearingai
        >>> hearingai.networks.speech_cnn_small((98, 257, 1), 30).count_params()
        256350
    """
    image = keras.Input(image_shape(input_shape, least=(44, 88)), name="image")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(image)
    x = layers.AveragePooling2D((2, 4))(x)
    for filters in (32, 64, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    probabilities = layers.Dense(output_count(n_classes, activation), activation=activation)(x)
    return keras.Model(image, probabilities, name="speech_cnn_small")
