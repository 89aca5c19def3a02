"""A tagger of embeddings that convolves over time."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive, whole
from ..runtime.using_keras import using_keras
from .checks import dropout_rate
from .tagger import centred, embeddings, probabilities


@using_keras()
def conv1d_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    active_layers: int = 8,
    kernel_size: int = 3,
    filters: int = 64,
    dropout: float = 0.2,
    activation: str = "softmax",
) -> keras.Model:
    """Convolutions over the frames, with up to eight layers.

    All eight layers are Conv1d, ReLU, Conv1d, Dropout, MaxPool1d, Conv1d, Dropout, Linear. The
    last is always used, the others are added in this order:

    | `active_layers` | layers                                                       |
    | --------------- | ------------------------------------------------------------ |
    | 2               | Conv1d, Linear                                               |
    | 3               | Conv1d, ReLU, Linear                                         |
    | 4               | Conv1d, ReLU, Conv1d, Linear                                 |
    | 5               | Conv1d, ReLU, Conv1d, Dropout, Linear                        |
    | 6               | Conv1d, ReLU, Conv1d, Dropout, MaxPool1d, Linear             |
    | 7               | Conv1d, ReLU, Conv1d, Dropout, MaxPool1d, Conv1d, Linear     |
    | 8               | all eight                                                    |

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`; at least 2 frames.
        n_classes: 1 for the probability of one target class, or the number of classes.
        active_layers: How many of the eight layers to use, 2 to 8.
        kernel_size: Frames per kernel; 2 to 16 were published, 3 as the best. The clip is
            padded with zeros, so that a kernel may be longer than the clip.
        filters: Number of filters of each convolution.
        dropout: Share of the values dropped in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255 and scaled to -1...1
        inside, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Source:
        The *conv1d* network of system `audio-gate`.

    Example:
        >>> import hearingai
        >>> hearingai.networks.conv1d_tagger((10, 128), 1, active_layers=2).count_params()
        25281
    """
    clip = embeddings(input_shape, least=(2, 1))
    active = whole("active_layers", active_layers, low=2, high=8)
    size = positive("kernel_size", kernel_size, whole=True)
    filters = positive("filters", filters, whole=True)
    rate = dropout_rate(dropout)
    stack = [
        layers.Conv1D(filters, size, padding="same"),
        layers.ReLU(),
        layers.Conv1D(filters, size, padding="same"),
        layers.Dropout(rate),
        layers.MaxPooling1D(2),
        layers.Conv1D(filters, size, padding="same"),
        layers.Dropout(rate),
    ]
    x = centred(clip)
    for layer in stack[: active - 1]:
        x = layer(x)
    x = layers.Flatten()(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="conv1d_tagger")
