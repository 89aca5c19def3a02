"""BC-ResNet: broadcasted residual learning, for keywords, in sizes from 9 to 320 thousand."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import choose
from ..runtime.using_keras import using_keras
from .checks import dropout_rate, image_shape, output_count
from .sub_spectral_normalization import SubSpectralNormalization

WIDTHS = (1, 1.5, 2, 3, 6, 8)
STAGES = (2, 2, 4, 4)  # blocks; the second and third stage halve the bins
GROUPS = 5
_norm = {"momentum": 0.9, "epsilon": 1e-5}  # PyTorch's


@using_keras()
def bc_resnet(
    input_shape: Any,
    n_classes: int,
    *,
    width: float = 1,
    dropout: float = 0.1,
    activation: str = "softmax",
) -> keras.Model:
    """Twelve blocks whose path in time works on the mean of all bins.

    Each block filters the bins, averages them, filters the average in time, and broadcasts the
    result back to the bins. The normalisation after the filters of the bins is that of five
    sub-bands. The image is first brought to zero mean and unit variance, clip by clip, so that no
    gain is heard. With images of 40 bins and 12 classes, BC-ResNet-1 has 9,232 trainable
    parameters.

    Args:
        input_shape: Shape of one image, `(frames, bins, channels)`; at least 1 by 33.
        n_classes: Number of classes, at least two.
        width: The number in the network's name: 1, 1.5, 2, 3, 6 or 8.
        dropout: Share of the channels dropped in each block in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from images to probabilities.

    Raises:
        HearingAIError: The images are too small, or an argument is out of its range.

    Source:
        Kim et al., "Broadcasted Residual Learning for Efficient Keyword Spotting" (2021), after
        the authors' code.

    Example:
        >>> import hearingai, numpy
        >>> network = hearingai.networks.bc_resnet((101, 40, 1), 12, width=3)
        >>> sum(numpy.prod(w.shape) for w in network.trainable_weights).item()
        54168
    """
    n_classes = output_count(n_classes, activation)
    rate = dropout_rate(dropout)
    base = int(8 * choose("width", width, WIDTHS))
    image = keras.Input(image_shape(input_shape, least=(1, 33)), name="image")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(image)
    x = layers.ZeroPadding2D(2)(x)
    x = layers.Conv2D(2 * base, 5, strides=(1, 2), **_plain(25 * image.shape[-1]))(x)
    x = layers.ReLU()(layers.BatchNormalization(**_norm)(x))
    for stage, blocks in enumerate(STAGES):
        filters = int(base * (1 + stage / 2))
        for block in range(blocks):
            halve = block == 0 and stage in (1, 2)
            x = _block(x, filters, 2**stage, halve, rate)
    x = layers.ZeroPadding2D((2, 0))(x)
    x = layers.DepthwiseConv2D(5, **_depthwise(25))(x)
    x = layers.Conv2D(4 * base, 1, **_plain(x.shape[-1]))(x)
    x = layers.ReLU()(layers.BatchNormalization(**_norm)(x))
    x = layers.GlobalAveragePooling2D()(x)
    probabilities = layers.Dense(n_classes, activation=activation)(x)
    return keras.Model(image, probabilities, name="bc_resnet")


def _block(x: Any, filters: int, dilation: int, halve: bool, rate: float) -> Any:
    """A transition where the channels change, else a residual block."""
    shortcut = [x]
    if x.shape[-1] != filters:
        shortcut = []
        x = layers.Conv2D(filters, 1, **_plain(x.shape[-1]))(x)
        x = layers.ReLU()(layers.BatchNormalization(**_norm)(x))
    x = layers.DepthwiseConv2D((1, 3), padding="same", **_depthwise(3))(x)
    if halve:  # TensorFlow's depthwise convolution has the same stride along both axes
        x = layers.MaxPooling2D(1, strides=(1, 2))(x)
    x = SubSpectralNormalization(GROUPS, **_norm)(x)
    y = layers.AveragePooling2D((1, x.shape[2]))(x)
    y = layers.DepthwiseConv2D(
        (3, 1), padding="same", dilation_rate=(dilation, 1), **_depthwise(3)
    )(y)
    y = layers.Activation("silu")(layers.BatchNormalization(**_norm)(y))
    y = layers.Conv2D(filters, 1, **_plain(filters))(y)
    y = layers.SpatialDropout2D(rate)(y)
    return layers.ReLU()(layers.Add()([x, y, *shortcut]))


def _plain(inputs: int) -> dict[str, Any]:
    """A convolution as PyTorch starts it, without a bias."""
    return {"use_bias": False, "kernel_initializer": _uniform(inputs)}


def _depthwise(inputs: int) -> dict[str, Any]:
    return {"use_bias": False, "depthwise_initializer": _uniform(inputs)}


def _uniform(inputs: int) -> Any:
    limit = inputs**-0.5
    return keras.initializers.RandomUniform(-limit, limit)
