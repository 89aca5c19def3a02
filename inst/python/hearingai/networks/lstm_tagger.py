"""A recurrent tagger of embeddings with a start and an end token."""

from typing import Any

import keras

from ..runtime.arguments import positive, whole
from ..runtime.using_keras import using_keras
from .checks import dropout_rate
from .start_end_tokens import StartEndTokens
from .tagger import embeddings, probabilities


@using_keras()
def lstm_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    layers: int = 1,
    units: int = 128,
    dropout: float = 0.2,
    activation: str = "softmax",
) -> keras.Model:
    """Stacked LSTMs over the frames between two tokens; the last step is classified.

    The embeddings are scaled to 0...1, so that no frame equals a token (-1 and -2).

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`.
        n_classes: 1 for the probability of one target class, or the number of classes.
        layers: Number of LSTMs, 1 to 4.
        units: Size of the state of each.
        dropout: Share of the outputs of each dropped in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Source:
        The *recurrent* network of system `audio-gate`.

    Example:
        >>> import hearingai
        >>> hearingai.networks.lstm_tagger((10, 128), 1, layers=2).count_params()
        263297
    """
    clip = embeddings(input_shape)
    layers = whole("layers", layers, low=1, high=4)
    units = positive("units", units, whole=True)
    rate = dropout_rate(dropout)
    x = keras.layers.Rescaling(1 / 255)(clip)
    x = StartEndTokens()(x)
    for i in range(layers):
        x = keras.layers.LSTM(units, return_sequences=i < layers - 1)(x)
        x = keras.layers.Dropout(rate)(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="lstm_tagger")
