"""A classifier as the plain values that rebuild it, in a file or a copy."""

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import keras

from ..bodies.body import Body
from ..bodies.saved import found_again
from ..runtime.generators import kept_generators
from ..runtime.precision import computing_in
from ._sizes import uncounted

_ASIDE = ("name", "recipe", "record", "compile_settings", "body")  # they decide no answer
_OF_TRAINING = ("trainable", "build_config", "compile_config")  # nor do these of layers

_given: ContextVar[Body | None] = ContextVar("body", default=None)


@contextmanager
def body_given(body: Body | None) -> Iterator[None]:
    """Within this context, classifiers that are rebuilt take this body, if not `None`."""
    token = _given.set(body)
    try:
        yield
    finally:
        _given.reset(token)


def to_config(classifier: keras.Model) -> dict[str, Any]:
    """Arguments that rebuild an `AudioClassifier`, as plain values."""
    # The training precision is not saved; and Keras draws random numbers even here.
    with kept_generators(), computing_in("float32", classifier.network):
        network = keras.saving.serialize_keras_object(classifier.network)
        frontend = classifier.frontend
        frontend = frontend and keras.saving.serialize_keras_object(frontend)
    config = {
        "name": classifier.name,
        "frontend": frontend,
        "network": network,
        "labels": classifier.labels,
        "sample_rate": classifier.sample_rate,
        "duration": classifier.duration,
        "channels": classifier.channels,
        "crop": classifier.crop,
        "target": classifier.target,
        "recipe": classifier.recipe,
        "record": copy.deepcopy(classifier.record),
    }
    if classifier.body is not None:
        config["body"] = classifier.body.description()
    if classifier.multi_label:
        config["multi_label"] = True
    if classifier.compile_settings:
        config["compile_settings"] = copy.deepcopy(classifier.compile_settings)
    return config


def for_every_backend(config: dict[str, Any]) -> dict[str, Any]:
    """How a model was compiled, with names that every backend of Keras can load."""
    optimizer = config.get("optimizer") or {}
    if optimizer.get("module", "").startswith("keras.src.backend."):  # PyTorch's own classes
        config = config | {
            "optimizer": optimizer | {"module": "keras.optimizers", "registered_name": None}
        }
    # Set for GPUs; PyTorch refuses it.
    return {name: value for name, value in config.items() if name != "steps_per_execution"}


def digest_of_config(classifier: keras.Model) -> str:
    """SHA-256 of what decides the answers of an `AudioClassifier` beside its weights.

    Layers are told apart by their order: Keras numbers their names through a session.
    """
    config = {k: v for k, v in to_config(classifier).items() if k not in _ASIDE}
    layers = _text([_without_training(config.pop(part)) for part in ("frontend", "network")])
    for i, name in enumerate(dict.fromkeys(re.findall(r'"name": ("(?:[^"\\]|\\.)*")', layers))):
        layers = layers.replace(name, f'"#{i}"')
    body = classifier.body and [classifier.body.sha256, dict(classifier.body.options)]
    return hashlib.sha256(_text([layers, config, body]).encode()).hexdigest()


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _without_training(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_training(v) for k, v in value.items() if k not in _OF_TRAINING}
    return [_without_training(v) for v in value] if isinstance(value, (list, tuple)) else value


def from_config(config: dict[str, Any], custom_objects: dict[str, Any] | None) -> dict[str, Any]:
    """The arguments again: front end and network as Keras objects, and the body found."""
    arguments = dict(config)
    if arguments.get("body") is not None:
        with uncounted():
            arguments["body"] = found_again(arguments["body"], _given.get())
    for part in ("frontend", "network"):
        if arguments[part] is not None:
            arguments[part] = keras.saving.deserialize_keras_object(
                arguments[part], custom_objects=custom_objects
            )
    return arguments
