"""The word classifier's convolutional network."""

from typing import Any

import keras
from keras import layers

from ..runtime.using_keras import using_keras
from .checks import image_shape, output_count


@using_keras()
def speech_cnn(input_shape: Any, n_classes: int, *, activation: str = "softmax") -> keras.Model:
    """Four convolutions, each halved by pooling, and two dense layers.

    With images of (98, 257, 1) and 30 classes it has 2,226,846 parameters.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`; at least 46 by 46.
        n_classes: Number of classes.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from images to probabilities.

    Source:
        The TensorFlow and Keras-for-R tutorials on Speech Commands (system `speech-commands`).

    Example:
        >>> import hearingai
        >>> hearingai.networks.speech_cnn((98, 257, 1), 30).count_params()
        2226846
    """
    image = keras.Input(image_shape(input_shape, least=(46, 46)), name="image")
    x = image
    for filters in (32, 64, 128, 256):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    probabilities = layers.Dense(output_count(n_classes, activation), activation=activation)(x)
    return keras.Model(image, probabilities, name="speech_cnn")
