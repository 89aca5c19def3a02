"""The first layers of a network, computed once for windows that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

# Each place of their output comes from its neighbourhood alone, if nothing is filled up at the
# ends; those of the second kind step over places.
_IN_PLACE = (
    keras.layers.Activation,
    keras.layers.BatchNormalization,
    keras.layers.Dropout,
    keras.layers.ELU,
    keras.layers.LeakyReLU,
    keras.layers.ReLU,
    keras.layers.SpatialDropout2D,
)
_IN_STEPS = (keras.layers.AveragePooling2D, keras.layers.Conv2D, keras.layers.MaxPooling2D)
_ACTIVATIONS = ("elu", "gelu", "linear", "relu", "relu6", "selu", "sigmoid", "silu", "tanh")
_WORTH = 0.75  # of the places of all windows: computing more at once gains nothing


@dataclass(frozen=True)
class _Track:
    """Windows whose places a layer's steps meet alike, and which thus share its output.

    Attributes:
        source: The track of the layer before, a position.
        windows: The windows, by their positions.
        first: The place of the source where the first of them begins.
        end: The place of the source where the last of them ends.
        starts: Where each begins in this track's output.
    """

    source: int
    windows: np.ndarray
    first: int
    end: int
    starts: np.ndarray


class SharedLayers:
    """How far a network can be computed of a long image, for windows of it that overlap.

    A pooling layer gives other values to a window that begins between its steps: such windows go on
    in a track of their own, and the layers are shared as long as the tracks are together shorter
    than the windows.

    Args:
        network: A network whose layers follow one another; of others, nothing is shared.
        frames: The length of a window, which is that of the network's images.
        starts: Where the windows begin in the long image: ascending from 0.
    """

    def __init__(self, network: keras.Model, frames: int, starts: np.ndarray) -> None:
        calls = _in_a_row(network)
        self._layers = [layer for layer, _ in calls]
        self._tracks: list[list[_Track]] = []
        tracks = [_Track(0, np.arange(len(starts)), 0, int(starts[-1]) + frames, starts)]
        for layer, given in calls:
            if not _is_local(layer):
                break
            tracks = [new for i, old in enumerate(tracks) for new in _split(layer, i, old, frames)]
            shape = (1, frames, *given.shape[2:])
            after = int(layer.compute_output_shape(shape)[1])
            computed = sum(int(track.starts[-1]) + after for track in tracks)
            if computed > _WORTH * after * len(starts):
                break
            frames = after
            self._tracks.append(tracks)
        self._frames = frames

    def __len__(self) -> int:
        """How many layers are shared."""
        return len(self._tracks)

    def __call__(self, image: Any) -> Any:
        """The network's output for each window of an image `(1, frames, ...)`."""
        shared, rest = self._layers[: len(self)], self._layers[len(self) :]
        outputs = [image]
        for layer, tracks in zip(shared, self._tracks, strict=True):
            outputs = [layer(outputs[t.source][:, t.first : t.end]) for t in tracks]
        within = np.arange(self._frames)
        cut = [
            ops.take(output[0], track.starts[:, None] + within, axis=0)
            for output, track in zip(outputs, self._tracks[-1], strict=True)
        ]
        order = np.argsort(np.concatenate([track.windows for track in self._tracks[-1]]))
        values = ops.take(ops.concatenate(cut), order, axis=0)
        for layer in rest:
            values = layer(values)
        return values


def _split(layer: Any, source: int, track: _Track, frames: int) -> list[_Track]:
    """The tracks of the windows of a track, after a layer."""
    step, found = _step(layer), []
    for rest in np.unique(track.starts % step):
        own = track.starts % step == rest
        starts = track.starts[own]
        first, end = int(starts[0]), int(starts[-1]) + frames
        found.append(_Track(source, track.windows[own], first, end, (starts - first) // step))
    return found


def _in_a_row(network: keras.Model) -> Sequence[tuple[Any, Any]]:
    """The layers of a network of images and what each is given, if that is the last one's output.

    Nothing of a network that is called in a way of its own, or whose layers are given more.
    """
    if not type(network).__module__.startswith("keras.") or len(network.outputs) != 1:
        return []
    found: list[tuple[Any, Any]] = []
    (first, *others), tensor = network.inputs, network.outputs[0]
    if others or len(first.shape) != 4 or first.dtype != "float32":
        return []
    while tensor is not first:
        layer, node = tensor._keras_history[:2]
        node = layer._inbound_nodes[node]
        more = {k: v for k, v in node.arguments.kwargs.items() if v is not None}
        if more.get("training") is False:
            del more["training"]
        if len(node.input_tensors) != 1 or len(node.arguments.args) != 1 or more:
            return []
        (tensor,) = node.input_tensors
        found.insert(0, (layer, tensor))
    return found


def _is_local(layer: Any) -> bool:
    """Whether each place of a layer's output comes from its neighbourhood alone."""
    if layer.compute_dtype != "float32":  # another order of sums is another answer
        return False
    activation = getattr(layer, "activation", keras.activations.linear)
    if all(activation is not keras.activations.get(name) for name in _ACTIVATIONS):
        return False
    if type(layer) in _IN_PLACE:
        return getattr(layer, "axis", -1) in (-1, 3)
    local = type(layer) in _IN_STEPS and layer.padding == "valid"
    return local and layer.data_format == "channels_last"


def _step(layer: Any) -> int:
    """Places from step to step."""
    return int(layer.strides[0]) if type(layer) in _IN_STEPS else 1
