"""The weights in a classifier's file in the order in which its model has them; needs no Keras."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ._sizes import opened

_OTHER = ("optimizer", "compile_metrics")  # of a file: what a training leaves
_RANDOM = "seed_generator"  # of a layer: a state that is no weight
_NETWORKS = ("Functional", "Sequential")  # whose layers are listed
_OPERATIONS = "keras.src.ops."  # modules of what is listed among layers and is none
# Layers with several parts, in the order in which they make them.
_PARTS = {
    "Bidirectional": ("forward_layer", "backward_layer"),
    "MultiHeadAttention": ("query_dense", "key_dense", "value_dense", "output_dense"),
}
_KINDS = ("float32", "float64", "int32", "int64")


class UnknownOrderError(Exception):
    """A layer may have its weights in an order of its own."""


def stored_weights(path: Path, config: dict[str, Any]) -> Iterator[np.ndarray]:
    """The weights of an `AudioClassifier`, one after the other; its file has been checked.

    Args:
        path: The `.keras` file.
        config: The arguments that rebuild the classifier.

    Raises:
        UnknownOrderError: They are not where Keras would put those of layers that are known here.
    """
    import h5py

    with (
        zipfile.ZipFile(path) as archive,
        opened(archive, path) as file,
        h5py.File(file, "r") as weights,
    ):
        try:
            left = sum(_n_weights(weights[name]) for name in weights if name not in _OTHER)
            for weight in _of_classifier(weights, config):
                yield weight
                left -= 1
            if left:  # the model may have others than these
                raise UnknownOrderError
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            raise UnknownOrderError from error


def hash_of(weights: Iterable[np.ndarray], first: str = "") -> str:
    """SHA-256 of some text and of arrays, in order."""
    hasher = hashlib.sha256(first.encode())
    for weight in weights:
        value = np.ascontiguousarray(weight)
        hasher.update(f"{value.dtype.str}{value.shape}".encode())
        hasher.update(value.tobytes())
    return hasher.hexdigest()


def _n_weights(group: Any) -> int:
    """How many weights a group holds, wherever they are in it."""
    import h5py

    found: list[str] = []

    def look(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and _RANDOM not in name.split("/"):
            found.append(name)

    group.visititems(look)
    return len(found)


def _of_classifier(weights: Any, config: dict[str, Any]) -> Iterator[np.ndarray]:
    """The weights of the front end and of the network."""
    parts = [part for part in (config["frontend"], config["network"]) if part is not None]
    if len(parts) == 2:
        yield from _of_layer(weights["frontend"], parts[0])
    yield from _of_layer(weights["layers"][_places(parts)[-1]], parts[-1])


def _of_layer(group: Any, told: dict[str, Any]) -> Iterator[np.ndarray]:
    """The weights of a layer and of the layers in it: first its own, then theirs."""
    kind, config = told["class_name"], told["config"]
    renamed = (told.get("registered_name") or kind).rpartition(">")[2] != kind
    if renamed or _is_quantized(config.get("dtype")):
        raise UnknownOrderError
    yield from _own(group)
    if kind in _NETWORKS:
        layers = [layer for layer in config["layers"] if _has_place(layer)]
        for place, layer in zip(_places(layers), layers, strict=True):
            yield from _of_layer(group["layers"][place], layer)
    else:
        yield from _of_parts(group, kind)


def _is_quantized(policy: Any) -> bool:
    """Whether a layer keeps its weights in another form than it computes with."""
    name = policy["config"]["name"] if isinstance(policy, dict) else policy
    return "_from_" in (name or "")


def _of_parts(group: Any, kind: str = "") -> Iterator[np.ndarray]:
    """The weights of what a layer is made of, such as the cell of a recurrent one."""
    parts = [name for name in group if name != "vars" and _n_weights(group[name])]
    order = _PARTS.get(kind, parts)
    if sorted(order) != sorted(parts) or (kind not in _PARTS and len(parts) > 1):
        raise UnknownOrderError
    for name in order:
        yield from _own(group[name])
        yield from _of_parts(group[name])


def _own(group: Any) -> Iterator[np.ndarray]:
    """The weights of a layer itself, which are numbered."""
    own = group.get("vars", {})
    for i in range(len(own)):
        weight = own[str(i)]
        if "dtype" in weight.attrs or weight.dtype.name not in _KINDS:  # packed in another way
            raise UnknownOrderError
        yield weight[()]


def _has_place(layer: dict[str, Any]) -> bool:
    """Whether something listed among layers is one that may have weights."""
    return layer["class_name"] != "InputLayer" and not layer["module"].startswith(_OPERATIONS)


def _places(layers: list[dict[str, Any]]) -> list[str]:
    """Where Keras puts the weights of layers: after their classes, numbered from the second on."""
    seen: dict[str, int] = {}
    places = []
    for layer in layers:
        name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", layer["class_name"].rpartition(">")[2])
        name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
        seen[name] = seen.get(name, -1) + 1
        places.append(f"{name}_{seen[name]}" if seen[name] else name)
    return places
