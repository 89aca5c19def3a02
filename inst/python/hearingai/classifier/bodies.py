"""A network as a body and a head."""

from typing import Any

import keras
from keras import layers

from ..errors import HearingAIError
from ..networks.calibration import Calibration
from ..runtime.arguments import choose

# Normalisations only shift and scale, and a calibration what they led to, so they are no head.
_NORMALISATIONS = (layers.BatchNormalization, layers.LayerNormalization, layers.GroupNormalization)
_NO_HEAD = (*_NORMALISATIONS, Calibration)
_AVERAGES = {
    3: layers.GlobalAveragePooling1D,
    4: layers.GlobalAveragePooling2D,
    5: layers.GlobalAveragePooling3D,
}


def head_of(network: keras.Model) -> layers.Layer:
    """The last layer with weights of a network, normalisations aside."""
    if not hasattr(network, "operations") and not isinstance(network, keras.Sequential):
        raise HearingAIError(
            f"the network `{network.name}` must be a functional or sequential Keras model, whose "
            f"layers can be told apart. Received: {type(network).__name__}"
        )
    weighty = [layer for layer in network.layers if layer.weights]
    weighty = [layer for layer in weighty if not isinstance(layer, _NO_HEAD)]
    if not weighty or isinstance(weighty[-1], keras.Model):
        found = "a network itself" if weighty else "missing"
        raise HearingAIError(
            f"the network `{network.name}` has no head: its last layer with weights is {found}"
        )
    return weighty[-1]


def vectors_of(network: keras.Model, layer: str | None = None) -> Any:
    """The embeddings of a batch, see `embed`: a Keras tensor `(batch, values)` within the network.

    Args:
        network: A functional or sequential Keras model.
        layer: Name of the layer whose output is taken; `None` takes the head's input.

    Returns:
        A Keras tensor; maps and sequences are averaged over all their places.
    """
    head = head_of(network)
    if layer is not None:
        choose("layer", layer, tuple(each.name for each in network.layers))
    tensor = head.input if layer is None else network.get_layer(layer).output
    if not hasattr(tensor, "shape") or len(tensor.shape) not in (2, *_AVERAGES):
        raise HearingAIError(
            f"`layer`: {(layer or head.name)!r} has no single map, sequence or vector to take"
        )
    if len(tensor.shape) == 2:
        return tensor
    return _AVERAGES[len(tensor.shape)](name=unused_name("average", network))(tensor)


def beside_vectors(network: keras.Model, images: Any, layer: str | None) -> tuple[Any, Any, Any]:
    """The outputs of a network for images, its embeddings, and those from the same pass."""
    vectors = vectors_of(network, layer)
    alone = keras.Model(network.inputs, vectors)
    columns, beside = keras.Model(network.inputs, [*network.outputs, vectors])(images)
    return columns, alone(images), beside


def embedding_size(network: keras.Model) -> int | None:
    """How many values an embedding has; `None` where the network has no head."""
    try:
        return int(vectors_of(network).shape[-1])
    except HearingAIError:
        return None


def with_head(network: keras.Model, outputs: int, activation: str = "softmax") -> keras.Model:
    """A network with the same layers up to the head, and a new head: one dense layer.

    Args:
        network: The network; its layers are taken over, not copied.
        outputs: Number of classes.
        activation: Of the outputs, see the networks.

    Returns:
        The new network.
    """
    head = layers.Dense(outputs, activation=activation, name=unused_name("head", network))
    return keras.Model(network.inputs, head(vectors_of(network)), name=network.name)


def unused_name(name: str, network: keras.Model) -> str:
    """A name that no layer of the network has."""
    names = {layer.name for layer in network.layers}
    while name in names:
        name += "_"
    return name
