"""A recurrent tagger of embeddings."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from .checks import dropout_rate
from .tagger import embeddings, probabilities


@using_keras()
def gru_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    units: int = 128,
    dropout: float = 0.0,
    activation: str = "softmax",
) -> keras.Model:
    """Batch normalisation, a bidirectional GRU, and a dense layer over all its steps.

    All-zero frames, which pad a short clip at the start, are not masked. With (10, 128)
    and one output there are 201,217 parameters.

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`.
        n_classes: 1 for the probability of one target class, or the number of classes.
        units: Size of the GRU's state, in each direction.
        dropout: Share of its outputs dropped in training, from 0 to below 1; the published
            network drops none.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Source:
        The "Don't call me turkey!" competition on AudioSet embeddings, network A of system
        `embedding-gru`.

    Example:
        >>> import hearingai
        >>> hearingai.networks.gru_tagger((10, 128), 1).count_params()
        201217
    """
    clip = embeddings(input_shape)
    units = positive("units", units, whole=True)
    x = layers.BatchNormalization(momentum=0.98)(clip)
    x = layers.Bidirectional(layers.GRU(units, return_sequences=True))(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout_rate(dropout))(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="gru_tagger")
