"""What a tuning may vary: the settings of a recipe, their values, and the grid of them."""

import itertools
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..recipes.checks import network_arguments, optimizer_arguments, optimizer_class
from ..recipes.own_networks import checked_network
from ..recipes.recipe import Recipe, as_text, network_name
from ..recipes.registry import get_recipe
from ..recipes.schedules import MONITORS, SCHEDULES
from ..runtime.arguments import choose, number, positive
from ._trainer import augmentations_of

OPTIMIZER = ("learning_rate", "clipnorm", "weight_decay", "momentum")
_FIXED = (
    *("name", "description", "source", "frontend", "body", "frames", "sample_rate", "duration"),
    *("channels", "crop", "place", "network_options", "optimizer_options", "validation", "copies"),
    *("multi_label", "loss"),  # the table of trials has a loss of its own
)
_WHOLE = ("batch_size", "epochs", "patience")


def check_space(space: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
    """The space, its values plain; an error where a setting or a value cannot be tried."""
    if not isinstance(space, dict) or not space:
        raise HearingAIError("`space` must name settings, each with its values or a range")
    space = {name: _checked_values(name, values) for name, values in space.items()}
    networks = space.get("network", [recipe.network])
    if not isinstance(networks, dict):
        networks = [checked_network(network) for network in networks]
        if "network" in space:
            space["network"] = _of_different_names(networks)
    arguments = set.intersection(*(set(network_arguments(network)) for network in networks)) - {
        "activation"
    }
    known = [f.name for f in fields(Recipe) if f.name not in _FIXED]
    for name in space:
        if name not in (*known, *OPTIMIZER, *arguments):
            raise HearingAIError(
                f"`space` cannot vary `{name}`. It can vary {', '.join([*known, *OPTIMIZER])}, "
                f"and of the network {', '.join(sorted(arguments)) or 'nothing'}"
            )
    _check_names(space, recipe)
    return space


def _check_names(space: dict[str, Any], recipe: Recipe) -> None:
    """Refuse unknown names, and settings that an optimizer lacks."""
    for name, known in (("schedule", tuple(SCHEDULES)), ("monitor", MONITORS)):
        for value in space.get(name, ()):
            choose(f'space["{name}"]', value, known)
    if recipe.copies and "augment" in space:
        raise HearingAIError(
            f"`space` cannot vary `augment` of a recipe with `copies`, which are made before the "
            f"trials. Received: copies={recipe.copies}"
        )
    for value in space.get("augment", [recipe.augment]):
        augmentations_of(get_recipe(recipe, augment=value))
    for name in space.get("optimizer", [recipe.optimizer]):
        taken = optimizer_arguments(optimizer_class(name))
        for setting in OPTIMIZER:
            if setting in space and setting not in taken:
                raise HearingAIError(f'`space["{setting}"]`: the optimizer {name} has none')


def _checked_values(name: str, values: Any) -> Any:
    if isinstance(values, dict):
        return _checked_range(name, values)
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__") or not len(values):
        raise HearingAIError(f'`space["{name}"]` must be a list or a range. Received: {values!r}')
    values = [v.item() if isinstance(v, np.generic) else v for v in values]
    return [positive(name, v, whole=True) for v in values] if name in _WHOLE else values


def _checked_range(name: str, values: dict[str, Any]) -> dict[str, Any]:
    if not {"low", "high"} <= set(values) <= {"low", "high", "log", "step"}:
        raise HearingAIError(
            f'`space["{name}"]` must have `low` and `high`, may have `log`, `step`'
        )
    if name in _WHOLE:
        values = values | {k: positive(name, values[k], whole=True) for k in ("low", "high")}
    low, high = (number(f'space["{name}"]["{end}"]', values[end]) for end in ("low", "high"))
    if low > high:
        raise HearingAIError(
            f'`space["{name}"]["low"]` must not be above `high`. Received: {low:g}'
        )
    if values.get("log") and low <= 0:
        raise HearingAIError(
            f'`space["{name}"]["low"]` must be above 0 with `log`. Received: {low:g}'
        )
    if "step" in values:
        positive(f'space["{name}"]["step"]', values["step"])
        if values.get("log"):
            raise HearingAIError(f'`space["{name}"]` must have `log` or `step`, not both')
    return values


def combinations(space: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Every combination of a space of lists; `None` where it has ranges."""
    if any(isinstance(values, dict) for values in space.values()):
        return None
    kept = [[_kept(name, value) for value in values] for name, values in space.items()]
    return [dict(zip(space, c, strict=True)) for c in itertools.product(*kept)]


def _of_different_names(networks: list[Any]) -> list[Any]:
    """The networks, which the table of trials tells apart by their names."""
    names = [network_name(network) for network in networks]
    if len(set(names)) < len(names):
        raise HearingAIError(
            f'`space["network"]` must have networks of different names. Received: {names}'
        )
    return networks


def _kept(name: str, value: Any) -> str | bool | int | float | None:
    """A value as stored in a file of trials: what is not plain, such as layers, as text."""
    if name == "network":
        return network_name(value)
    return value if isinstance(value, (str, bool, int, float, type(None))) else as_text(value)


def suggest(trial: Any, name: str, values: Any) -> Any:
    """The value that a trial of Optuna draws from a list or a range."""
    if not isinstance(values, dict):
        kept = [_kept(name, value) for value in values]
        return values[kept.index(trial.suggest_categorical(name, kept))]
    low, high = values["low"], values["high"]
    rest = {k: v for k, v in values.items() if k in ("log", "step")}
    numbers = (low, high, values.get("step", 1))
    if all(float(n).is_integer() for n in numbers) and not isinstance(low, float):
        return trial.suggest_int(name, int(low), int(high), **rest)
    return trial.suggest_float(name, float(low), float(high), **rest)
