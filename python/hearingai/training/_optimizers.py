"""Optimizers by name, with the learning rate that a schedule makes of theirs."""

import json

import keras

from ..recipes.checks import optimizer_class
from ..recipes.recipe import as_text
from ..recipes.schedules import schedule_of
from ..runtime.arguments import positive


def optimizer_of(setup, optimizer, learning_rate, clipnorm, steps):
    """The optimizer of a training.

    Args:
        setup: The `Recipe`.
        optimizer: A name or an optimizer; `None` takes the recipe's.
        learning_rate: Overrides the optimizer's.
        clipnorm: Overrides the optimizer's.
        steps: Steps of the whole training, for schedules that know their end.
    """
    if isinstance(optimizer, keras.optimizers.Optimizer):  # a used one is bound to its network
        return optimizer.from_config(optimizer.get_config()) if optimizer.built else optimizer
    options = dict(setup.optimizer_options)
    name = setup.optimizer if optimizer is None else optimizer
    if optimizer_class(name) is not optimizer_class(setup.optimizer):
        options = {}
    if learning_rate is not None:
        options["learning_rate"] = positive("learning_rate", learning_rate)
    if clipnorm is not None:
        options["clipnorm"] = positive("clipnorm", clipnorm)
    rate = options.get("learning_rate")
    if rate is None and setup.schedule in ("one-cycle", "cosine"):
        rate = 1e-3
    if isinstance(rate, (int, float)):
        warmup = {k: v for k, v in setup.schedule_options.items() if k == "warmup"}
        options["learning_rate"] = schedule_of(setup.schedule, rate, steps, **warmup)
    return optimizer_class(name).from_config(options)


def settings_of(thing):
    """Class and arguments of an optimizer or layer, less what Keras counts up."""
    config = {k: v for k, v in thing.get_config().items() if k not in ("name", "dtype")}
    config = json.loads(json.dumps(config, default=as_text))  # as a saved record has it
    return {"class_name": type(thing).__name__, "config": config}
