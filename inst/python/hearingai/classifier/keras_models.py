"""Keras models of any kind: how they are compiled, asked for answers, and told apart."""

from typing import Any

import keras
import numpy as np

from ..runtime.backend import jit_compile
from ._stored_weights import hash_of


def compiled(model: keras.Model) -> keras.Model:
    """The model, by XLA where that gains."""
    if not jit_compile():
        model.jit_compile = False
    return model


def is_ours(kind: type) -> bool:
    """Whether a class is of this package, so that what it computes is known."""
    return kind.__module__.partition(".")[0] == __name__.partition(".")[0]


def answer(model: keras.Model, clips: np.ndarray) -> Any:
    """A model's answers to a batch, filled up to a power of two: few sizes have to be compiled."""
    n = len(clips)
    filling = np.zeros(((1 << (n - 1).bit_length()) - n, *clips.shape[1:]), clips.dtype)
    found = model.predict_on_batch(np.concatenate([clips, filling]))
    return keras.tree.map_structure(lambda output: np.asarray(output)[:n], found)


def hash_of_weights(model: keras.Model, first: str = "") -> str:
    """SHA-256 of some text and the weights in order."""
    return hash_of(map(keras.ops.convert_to_numpy, model.weights), first)
