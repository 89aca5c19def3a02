"""The smallest tagger of embeddings: two dense layers."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from .checks import dropout_rate
from .tagger import centred, embeddings, probabilities


@using_keras()
def linear_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    hidden: int = 64,
    dropout: float = 0.0,
    activation: str = "softmax",
) -> keras.Model:
    """Dense, ReLU and dense over all values of a clip.

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`.
        n_classes: 1 for the probability of one target class, or the number of classes.
        hidden: Size of the first dense layer; 16 to 128 were published.
        dropout: Share of its outputs dropped in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255 and scaled to -1...1
        inside, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Source:
        The *linear* network of system `audio-gate`.

    Example:
        >>> import hearingai
        >>> hearingai.networks.linear_tagger((10, 128), 1).count_params()
        82049
    """
    clip = embeddings(input_shape)
    hidden = positive("hidden", hidden, whole=True)
    x = layers.Flatten()(centred(clip))
    x = layers.Dense(hidden, activation="relu")(x)
    x = layers.Dropout(dropout_rate(dropout))(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="linear_tagger")
