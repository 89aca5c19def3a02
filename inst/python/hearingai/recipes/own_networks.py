"""Networks of one's own in a recipe: a Keras model, or a function that makes one, not a name."""

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import numpy as np

from ..errors import HearingAIError, first_line, warn
from ..runtime.sizes import shape_text
from .architecture import Architecture, is_network, kind_of
from .recipe import network_name

NetworkFunction: TypeAlias = Callable[..., keras.Model]
"""A function `(input_shape, n_classes) -> model`, which may have further arguments."""

Network: TypeAlias = str | keras.Model | NetworkFunction
"""The name of a network, a Keras model, or a function `(input_shape, n_classes) -> model`."""

_WANTED = "the name of a network, a Keras model, or a function `(input_shape, n_classes) -> model`"


def checked_network(network: Any) -> str | NetworkFunction:
    """The network of a recipe: a name as it is, a model as an `Architecture`, a function checked.

    Raises:
        HearingAIError: It is none of these.
    """
    if isinstance(network, (str, Architecture)):
        return network
    if isinstance(network, keras.Model):
        if _is_trained(network):
            warn(
                "of `network` the layers are taken, and its weights are drawn anew by the seed; "
                "a function that returns the model keeps those that it has"
            )
        return Architecture(network)
    if not callable(network) or isinstance(network, keras.layers.Layer):
        raise HearingAIError(f"`network` must be {_WANTED}. Received: {kind_of(network)}")
    try:
        inspect.signature(network).bind((), 2)
    except TypeError:
        raise HearingAIError(
            f"`network` must be a function of two arguments, `input_shape` and `n_classes`. "
            f"Received: {network_name(network)}{inspect.signature(network)}"
        ) from None
    except ValueError:  # written in C, and says nothing of its arguments
        pass
    return network


def own_arguments(network: NetworkFunction) -> list[str]:
    """Names of the arguments of a function besides shape and classes; a model has none."""
    if isinstance(network, Architecture):
        return []
    try:
        parameters = list(inspect.signature(network).parameters.values())[2:]
    except ValueError:
        return []
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]


def made_network(
    network: NetworkFunction,
    input_shape: tuple,
    n_classes: int,
    options: dict[str, Any],
    multi_label: bool = False,
) -> keras.Model:
    """The network that a function makes, checked, as a copy of its own.

    Args:
        network: The function, or an `Architecture`.
        input_shape: Shape of one image or of one clip's embeddings.
        n_classes: Number of labels.
        options: Further arguments of the function.
        multi_label: Whether each label has a probability by itself.

    Raises:
        HearingAIError: It fails, or what it makes does not suit shape and labels.
    """
    try:
        model = network(tuple(input_shape), n_classes, **options)
        if not isinstance(network, Architecture):
            model = _copied(model, tuple(input_shape), network_name(network))
    except HearingAIError:
        raise
    except Exception as error:
        raise HearingAIError(
            f"`network` cannot be made for an input of {shape_text(input_shape)} and {n_classes} "
            f"classes: {first_line(error)}"
        ) from error
    _check_shapes(model, tuple(input_shape), n_classes, multi_label)
    if None in model.inputs[0].shape[1:]:
        sized = keras.models.clone_model(model, input_tensors=keras.Input(tuple(input_shape)))
        sized.set_weights(model.get_weights())
        model = sized
    _check_probabilities(model, multi_label)
    return model


def _copied(model: Any, input_shape: tuple, name: str) -> keras.Model:
    """A copy with the same weights: a function may return the same model at each call."""
    if not is_network(model):
        raise HearingAIError(
            f"`network` must return a functional or sequential Keras model. "
            f"Received: {kind_of(model)}"
        )
    if not model.built:
        model.build((None, *input_shape))
    twin = Architecture(model, name)(input_shape, 0)
    twin.set_weights(model.get_weights())
    return twin


def _is_trained(model: keras.Model) -> bool:
    optimizer = getattr(model, "optimizer", None)
    return optimizer is not None and int(optimizer.iterations) > 0


def _check_shapes(
    model: keras.Model, input_shape: tuple, n_classes: int, multi_label: bool
) -> None:
    for side, tensors in (("input", model.inputs), ("output", model.outputs)):
        if len(tensors) != 1:
            raise HearingAIError(f"`network` must have one {side}. Received: {len(tensors)}")
    taken, given = tuple(model.inputs[0].shape[1:]), tuple(model.outputs[0].shape[1:])
    if len(taken) != len(input_shape) or any(
        n is not None and n != m for n, m in zip(taken, input_shape, strict=True)
    ):
        raise HearingAIError(
            f"`network` must take what comes before it, {shape_text(input_shape)} a clip. "
            f"Received: a network that takes {shape_text(taken)}"
        )
    if len(given) != 1:
        raise HearingAIError(
            f"`network` must give one row a clip, {n_classes} probabilities; Flatten or "
            f"GlobalAveragePooling2D makes a row of a map. "
            f"Received: a network that gives {shape_text(given)}"
        )
    if given[0] != n_classes and ((given[0], n_classes) != (1, 2) or multi_label):
        raise HearingAIError(
            f"`network` must have as many outputs as there are labels, {n_classes}. "
            f"Received: {given[0]}"
        )


def answers_to_noise(model: keras.Model) -> np.ndarray:
    """What a network answers to two inputs of noise."""
    shape = [size or 32 for size in model.inputs[0].shape[1:]]  # where any size will do
    noise = np.random.default_rng(0).uniform(-1, 1, (2, *shape)).astype("float32")
    return keras.ops.convert_to_numpy(model(noise, training=False))


def _check_probabilities(model: keras.Model, multi_label: bool) -> None:
    """Refuse a network whose answers are no probabilities, such as logits."""
    answers = answers_to_noise(model)
    several = answers.shape[-1] > 1
    apart = several and np.abs(answers.sum(axis=-1) - 1).max() > 1e-3
    if not np.isfinite(answers).all():
        raise HearingAIError("`network` must give finite values. Received: NaN or infinity")
    if answers.min() < 0 or answers.max() > 1 or (several and apart != multi_label):
        wanted = 'sum to 1, as those of `activation="softmax"`'
        if not several:
            wanted = 'be from 0 to 1, as that of `activation="sigmoid"`'
        elif multi_label:
            wanted = 'be from 0 to 1 each by itself, as those of `activation="sigmoid"`'
        raise HearingAIError(
            f"`network` must give probabilities: its values for a clip must {wanted}. "
            f"Received: {', '.join(f'{v:.3g}' for v in answers[0][:4])}"
            f"{', ...' if len(answers[0]) > 4 else ''}"
        )
