"""Grad-CAM: which places of a convolutional network's maps raise a score."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from ..classifier.bodies import head_of
from ..errors import HearingAIError
from ._gradients import scores_and_gradients

# Layers that change values but not their positions.
_IN_PLACE: tuple[type, ...] = (layers.ReLU, layers.LeakyReLU, layers.Activation, layers.Dropout)
_IN_PLACE += (layers.BatchNormalization, layers.LayerNormalization, layers.SpatialDropout2D)
_IN_PLACE += (layers.InputLayer, layers.Rescaling)
_WINDOWS = (layers.Conv2D, layers.MaxPooling2D, layers.AveragePooling2D)
_INSTEAD = 'method="integrated_gradients" explains every network'


def grad_cam(
    network: keras.Model,
    image: np.ndarray,
    silence: np.ndarray,
    score: Callable[[Any], Any],
    layer: str | None = None,
) -> np.ndarray:
    """The relevance of an image's cells.

    The difference of the layer's maps from those of silence is multiplied cell by cell by the
    score's gradient, summed over the maps and rectified. The sum is interpolated to the image:
    each cell of a map is placed at the centre of its receptive field.

    Selvaraju et al. average the gradients of a map first. That is the same where the network
    averages its maps, but points to wrong places where a dense layer weighs each place by itself.
    They also take differences from zero, which are not those of silence where layers have a bias.

    Args:
        network: A Keras model that is a chain of layers.
        image: Array `(frames, bins, channels)`.
        silence: The image of silence.
        score: A function from the network's outputs to scores.
        layer: Name of a layer that outputs maps; `None` takes the last convolution, with the
            activation and the normalisation that follow it.

    Returns:
        Array `(frames, bins)`, 0 or more.
    """
    chain = _chain(network)
    last = _layer_at(network, chain, layer)
    maps = np.stack([image, silence])
    for each in chain[: last + 1]:
        maps = each(maps, training=False)
    if len(maps.shape) != 4:
        raise HearingAIError(f"`layer`: {layer!r} puts out no maps (frames, bins, channels)")

    def rest(maps: Any) -> Any:
        for each in chain[last + 1 :]:
            maps = each(maps, training=False)
        return score(maps)

    maps = keras.ops.convert_to_numpy(maps)
    _, gradients = scores_and_gradients(rest, maps[:1])
    coarse = np.maximum(((maps[0] - maps[1]) * gradients[0]).sum(axis=-1), 0)
    frames, bins = _centres(chain[: last + 1], image.shape, coarse.shape)
    return _spread(_spread(coarse, frames, len(image)).T, bins, image.shape[1]).T


def _chain(network: keras.Model) -> list[Any]:
    """The layers of a network, each fed by the one before alone."""
    chain = [each for each in network.layers if not isinstance(each, layers.InputLayer)]
    before = network.inputs[0]
    for each in chain:
        if len(network.inputs) != 1 or each.input is not before:
            raise HearingAIError(
                f'`method`: "gradcam" needs a chain of layers, and those of `{network.name}` '
                f"branch at `{each.name}`; {_INSTEAD}"
            )
        before = each.output
    return chain


def _layer_at(network: keras.Model, chain: list[Any], name: str | None) -> int:
    """Position of the layer whose maps are used."""
    if name is not None:
        names = [each.name for each in chain]
        if name not in names:
            raise HearingAIError(f"`layer` must be one of {', '.join(names)}. Received: {name!r}")
        return names.index(name)
    head = head_of(network)
    body = chain[: chain.index(head)]
    found = [i for i, each in enumerate(body) if isinstance(each, layers.Conv2D)]
    if not found:
        raise HearingAIError(
            f'`method`: "gradcam" needs convolutions over frames and bins, and `{network.name}` '
            f"has none before its head; {_INSTEAD}"
        )
    last = found[-1]
    while last + 1 < len(body) and isinstance(body[last + 1], _IN_PLACE):
        last += 1
    return last


def _centres(chain: list[Any], image: tuple[int, ...], coarse: tuple[int, ...]) -> list[np.ndarray]:
    """The centre of the receptive field of each row and column of a map, in cells of the image.

    Where a layer's receptive fields are unknown, the map covers the image evenly.
    """
    found = []
    for axis in (0, 1):
        first, step = 0.0, 1.0
        for each in chain:
            if isinstance(each, layers.ZeroPadding2D):
                first -= each.padding[axis][0] * step
            elif isinstance(each, _WINDOWS):
                first, step = _window(each, axis, first, step)
            elif not isinstance(each, (*_IN_PLACE, layers.Reshape)):
                step = image[axis] / coarse[axis]
                first = step / 2 - 0.5
                break
        found.append(first + step * np.arange(coarse[axis]))
    return found


def _window(layer: Any, axis: int, first: float, step: float) -> tuple[float, float]:
    """The positions of the cells of a layer with a sliding window, from those of its input."""
    pooled = not isinstance(layer, layers.Conv2D)
    size = layer.pool_size[axis] if pooled else layer.kernel_size[axis]
    size = size if pooled else (size - 1) * layer.dilation_rate[axis] + 1
    stride = layer.strides[axis]
    middle = (size - 1) / 2
    if layer.padding == "same":
        cells = layer.input.shape[1 + axis]
        middle -= max((-(-cells // stride) - 1) * stride + size - cells, 0) // 2
    return first + middle * step, step * stride


def _spread(rows: np.ndarray, places: np.ndarray, n: int) -> np.ndarray:
    """Rows that lie at `places` interpolated at 0...n - 1; beyond the ends, the outermost."""
    at = np.arange(n)
    return np.stack([np.interp(at, places, column) for column in rows.T], axis=1)
