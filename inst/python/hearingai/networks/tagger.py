"""What the taggers share: their input and their output."""

from typing import Any

import keras

from .checks import class_count, embedding_shape, output_activation


def embeddings(input_shape: Any, least: tuple[int, ...] = (1, 1)) -> Any:
    """The input: a clip's frames of embeddings, bytes as float32 in 0...255."""
    return keras.Input(embedding_shape(input_shape, least), name="embeddings")


def centred(x: Any) -> Any:
    """Bytes of 0...255 brought to -1...1."""
    return keras.layers.Rescaling(1 / 127.5, offset=-1.0)(x)


def probabilities(x: Any, n_classes: int, activation: str) -> Any:
    """The probability of the target class; with two or more classes, one for each."""
    n_classes, chosen = class_count(n_classes, least=1), output_activation(activation)
    activation = "sigmoid" if n_classes == 1 else chosen
    return keras.layers.Dense(n_classes, activation=activation)(x)
