"""The head on the embeddings of a body: linear or two layers."""

from typing import Any

import keras
from keras import layers

from ..runtime.arguments import choose, positive
from ..runtime.using_keras import using_keras
from .checks import dropout_rate
from .tagger import embeddings, probabilities


@using_keras()
def embedding_head(
    input_shape: Any,
    n_classes: int,
    *,
    hidden: int = 192,
    pooling: str = "flatten",
    dropout: float = 0.5,
    activation: str = "softmax",
) -> keras.Model:
    """Batch normalisation, dense, ReLU and dense over the embeddings of a clip.

    Args:
        input_shape: Shape of one clip's embeddings, `(frames, values)`.
        n_classes: 1 for the probability of one target class, or the number of classes.
        hidden: Size of the first dense layer; 0 makes the head linear.
        pooling: `"flatten"` keeps the order of the embeddings, `"mean"` averages them,
            `"statistics"` takes the mean, the largest and the smallest of each value, wherever in
            the clip they are.
        dropout: Share of the values dropped in training before each dense layer, from 0 to below 1.
        activation: Of the outputs: `"softmax"` where a clip has one of the classes, `"sigmoid"`
            where it has any number of labels.

    Returns:
        A `keras.Model` from embeddings, float32, to probabilities.

    Raises:
        HearingAIError: An argument is out of its range.

    Example:
        >>> import hearingai
        >>> hearingai.networks.embedding_head((9, 96), 10, hidden=0).count_params()
        12106
    """
    clip = embeddings(input_shape)
    x = layers.BatchNormalization()(_pooled(clip, pooling))
    if hidden != 0:
        x = layers.Dropout(dropout_rate(dropout))(x)
        x = layers.Dense(positive("hidden", hidden, whole=True), activation="relu")(x)
    x = layers.Dropout(dropout_rate(dropout))(x)
    return keras.Model(clip, probabilities(x, n_classes, activation), name="embedding_head")


def _pooled(clip: Any, pooling: str) -> Any:
    """One vector of the embeddings of a clip."""
    choose("pooling", pooling, ("flatten", "mean", "statistics"))
    if pooling == "flatten":
        return layers.Flatten()(clip)
    mean = layers.GlobalAveragePooling1D()(clip)
    if pooling == "mean":
        return mean
    least = layers.GlobalMaxPooling1D()(layers.Rescaling(-1.0)(clip))
    return layers.Concatenate()([mean, layers.GlobalMaxPooling1D()(clip), least])
