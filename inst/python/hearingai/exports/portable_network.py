"""Networks rewritten for other runtimes, during a conversion."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
from keras import ops

from ..networks.label_groups import LabelGroups


@contextmanager
def portable_network(network: keras.Model) -> Iterator[None]:
    """Within this context, a network uses operations that all runtimes compute accurately."""
    with ExitStack() as changed:
        layers = list(network._flatten_layers())
        merged = any(isinstance(layer, LabelGroups) for layer in layers)
        for layer in layers:
            if merged and getattr(layer, "activation", None) is keras.activations.softmax:
                changed.enter_context(_softmax_by_logarithms(layer))
            if hasattr(layer, "unroll"):
                changed.enter_context(_unrolled(layer))
            if isinstance(layer, keras.layers.LayerNormalization) and not layer.rms_scaling:
                changed.enter_context(_normalising_by_axis(layer))
        yield


@contextmanager
def _unrolled(layer: keras.layers.Layer) -> Iterator[None]:
    """Unroll a recurrent layer: LiteRT has no native loops."""
    before = layer.unroll, layer.zero_output_for_mask
    try:
        layer.unroll = True
        if layer.go_backwards:  # Keras would zero its unrolled outputs in the wrong order of time
            layer.zero_output_for_mask = False
        yield
    finally:
        layer.unroll, layer.zero_output_for_mask = before


@contextmanager
def _softmax_by_logarithms(layer: keras.layers.Layer) -> Iterator[None]:
    """Take a softmax by logarithms: LiteRT would round one that is summed later to 8 bits."""
    before = layer.activation
    try:
        layer.activation = lambda logits: ops.exp(ops.log_softmax(logits))
        yield
    finally:
        layer.activation = before


@contextmanager
def _normalising_by_axis(layer: keras.layers.Layer) -> Iterator[None]:
    """Take the means of an image along one axis after the other.

    Runtimes add up an image's ten thousands of values one by one in single precision, which costs
    the mean its last digits and moves probabilities by more than 1e-4.
    """

    def call(images: Any) -> Any:
        centred = images - _mean(images, layer.axis)
        scaled = centred * ops.rsqrt(_mean(ops.square(centred), layer.axis) + layer.epsilon)
        axes = [axis % len(images.shape) for axis in layer.axis]
        shape = [n if i in axes else 1 for i, n in enumerate(images.shape)]
        if layer.gamma is not None:
            scaled = scaled * ops.reshape(layer.gamma, shape)
        return scaled if layer.beta is None else scaled + ops.reshape(layer.beta, shape)

    layer.call = call
    try:
        yield
    finally:
        del layer.call


def _mean(images: Any, axes: Sequence[int]) -> Any:
    for axis in axes:
        images = ops.mean(images, axis, keepdims=True)
    return images
