"""A tagger of embeddings with a transformer encoder."""

from typing import Any

import keras

from ..errors import HearingAIError
from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from .checks import dropout_rate
from .sinusoidal_positions import SinusoidalPositions
from .tagger import centred, embeddings, probabilities


@using_keras()
def transformer_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    layers: int = 2,
    heads: int = 4,
    hidden: int = 256,
    dropout: float = 0.1,
    activation: str = "softmax",
) -> keras.Model:
    """A transformer encoder over the embeddings plus positional encodings.

    Each layer is self-attention and two dense layers, each added to its input and normalised;
    the average over the frames is classified.

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`.
        n_classes: 1 for the probability of one target class, or the number of classes.
        layers: Number of the encoder's layers.
        heads: Number of attention heads; it must divide the number of values.
        hidden: Size of the first of a layer's dense layers.
        dropout: Share of the values dropped in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255 and scaled to -1...1
        inside, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range, or the heads do not divide the values.

    Source:
        The *transformer* network of system `audio-gate`; Vaswani et al., "Attention Is All You
        Need" (2017).

    Example:
        >>> import hearingai
        >>> hearingai.networks.transformer_tagger((10, 128), 1, layers=1).count_params()
        132609
    """
    clip = embeddings(input_shape)
    values = clip.shape[2]
    heads = positive("heads", heads, whole=True)
    if values % heads:
        raise HearingAIError(
            f"`heads` must divide the number of values, {values}. Received: {heads}"
        )
    hidden = positive("hidden", hidden, whole=True)
    rate = dropout_rate(dropout)
    x = SinusoidalPositions()(centred(clip))
    x = keras.layers.Dropout(rate)(x)
    for _ in range(positive("layers", layers, whole=True)):
        x = _encoder_layer(x, heads, hidden, rate)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="transformer_tagger")


def _encoder_layer(x: Any, heads: int, hidden: int, rate: Any) -> Any:
    values = x.shape[2]
    attended = keras.layers.MultiHeadAttention(heads, values // heads, dropout=rate)(x, x)
    x = _add(x, attended, rate)
    y = keras.layers.Dense(hidden, activation="relu")(x)
    y = keras.layers.Dropout(rate)(y)
    return _add(x, keras.layers.Dense(values)(y), rate)


def _add(x: Any, change: Any, rate: Any) -> Any:
    change = keras.layers.Dropout(rate)(change)
    return keras.layers.LayerNormalization(epsilon=1e-5)(keras.layers.Add()([x, change]))
