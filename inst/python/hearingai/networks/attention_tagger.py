"""A tagger of embeddings with dense layers and attention over the frames."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from .attention_pooling import AttentionPooling
from .checks import dropout_rate
from .tagger import centred, embeddings, probabilities


@using_keras()
def attention_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    units: int = 512,
    depth: int = 3,
    dropout: float = 0.5,
    activation: str = "softmax",
) -> keras.Model:
    """Dense layers on each frame by itself, and attention over the frames.

    Each is followed by batch normalisation, ReLU and dropout. All-zero frames, which pad a short
    clip at the start, are masked: they are left out of the normalisation's statistics and get no
    attention. With (10, 128) and 527 outputs there are 867,353 parameters,
    864,025 of them trainable.

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`.
        n_classes: 1 for the probability of one target class, or the number of classes.
        units: Size of each dense layer.
        depth: Number of dense layers.
        dropout: Share of the outputs of each dropped in training, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255 and scaled to -1...1 inside, to
        probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Source:
        Q. Kong et al., "Audio Set classification with attention model: A probabilistic
        perspective" (2018): its dense embedding, with `AttentionPooling` before the output.

    Example:
        >>> import hearingai
        >>> hearingai.networks.attention_tagger((10, 128), 1, units=64, depth=1).count_params()
        9099
    """
    clip = embeddings(input_shape)
    units = positive("units", units, whole=True)
    rate = dropout_rate(dropout)
    x = layers.BatchNormalization(momentum=0.98)(centred(layers.Masking(mask_value=0.0)(clip)))
    for _ in range(positive("depth", depth, whole=True)):
        x = layers.Dense(units, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))
        x = layers.Dropout(rate)(x)
    x = AttentionPooling()(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="attention_tagger")
