"""The step-by-step urban sound network: four small convolutions."""

from typing import Any

import keras
from keras import layers

from ..runtime.using_keras import using_keras
from .checks import image_shape, output_count


@using_keras()
def sound_cnn(input_shape: Any, n_classes: int, *, activation: str = "softmax") -> keras.Model:
    """Four convolutions that halve the image, their average, and one dense layer.

    Each block is convolution, ReLU, batch normalisation. Padding, initial weights and the
    constants of the normalisation are PyTorch's, in which the network was published. The image is
    first brought to zero mean and unit variance, clip by clip, so that a prediction does not
    depend on the other clips of a batch. With
    images of (344, 64, 2) and 10 classes there are 25,842 parameters, 25,602 of them trainable.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`.
        n_classes: Number of classes, at least two.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from images to probabilities.

    Raises:
        HearingAIError: The shape is not that of an image or the classes are too few.

    Source:
        "Audio Deep Learning Made Simple: Sound Classification, Step-by-Step" (Doshi, 2021),
        system `sound-classification`.

    Example:
        >>> import hearingai
        >>> hearingai.networks.sound_cnn((344, 64, 2), 10).count_params()
        25842
    """
    n_classes = output_count(n_classes, activation)
    image = keras.Input(image_shape(input_shape, least=(1, 1)), name="image")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(image)
    for filters, size in ((8, 5), (16, 3), (32, 3), (64, 3)):
        # "same" would pad an even image on one side only and shift the map by a pixel.
        x = layers.ZeroPadding2D(size // 2)(x)
        x = layers.Conv2D(filters, size, strides=2, kernel_initializer=_kaiming())(x)
        x = layers.ReLU()(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    x = layers.GlobalAveragePooling2D()(x)
    probabilities = layers.Dense(n_classes, activation=activation, **_torch_linear(64))(x)
    return keras.Model(image, probabilities, name="sound_cnn")


def _kaiming(slope: float = 0.1) -> Any:
    """Normal, with a variance that keeps a leaky ReLU of that slope at unit scale."""
    scale = 2 / (1 + slope**2)
    return keras.initializers.VarianceScaling(scale, "fan_in", "untruncated_normal")


def _torch_linear(inputs: Any) -> Any:
    limit = inputs**-0.5
    uniform = keras.initializers.RandomUniform
    return {
        "kernel_initializer": uniform(-limit, limit),
        "bias_initializer": uniform(-limit, limit),
    }
