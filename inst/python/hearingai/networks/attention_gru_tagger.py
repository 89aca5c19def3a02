"""A recurrent tagger of embeddings with attention over the frames."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import positive
from ..runtime.using_keras import using_keras
from .attention_pooling import AttentionPooling
from .checks import dropout_rate
from .tagger import embeddings, probabilities


@using_keras()
def attention_gru_tagger(
    input_shape: Any,
    n_classes: int,
    *,
    units: int = 128,
    dropout: float = 0.0,
    activation: str = "softmax",
) -> keras.Model:
    """Batch normalisation, a bidirectional GRU, and attention over its steps.

    All-zero frames, which pad a short clip at the start, are masked: they are left out of the
    normalisation's statistics, leave the GRU's state unchanged and get no attention. With
    (10, 128) and one output there are 199,179 parameters, 198,923 of them trainable.

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`.
        n_classes: 1 for the probability of one target class, or the number of classes.
        units: Size of the GRU's state, in each direction.
        dropout: Share of the pooled values dropped in training, from 0 to below 1; the
            published network drops none.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, bytes as float32 in 0...255, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Source:
        The "Don't call me turkey!" competition on AudioSet embeddings, network B of system
        `embedding-gru`.

    Example:
        >>> import hearingai
        >>> hearingai.networks.attention_gru_tagger((10, 128), 1).count_params()
        199179
    """
    clip = embeddings(input_shape)
    units = positive("units", units, whole=True)
    x = layers.Masking(mask_value=0.0)(clip)
    x = layers.BatchNormalization(momentum=0.98)(x)
    # cuDNN supports padding at the end only; here it is at the start.
    x = layers.Bidirectional(layers.GRU(units, return_sequences=True, use_cudnn=False))(x)
    x = AttentionPooling()(x)
    x = layers.Dropout(dropout_rate(dropout))(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="attention_gru_tagger")
