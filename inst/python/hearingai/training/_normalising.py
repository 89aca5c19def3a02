"""Batch normalisation in one operation, where TensorFlow trains on a CPU."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
from keras import ops

from .._typing import TrainingDevice
from ..runtime.backend import kind_of, require_keras

_BLOCK = 16  # channels that oneDNN computes together


@contextmanager
def normalising_at_once(network: keras.Model, device: TrainingDevice) -> Iterator[None]:
    """Within this context, batch normalisation takes one operation in training, not ten.

    Keras computes it by operations that each read and keep a layer's values, in float32 even where
    the network is in bfloat16: half the time of a convolutional network, and more than half of its
    memory. The values are the same but for rounding.
    """
    with ExitStack() as changed:
        if require_keras().backend.backend() == "tensorflow" and kind_of(device) == "cpu":
            for layer in network._flatten_layers():
                if type(layer) is keras.layers.BatchNormalization and not layer.synchronized:
                    changed.enter_context(_at_once(layer))
        yield


@contextmanager
def _at_once(layer: keras.layers.BatchNormalization) -> Iterator[None]:
    def call(values: Any, training: bool | None = None, mask: Any = None) -> Any:
        images = len(values.shape) == 4 and layer.axis in (-1, 3) and mask is None
        images = images and layer.variable_dtype == "float32" and layer.compute_dtype != "float64"
        if not (training and layer.trainable and images and _more(values) <= values.shape[-1]):
            return type(layer).call(layer, values, training=training, mask=mask)
        return _normalised(layer, values)

    layer.call = call
    try:
        yield
    finally:
        del layer.call


def _more(values: Any) -> int:
    """Channels up to a whole block, without which the operation is slow in bfloat16."""
    return -values.shape[-1] % _BLOCK if values.dtype == "bfloat16" else 0


def _normalised(layer: keras.layers.BatchNormalization, values: Any) -> Any:
    import tensorflow as tf

    size, more = values.shape[-1], _more(values)
    gamma = tf.ones(size) if layer.gamma is None else tf.convert_to_tensor(layer.gamma)
    beta = tf.zeros(size) if layer.beta is None else tf.convert_to_tensor(layer.beta)
    if more:
        values = tf.pad(values, [[0, 0]] * 3 + [[0, more]])
        gamma, beta = (tf.pad(channels, [[0, more]]) for channels in (gamma, beta))
    normalised, *moments, _, _, _ = tf.raw_ops.FusedBatchNormV3(
        x=values, scale=gamma, offset=beta, mean=[], variance=[], epsilon=layer.epsilon
    )
    if more:  # the gradient of tf.slice is fast, that of an index is not
        normalised = tf.slice(normalised, [0] * 4, [-1] * 3 + [size])
        moments = [tf.slice(found, [0], [size]) for found in moments]
    mean, variance = moments
    n = tf.cast(tf.size(normalised) // size, variance.dtype)
    found = mean, variance * (n - 1) / n  # Keras divides by n, the operation by n - 1
    for kept, new in zip((layer.moving_mean, layer.moving_variance), found, strict=True):
        kept.assign(kept * layer.momentum + ops.stop_gradient(new) * (1 - layer.momentum))
    return normalised
