"""What a tuning may vary: the settings of a recipe, their values, and the grid of them."""

import itertools
from dataclasses import fields

import numpy as np

from .errors import HearingAIError, positive
from .recipes import Recipe, network_arguments
from .recipes.recipe import as_text

OPTIMIZER = ("learning_rate", "clipnorm", "weight_decay", "momentum")
_FIXED = ("name", "description", "source", "frontend", "frames", "sample_rate", "duration")
_FIXED += ("channels", "crop", "place", "network_options", "optimizer_options", "validation")
_WHOLE = ("batch_size", "epochs", "patience")


def check_space(space, setup):
    """The space, its values plain; an error where a setting is unknown."""
    if not isinstance(space, dict) or not space:
        raise HearingAIError("`space` must be a dict from settings to lists or ranges")
    space = {name: _checked_values(name, values) for name, values in space.items()}
    networks = space.get("network", [setup.network])
    arguments = {a for network in networks for a in network_arguments(network)}
    known = [f.name for f in fields(Recipe) if f.name not in _FIXED]
    for name in space:
        if name not in (*known, *OPTIMIZER, *arguments):
            raise HearingAIError(
                f"`space` cannot vary `{name}`. It can vary {', '.join([*known, *OPTIMIZER])}, "
                f"and of the network {', '.join(sorted(arguments)) or 'nothing'}"
            )
    return space


def _checked_values(name, values):
    if isinstance(values, dict):
        if not {"low", "high"} <= set(values) <= {"low", "high", "log", "step"}:
            raise HearingAIError(
                f"`space${name}` must have `low` and `high`, may have `log`, `step`"
            )
        if name not in _WHOLE:
            return values
        return values | {k: positive(name, values[k], whole=True) for k in ("low", "high")}
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__") or not len(values):
        raise HearingAIError(f"`space${name}` must be a list or a range. Received: {values!r}")
    values = [v.item() if isinstance(v, np.generic) else v for v in values]
    return [positive(name, v, whole=True) for v in values] if name in _WHOLE else values


def grid_of(space):
    """Every combination of a space of lists; `None` where it has ranges."""
    if any(isinstance(values, dict) for values in space.values()):
        return None
    kept = [map(_kept, values) for values in space.values()]
    return [dict(zip(space, c, strict=True)) for c in itertools.product(*kept)]


def _kept(value):
    """A value as a file of trials keeps it: a list, of augmentations say, as text."""
    return as_text(value) if isinstance(value, (list, tuple, dict)) else value


def suggest(trial, name, values):
    """The value that a trial of Optuna draws from a list or a range."""
    if not isinstance(values, dict):
        kept = [_kept(value) for value in values]
        return values[kept.index(trial.suggest_categorical(name, kept))]
    low, high = values["low"], values["high"]
    rest = {k: v for k, v in values.items() if k in ("log", "step")}
    if float(low).is_integer() and float(high).is_integer() and not isinstance(low, float):
        return trial.suggest_int(name, int(low), int(high), **rest)
    return trial.suggest_float(name, float(low), float(high), **rest)
