"""Networks that another language describes layer by layer, or makes by a function of its own."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ..errors import HearingAIError, first_line
from ..runtime.generators import kept_generators
from ..runtime.sizes import shape_text
from ..runtime.using_keras import using_keras

if TYPE_CHECKING:
    import keras

    from ..recipes.architecture import Architecture

_OWN = ("AttentionPooling", "LabelGroups", "SinusoidalPositions", "SubSpectralNormalization")
_NO_LAYERS = ("Layer", "Wrapper", "RNN", "AbstractRNNCell", "InputLayer", "Input")
_CODE = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")


class Layers:
    """A sequential network, described: a function `(input_shape, n_classes) -> model`.

    Args:
        layers: Dicts with `layer`, the name of a class, `args` and `options`, its arguments; a
            layer among them is such a dict too.
        input_shape: Shape of its input, without the batch; `None` takes what it is called with.
        name: Its name.
    """

    def __init__(
        self,
        layers: Sequence[dict[str, Any]],
        input_shape: Sequence[int] | None = None,
        name: str = "network",
    ) -> None:
        self.layers, self.name = list(layers), name
        self.input_shape = None if input_shape is None else tuple(input_shape)

    def __call__(self, input_shape: Sequence[int], n_classes: int) -> keras.Model:
        """Make the network; an error names the layer that cannot follow those before it."""
        import keras

        if not self.layers:
            raise HearingAIError("`network` must have layers. Received: none")
        shape: Sequence[int | None] = self.input_shape or tuple(input_shape)
        model = keras.Sequential([keras.Input(shape)], name=self.name)
        for i, told in enumerate(self.layers):
            made, shape = make_layer(told), model.output_shape[1:] if i else shape
            try:
                model.add(made)
            except Exception as error:
                raise HearingAIError(
                    f"layer {i + 1} of `network`, {told['layer']}, cannot follow what gives "
                    f"{shape_text(shape)}: {first_line(error)}"
                ) from None
        return model

    def get_config(self) -> dict[str, Any]:
        """The description, to compare networks by."""
        return {"layers": self.layers, "input_shape": self.input_shape}


class Function:
    """A function of another language, with the arguments that it has there.

    Args:
        function: The function, of `(input_shape, n_classes)`.
        options: Names of its further arguments.
        name: Its name.
    """

    def __init__(
        self, function: Callable[..., Any], options: Sequence[str] = (), name: str = "network"
    ) -> None:
        self.function, self.name = function, name
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        named = [inspect.Parameter(a, kind) for a in ("input_shape", "n_classes")]
        named += [inspect.Parameter(a, kind, default=None) for a in options]
        self.__signature__ = inspect.Signature(named)

    def __call__(self, input_shape: Sequence[int], n_classes: int, **options: Any) -> Any:
        """Call it; of a described network, make the model."""
        made = self.function(list(input_shape), n_classes, **options)
        return made(input_shape, n_classes) if isinstance(made, Layers) else made

    def get_config(self) -> dict[str, Any]:
        """What is known of the function, to compare networks by."""
        return {"function": self.name, "arguments": list(self.__signature__.parameters)}


def make_layer(told: dict[str, Any]) -> keras.Layer:
    """Make a layer of its description, see `Layers`."""
    kind = _class_of(told["layer"])
    args = [_made(value) for value in told["args"]]
    options = {name: _made(value) for name, value in told["options"].items()}
    known = _arguments(kind)
    for name in options:
        if name not in known:
            raise HearingAIError(
                f"the layer {kind.__name__} has no argument `{name}`{_meant(name, known)}\n"
                f"Its arguments: {', '.join(known)}"
            )
    try:
        bound = inspect.signature(kind).bind(*args, **options)
    except TypeError as error:
        raise HearingAIError(
            f"the layer {kind.__name__}: {error}\nIts arguments: {', '.join(known)}"
        ) from None
    for name in ("target_shape", "noise_shape", "dims"):  # a single number is a shape too
        if isinstance(bound.arguments.get(name), int):
            bound.arguments[name] = (bound.arguments[name],)
    try:
        return kind(*bound.args, **bound.kwargs)
    except Exception as error:
        raise HearingAIError(
            f"the layer {kind.__name__} cannot be made: {first_line(error)}"
        ) from None


def check_layer_name(name: str) -> None:
    """Raise an error where Keras has no layer of that name, or none that a file may hold."""
    _class_of(name)


def check_layer(told: dict[str, Any]) -> None:
    """Raise an error where a description names no layer, or has arguments that it does not take."""
    with using_keras(), kept_generators():
        make_layer(told)


def describe_network(
    network: Layers | Architecture, input_shape: Sequence[int] | None = None
) -> dict[str, Any]:
    """The layers of a network, with shapes and parameters where the shape of its input is known.

    Returns:
        A dict of `input`, a shape or `None`, `layers`, `shapes` and `parameters`, lists.
    """
    if isinstance(network, Layers):
        input_shape = network.input_shape
        if input_shape is None or not network.layers:
            names = [told["layer"] for told in network.layers]
            return {"input": input_shape, "layers": names, "shapes": None, "parameters": None}
    with using_keras(), kept_generators():
        model = network(input_shape or (), 0)
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    return {
        "input": list(model.input_shape[1:]),
        "layers": [type(layer).__name__ for layer in layers],
        "shapes": [" x ".join("any" if n is None else str(n) for n in _out(v)) for v in layers],
        "parameters": [layer.count_params() for layer in layers],
    }


def architecture(text: str) -> Architecture:
    """The architecture that `architecture_text` told."""
    from ..recipes.architecture import Architecture

    return Architecture.from_config(json.loads(text))


def architecture_text(model: Any) -> str:
    """The architecture of a Keras model as text."""
    from ..recipes.own_networks import checked_network

    network: Any = checked_network(model)
    if not hasattr(network, "get_config"):
        raise HearingAIError(f"`network` must be a Keras model. Received: {type(model).__name__}")
    return json.dumps(network.get_config())


def _class_of(name: str) -> type:
    import keras

    from .. import networks

    if name in _CODE:
        raise HearingAIError(
            f"`{name}` cannot be a layer here: it runs code of its own, which a file that opens "
            f"safely does not hold"
        )
    if name in _OWN:
        return getattr(networks, name)
    registered = keras.saving.get_registered_object(name)
    if isinstance(registered, type) and issubclass(registered, keras.Layer):
        return registered
    there = {n: c for n, c in vars(keras.layers).items() if isinstance(c, type)}
    known = [n for n, c in there.items() if issubclass(c, keras.Layer) and n not in _NO_LAYERS]
    if name not in known:
        raise HearingAIError(f"Keras has no layer `{name}`{_meant(name, [*known, *_OWN])}")
    return there[name]


def _made(value: Any) -> Any:
    """A value in which descriptions of layers are layers."""
    if isinstance(value, dict):
        if set(value) == {"layer", "args", "options"}:
            return make_layer(value)
        return {name: _made(part) for name, part in value.items()}
    return [_made(part) for part in value] if isinstance(value, list) else value


def _arguments(kind: type) -> list[str]:
    """Names of the arguments of a layer, those that all layers have among them."""
    import keras

    signatures = [inspect.signature(made) for made in (kind, vars(keras.Layer)["__init__"])]
    named = dict.fromkeys(name for signature in signatures for name in signature.parameters)
    return [name for name in named if name not in ("self", "args", "kwargs")]


def _meant(name: str, known: Sequence[str]) -> str:
    """The name that another may have been meant for, as a question."""
    plain = {k.lower().replace("_", ""): k for k in known}
    asked = name.lower().replace("layer_", "").replace("_", "")
    near = get_close_matches(asked, plain, n=1)
    return f". Did you mean `{plain[near[0]]}`?" if near else ""


def _out(layer: Any) -> tuple:
    """The shape of a layer's output, without the batch."""
    shape = getattr(layer.output, "shape", ())
    return tuple(shape[1:])
