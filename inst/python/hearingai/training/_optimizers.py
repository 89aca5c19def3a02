"""Optimizers by name, with the learning rate of a schedule."""

import json
from typing import Any

import keras

from ..recipes.checks import optimizer_class
from ..recipes.recipe import Recipe, as_text
from ..recipes.schedules import schedule_of
from ..runtime.arguments import positive

_NO_MATRICES = ["bias", "gamma", "beta"]


def optimizer_of(
    recipe: Recipe,
    steps: int,
    *,
    optimizer: str | keras.optimizers.Optimizer | None = None,
    learning_rate: float | None = None,
    clipnorm: float | None = None,
) -> keras.optimizers.Optimizer:
    """The optimizer of a training.

    Args:
        recipe: The recipe.
        steps: Steps of the whole training, for schedules that know their end.
        optimizer: A name or an optimizer; `None` takes the recipe's.
        learning_rate: In place of the optimizer's own.
        clipnorm: In place of the optimizer's own.
    """
    if isinstance(optimizer, keras.optimizers.Optimizer):  # a used one is bound to its network
        return optimizer.from_config(optimizer.get_config()) if optimizer.built else optimizer
    options: dict[str, Any] = dict(recipe.optimizer_options)
    name = recipe.optimizer if optimizer is None else optimizer
    if optimizer_class(name) is not optimizer_class(recipe.optimizer):
        options = {}
    if learning_rate is not None:
        options["learning_rate"] = positive("learning_rate", learning_rate)
    if clipnorm is not None:
        options["clipnorm"] = positive("clipnorm", clipnorm)
    rate = options.get("learning_rate")
    if rate is None and recipe.schedule in ("one-cycle", "cosine"):
        rate = 1e-3
    if isinstance(rate, (int, float)):
        warmup = {k: v for k, v in recipe.schedule_options.items() if k == "warmup"}
        options["learning_rate"] = schedule_of(recipe.schedule, rate, steps, **warmup)
    if options.get("use_ema"):
        options["ema_momentum"] = min(options.get("ema_momentum", 0.99), _reach(steps))
    made = optimizer_class(name).from_config(options)
    if recipe.decay == "matrices" and made.weight_decay is not None:
        made.exclude_from_weight_decay(var_names=_NO_MATRICES)
    return made


def _reach(steps: int) -> float:
    """The momentum of averages over the last tenth of a training: no trace of the first weights."""
    return 1 - 10 / max(steps, 10)


def plain_config(thing: Any) -> dict[str, Any]:
    """Class and arguments of an optimizer or layer, without the numbered names of Keras."""
    config = {k: v for k, v in thing.get_config().items() if k not in ("name", "dtype")}
    config = json.loads(json.dumps(config, default=as_text))  # as a saved record has it
    return {"class_name": type(thing).__name__, "config": config}
