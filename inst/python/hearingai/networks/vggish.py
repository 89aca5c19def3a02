"""The network that gave AudioSet its embeddings."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from ._initializers import own_initializer
from .checks import image_shape

BLOCKS = ((64,), (128,), (256, 256), (512, 512))  # filters of the 3 by 3 convolutions


@using_keras()
def vggish(
    input_shape: Any = (96, 64, 1), *, size: int = 128, initializer: Any = None
) -> keras.Model:
    """Six convolutions in four blocks, each halving the image, and three dense layers.

    A body, not a classifier: it has no classes and no softmax, so it is not among `NETWORKS`. Its
    output is the embedding as published, before any activation. With images of (96, 64, 1) and 128
    values there are 72,141,184 parameters.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`.
        size: Number of values of an embedding.
        initializer: Initial weights, a Keras initializer or its name; `None` for the published
            normal distribution of standard deviation 0.01, cut off at twice that.

    Returns:
        A `keras.Model` from images to embeddings, `(batch, size)`. Its layers have the names of
        the published checkpoint: `conv1`, `conv2`, `conv3_1` ... `fc1_1`, `fc1_2`, `fc2`.

    Raises:
        HearingAIError: The shape is not that of an image, or `size` is no positive whole number.

    Source:
        "CNN Architectures for Large-Scale Audio Classification" (Hershey and others, 2017) and
        `vggish_slim.py` of tensorflow/models.

    Example:
        >>> import hearingai
        >>> hearingai.networks.vggish((32, 32, 1), size=10).count_params()
        29714698
    """
    image = keras.Input(image_shape(input_shape, least=(1, 1)), name="image")
    size = positive("size", size, whole=True)
    if initializer is None:
        initializer = keras.initializers.TruncatedNormal(stddev=0.01)
    x = image
    for i, block in enumerate(BLOCKS, start=1):
        for j, filters in enumerate(block, start=1):
            name = f"conv{i}_{j}" if len(block) > 1 else f"conv{i}"
            start = own_initializer(initializer)
            x = layers.Conv2D(
                filters, 3, padding="same", activation="relu", kernel_initializer=start, name=name
            )(x)
        x = layers.MaxPooling2D(2, padding="same", name=f"pool{i}")(x)
    x = layers.Flatten()(x)
    for name in ("fc1_1", "fc1_2"):
        x = layers.Dense(4096, "relu", kernel_initializer=own_initializer(initializer), name=name)(
            x
        )
    x = layers.Dense(size, kernel_initializer=own_initializer(initializer), name="fc2")(x)
    return keras.Model(image, x, name="vggish")
