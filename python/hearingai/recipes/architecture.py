"""The architecture of a Keras model: all but its weights."""

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

import keras
from keras.src.utils.naming import to_snake_case

from ..classifier.saving import check_config
from ..errors import HearingAIError
from ..runtime.generators import kept_generators
from ..runtime.precision import computing_in
from ..runtime.using_keras import using_keras


class Architecture:
    """The layers of a Keras model without its weights: each call makes them anew.

    Layers that Keras numbered are numbered from the first one of the model, so that equal models
    have equal names in every session.

    Args:
        model: A functional or sequential Keras model.
        name: The name of the networks, if the model has none but Keras's.

    Raises:
        HearingAIError: It is another kind of model, or has a layer that no file may hold.
    """

    def __init__(self, model: keras.Model, name: str = "network") -> None:
        if not is_network(model):
            raise HearingAIError(
                f"`network` must be a functional or sequential Keras model, whose layers can be "
                f"told apart. Received: {kind_of(model)}"
            )
        with (
            using_keras(),
            kept_generators(),
            warnings.catch_warnings(),
            computing_in("float32", model),
        ):
            warnings.simplefilter("ignore")  # Keras warns of lambdas, which are refused
            config = keras.saving.serialize_keras_object(model)
            _check_layers(model, config)
        self.config = _numbered(json.loads(json.dumps(config)), name)
        self.name: str = self.config["config"]["name"]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Architecture":
        """The architecture of a configuration that `get_config` gave."""
        check_config(config)
        made = cls.__new__(cls)
        made.config, made.name = config, config["config"]["name"]
        return made

    def get_config(self) -> dict[str, Any]:
        """The configuration of the model, as JSON has it."""
        return self.config

    def __call__(self, input_shape: Any, n_classes: int) -> keras.Model:
        """A new network with weights drawn from the global generators."""
        if self.config["class_name"] == "Sequential":
            return self._chain(tuple(input_shape))
        return keras.saving.deserialize_keras_object(self.config, safe_mode=True)

    def _chain(self, input_shape: tuple) -> keras.Model:
        """A sequential network as a functional one, whose layers have one place each."""
        told = list(self.config["config"]["layers"])
        if told and told[0]["class_name"] == "InputLayer":
            declared = told.pop(0)["config"]["batch_shape"][1:]
            input_shape = input_shape if None in declared else tuple(declared)
        image = x = keras.Input(input_shape, name="image")
        for config in told:
            x = keras.saving.deserialize_keras_object(config, safe_mode=True)(x)
        network = keras.Model(image, x, name=self.name)
        if not self.config["config"].get("trainable", True):
            network.trainable = False
        return network


def is_network(model: Any) -> bool:
    """Whether it is a Keras model whose layers can be told apart."""
    sequential = isinstance(model, keras.Sequential)
    return isinstance(model, keras.Model) and (sequential or hasattr(model, "operations"))


def kind_of(value: Any) -> str:
    """What was given in the place of a network, in words."""
    if isinstance(value, keras.Model):
        return f"{type(value).__name__}, a subclass of Model"
    if isinstance(value, keras.layers.Layer):
        return f"{type(value).__name__}, a layer"
    return repr(value) if isinstance(value, (int, float)) else type(value).__name__


def _check_layers(model: keras.Model, config: dict[str, Any]) -> None:
    """Refuse what could not be opened from a file again, by the name of its layer."""
    try:
        _reopened(config)
    except Exception as error:
        for layer in model.layers:
            try:
                _reopened(keras.saving.serialize_keras_object(layer))
            except Exception as of_layer:
                raise HearingAIError(
                    f"`network` has a layer that no file can hold, `{layer.name}` "
                    f"({type(layer).__name__}): {_why(of_layer)}"
                ) from None
        raise HearingAIError(f"no file can hold `network`: {_why(error)}") from None


def _reopened(config: dict[str, Any]) -> Any:
    told = json.loads(json.dumps(config))
    if '"__lambda__"' in json.dumps(told):
        raise HearingAIError("a lambda is code, which a file that opens safely does not hold")
    check_config(told)
    return keras.saving.deserialize_keras_object(told, safe_mode=True)


def _why(error: Exception) -> str:
    if isinstance(error, HearingAIError):
        return str(error)
    return (
        "only layers and functions of Keras, and classes registered by "
        "keras.saving.register_keras_serializable, can be saved"
    )


def _numbered(config: dict[str, Any], name: str) -> dict[str, Any]:
    """A configuration whose layers are numbered from its first one, not the session's."""
    objects = [o for o in _objects(config) if isinstance(o["config"].get("name"), str)]
    own = [o["config"]["name"] for o in objects if not _is_numbered(o)]
    new: dict[str, str] = {}
    for told in objects[1:]:
        old = told["config"]["name"]
        if not _is_numbered(told) or old in new:
            continue
        base, i = re.sub(r"_\d+$", "", old), 0
        while (found := f"{base}_{i}" if i else base) in (*own, *new.values()):
            i += 1
        new[old] = found
    renamed = _renamed(config, new)
    first = renamed["config"]
    if _is_numbered(config) or first["name"] == "model":
        first["name"] = name
    return renamed


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every described object of a configuration, in its order."""
    if isinstance(value, dict):
        if "class_name" in value and isinstance(value.get("config"), dict):
            yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part)


def _is_numbered(told: dict[str, Any]) -> bool:
    """Whether Keras named an object, after its class."""
    base = re.escape(to_snake_case(told["class_name"].rpartition(">")[2]))
    return bool(re.fullmatch(rf"(forward_|backward_)?{base}(_\d+)?", told["config"]["name"]))


def _renamed(value: Any, new: dict[str, str], key: str = "") -> Any:
    """A configuration with other names of layers, and without how the model was compiled."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k != "compile_config"}
        return {k: _renamed(v, new, k) for k, v in kept.items()}
    if isinstance(value, list):
        place = len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], int)
        return [_renamed(v, new, "name" if place and i == 0 else "") for i, v in enumerate(value)]
    return new.get(value, value) if key == "name" and isinstance(value, str) else value
