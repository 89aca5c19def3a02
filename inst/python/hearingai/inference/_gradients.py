"""How a score changes with what it is computed from, on every backend of Keras."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np


def scores_and_gradients(
    score: Callable[[Any], Any], x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The scores of a batch, and the gradient of each with respect to its own part of the batch.

    Args:
        score: A function from a tensor `(batch, ...)` to scores `(batch,)`, each of its own part.
        x: Array `(batch, ...)`, float32.

    Returns:
        Two arrays: `(batch,)` and the shape of `x`.
    """
    tensor = keras.ops.convert_to_tensor(x, "float32")
    scores, gradients = _BACKENDS[keras.backend.backend()](score, tensor)
    return keras.ops.convert_to_numpy(scores), keras.ops.convert_to_numpy(gradients)


def _tensorflow(score: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = score(x)
    return scores, tape.gradient(scores, x, unconnected_gradients="zero")


def _jax(score: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    import jax

    def total(x: Any) -> tuple[Any, Any]:
        scores = score(x)
        return scores.sum(), scores

    (_, scores), gradients = jax.value_and_grad(total, has_aux=True)(x)
    return scores, gradients


def _torch(score: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    import torch

    x = x.detach().requires_grad_(True)
    with torch.enable_grad():
        scores = score(x)
        (gradients,) = torch.autograd.grad(scores.sum(), x, allow_unused=True)
    return scores.detach(), torch.zeros_like(x) if gradients is None else gradients


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
