"""Check that what a recipe names exists, before any clip is read."""

import inspect
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import keras

from ..audio.fitting import CROPS, PLACES
from ..augment import named_augmentations
from ..bodies.registry import body_from, check_of_audioset
from ..errors import HearingAIError
from ..frontends.layers_in_order import LayersInOrder
from ..networks import NETWORKS
from ..runtime.arguments import check_rate, choose, number, positive
from .own_networks import NetworkFunction, checked_network, own_arguments
from .recipe import Recipe
from .schedules import MONITORS, SCHEDULES

_NO_NAMES = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer")  # base classes and wrappers
DECAYS = ("all", "matrices")
LOSSES = ("cross-entropy", "focal")
SAMPLINGS = ("shuffled", "balanced")
LONGEST = 24 * 3600  # seconds of a clip
_WHOLE = ("batch_size", "epochs", "patience", "channels")


def check_recipe(recipe: Recipe) -> Recipe:
    """Return a recipe with its body, or raise an error that names what does not exist."""
    frontend, network = _front_end(recipe.frontend), checked_network(recipe.network)
    recipe = replace(recipe, frontend=frontend, network=network)
    known: Sequence[str] = network_arguments(network)
    _known_options(
        "network_options", recipe.network_options, known, f"the network `{recipe.network_name}`"
    )
    known = optimizer_arguments(optimizer_class(recipe.optimizer))
    _known_options(
        "optimizer_options", recipe.optimizer_options, known, f"the optimizer {recipe.optimizer}"
    )
    known = SCHEDULES[choose("schedule", recipe.schedule, tuple(SCHEDULES))]
    _known_options(
        "schedule_options", recipe.schedule_options, known, f"the schedule `{recipe.schedule}`"
    )
    choose("monitor", recipe.monitor, MONITORS)
    choose("decay", recipe.decay, DECAYS)
    choose("loss", recipe.loss, LOSSES)
    choose("sampling", recipe.sampling, SAMPLINGS)
    number("label_smoothing", recipe.label_smoothing, low=0, below=1)
    number("validation", recipe.validation, above=0, below=1)
    if recipe.copies != 0:
        positive("copies", recipe.copies, whole=True)
    if recipe.copies and recipe.takes_embeddings:
        raise HearingAIError(
            f"`copies` suits recipes of sound: `{recipe.name}` takes embeddings, which are "
            f"augmented in training"
        )
    choose("crop", recipe.crop, CROPS)
    choose("place", recipe.place, PLACES)
    _check_multi_label(recipe.multi_label)
    named_augmentations(recipe.augment)
    for name in _WHOLE:
        if getattr(recipe, name) is not None:
            positive(name, getattr(recipe, name), whole=True)
    if recipe.sample_rate is not None:
        recipe = replace(recipe, sample_rate=check_rate(recipe.sample_rate))
    if recipe.duration is not None:
        positive("duration", recipe.duration, most=LONGEST)
    return _check_body(recipe)


def _check_multi_label(changes: Any) -> None:
    """Refuse changes of what no recipe has."""
    if not isinstance(changes, dict):
        raise HearingAIError(
            f"`multi_label` of a recipe is options by name: what is otherwise where clips have any "
            f"number of labels, which create_classifier() is told. Received: {changes!r}"
        )
    for name in changes:
        choose("multi_label", name, [f.name for f in fields(Recipe)])


def _check_body(recipe: Recipe) -> Recipe:
    """The recipe with its body found, which a name stands for until it is needed."""
    if recipe.body is None:
        return recipe
    if recipe.frontend is not None:
        raise HearingAIError(
            f"`body` suits recipes that have one, such as `head`, and those of AudioSet "
            f"embeddings; `{recipe.name}` has a front end of its own"
        )
    for name, usual in (("sample_rate", None), ("channels", 1)):
        if getattr(recipe, name) != usual:
            raise HearingAIError(
                f"`{name}` is the body's: it hears one channel at a rate of its own. "
                f"Received: {getattr(recipe, name)!r}"
            )
    body = body_from(recipe.body)
    if recipe.takes_embeddings:
        check_of_audioset(body, f"the recipe `{recipe.name}`")
    return replace(recipe, body=body)


def _front_end(given: Any) -> Any:
    """A function as it is; layers as a function that makes them anew."""
    if given is None or (callable(given) and not isinstance(given, keras.layers.Layer)):
        return given
    return LayersInOrder(given)


def network_arguments(network: str | NetworkFunction) -> list[str]:
    """Names of the arguments of a network, besides shape and classes."""
    if not isinstance(network, str):
        return own_arguments(network)
    function = NETWORKS[choose("network", network, tuple(NETWORKS))]
    return list(inspect.signature(function).parameters)[2:]


def optimizer_class(name: str) -> type[keras.optimizers.Optimizer]:
    """The class of an optimizer: Keras's, by its name in any case, or a registered one."""
    own = keras.saving.get_registered_object(name) if isinstance(name, str) else None
    if _is_optimizer(own):
        return own
    there = vars(keras.optimizers).items()
    classes = {n: c for n, c in there if _is_optimizer(c) and n not in _NO_NAMES}
    wanted = next((n for n in classes if n.lower() == str(name).lower()), name)
    return classes[choose("optimizer", wanted, tuple(sorted(classes)))]


def optimizer_arguments(optimizer: type) -> list[str]:
    """Names of the arguments of an optimizer's class, those of its bases among them."""
    bases: Sequence[Any] = optimizer.__mro__[:-1]
    signatures = [inspect.signature(base.__init__) for base in bases]
    named = dict.fromkeys(name for signature in signatures for name in signature.parameters)
    return [name for name in named if name not in ("self", "args", "name", "kwargs")]


def _is_optimizer(thing: Any) -> bool:
    return inspect.isclass(thing) and issubclass(thing, keras.optimizers.Optimizer)


def _known_options(argument: str, options: Any, known: Sequence[str], whose: str) -> None:
    if not isinstance(options, dict):
        raise HearingAIError(f"`{argument}` must be values by name. Received: {options!r}")
    unknown = sorted(str(name) for name in options if name not in known)
    if unknown:
        raise HearingAIError(
            f"`{argument}`: {whose} has no {', '.join(unknown)}. "
            f"It has: {', '.join(known) or 'none'}"
        )
