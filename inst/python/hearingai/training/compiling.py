"""compile(): optimizer, loss and metrics for the next trainings of a classifier."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from ..classifier.model import AudioClassifier, check_keras
from ..classifier.record_checks import MOST_METRICS
from ..errors import HearingAIError, first_line
from ..recipes.checks import optimizer_class
from ..recipes.recipe import as_text
from ..runtime.arguments import positive

_NOT_ONE_HOT = ("sparse", "ctc")  # starts of names of what takes class numbers or sequences


def compile(
    classifier: AudioClassifier,
    optimizer: str | keras.optimizers.Optimizer | None = None,
    loss: str | keras.losses.Loss | None = None,
    metrics: str | keras.metrics.Metric | Sequence[str | keras.metrics.Metric] | None = None,
    *,
    learning_rate: float | None = None,
) -> AudioClassifier:
    """Set optimizer, loss and metrics for the next trainings of a classifier, as Keras does.

    They are saved with the classifier. What `fit` is given goes before them, and what neither
    sets is the recipe's. An optimizer of the recipe, named again, has the recipe's learning rate:
    that of the Adadelta of `speech-commands` is 1.0, as it was by default when the system was
    published; Keras's default today, 0.001, trains nothing. (`classifier.compile()` is Keras's own
    method, for Keras's own `classifier.fit()`.)

    Args:
        classifier: An `AudioClassifier`; it is changed in place.
        optimizer: Name of a Keras optimizer, or one.
        loss: Name of a Keras loss of one-hot classes, or one; `None` is the cross-entropy.
        metrics: Names of Keras metrics of one-hot classes, or metrics, one or a list, beside the
            accuracy. `training_history` has a column each.
        learning_rate: Learning rate of an optimizer given by its name.

    Returns:
        The classifier.

    Raises:
        HearingAIError: There is no such optimizer, loss or metric, or it cannot be used.

    Example:
        >>> import hearingai
        >>> classifier = hearingai.create_classifier("speech-commands", ["no", "yes"], seed=1)
        >>> classifier = hearingai.compile(
        ...     classifier, "adadelta", loss="categorical_crossentropy", metrics=["accuracy"]
        ... )
        >>> classifier.compile_settings["optimizer"]
        'adadelta'
    """
    check_keras(classifier)
    settings: dict[str, Any] = {}
    if isinstance(optimizer, keras.optimizers.Optimizer):
        if learning_rate is not None:
            raise HearingAIError("`learning_rate`: an optimizer that is made has its own")
        name = keras.saving.get_registered_name(type(optimizer))
        optimizer_class(name)
        settings = {"optimizer": name, "optimizer_options": _plain(optimizer.get_config())}
    elif optimizer is not None:
        optimizer_class(optimizer)
        settings = {"optimizer": optimizer}
    if learning_rate is not None:
        settings["learning_rate"] = positive("learning_rate", learning_rate)
    if loss is not None:
        settings["loss"] = _of_keras("loss", loss, keras.losses, keras.losses.Loss)
        _check_suits(loss, classifier.multi_label)
    if metrics is not None:
        given = metrics if isinstance(metrics, (list, tuple)) else [metrics]
        further = [m for m in given if not (isinstance(m, str) and m in ("accuracy", "acc"))]
        kind = keras.metrics.Metric
        if len(further) > MOST_METRICS:
            raise HearingAIError(f"`metrics` can be {MOST_METRICS}. Received: {len(further)}")
        settings["metrics"] = [_of_keras("metrics", m, keras.metrics, kind) for m in further]
        for metric in further:
            _check_number(metric, len(classifier.labels))
    classifier.compile_settings = settings
    return classifier


def _of_keras(argument: str, thing: Any, module: Any, kind: type) -> Any:
    """A name as it is, or a loss or metric as a dict of plain values."""
    name = thing if isinstance(thing, str) else type(thing).__name__
    try:
        made = thing if isinstance(thing, kind) else module.get(name)
    except ValueError:
        made = None
    if made is None or not isinstance(thing, (str, kind)):
        kinds = "loss" if argument == "loss" else "metric"
        raise HearingAIError(
            f"`{argument}` must be the name of a Keras {kinds}, or one that is made. "
            f"Received: {thing!r}"
        )
    if name.lower().startswith(_NOT_ONE_HOT):
        raise HearingAIError(
            f"`{argument}` must take one-hot classes, as categorical_crossentropy does. "
            f"Received: {name!r}"
        )
    if isinstance(thing, str):
        return thing
    if keras.saving.get_registered_name(type(thing)) not in vars(module):
        raise HearingAIError(f"`{argument}` must be one of Keras's own. Received: {thing!r}")
    return _plain(keras.saving.serialize_keras_object(thing))


def _check_suits(loss: Any, multi_label: bool) -> None:
    """Refuse a loss of classes for labels of which a clip may have any number."""
    name = loss if isinstance(loss, str) else type(loss).__name__
    if multi_label and name.lower().startswith("categorical"):
        raise HearingAIError(
            f"`loss` must take each label by itself, as binary_crossentropy does, where a clip may "
            f"have any number of them. Received: {name!r}"
        )


def _check_number(metric: Any, n_labels: int) -> None:
    """Raise an error where a metric is no number, such as an F1 of each class."""
    made = metric if isinstance(metric, keras.metrics.Metric) else keras.metrics.get(metric)
    if not isinstance(made, keras.metrics.Metric):
        return
    made = type(made).from_config(made.get_config())
    answers = np.eye(n_labels, dtype="float32")
    try:
        made.update_state(answers, answers)
        shape = np.shape(made.result())
    except Exception as error:
        raise HearingAIError(f"`metrics`: {made.name}: {first_line(error)}") from None
    if shape != ():
        raise HearingAIError(
            f"`metrics` must be one number each. {made.name} gives {shape[0]}; an `average` makes "
            f"one of them"
        )


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(config, default=as_text))


def compiled_options(classifier: AudioClassifier, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a training, those that are `None` as `compile` set them.

    Returns:
        `optimizer` and `learning_rate`, `loss` and `metrics`.
    """
    try:
        return _compiled_options(classifier.compile_settings, options)
    except HearingAIError:
        raise
    except Exception as error:  # of Keras, on what a damaged file holds
        raise HearingAIError(f"what compile() set cannot be made: {first_line(error)}") from None


def _compiled_options(settings: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    optimizer, rate = options.get("optimizer"), options.get("learning_rate")
    if optimizer is None and settings.get("optimizer") is not None:
        optimizer = settings["optimizer"]
        rate = settings.get("learning_rate") if rate is None else rate
        kind = optimizer_class(optimizer)
        if "optimizer_options" in settings:
            made = dict(settings["optimizer_options"])
            if rate is not None:
                made["learning_rate"] = positive("learning_rate", rate)
            optimizer = kind.from_config(made)
    elif optimizer is None and rate is None:
        rate = settings.get("learning_rate")
    return {
        "optimizer": optimizer,
        "learning_rate": rate,
        "loss": _made("loss", settings.get("loss"), keras.losses, keras.losses.Loss),
        "metrics": tuple(
            _made("metrics", metric, keras.metrics, keras.metrics.Metric)
            for metric in settings.get("metrics", ())
        ),
    }


def _made(argument: str, thing: Any, module: Any, kind: type) -> Any:
    if thing is None:
        return None
    made = module.deserialize(thing) if isinstance(thing, dict) else thing
    _of_keras(argument, made, module, kind)
    return made
