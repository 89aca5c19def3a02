"""The batches of a training, and the entries of its record about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import pandas as pd

from ..classifier.model import AudioClassifier
from ..clips.digests import fingerprint
from ..clips.labelled import Store
from ..errors import HearingAIError
from ..inference.generated import check_images, check_labels, one_pass
from ..recipes.registry import described
from ..runtime.arguments import n_batches
from ._batches import ClipBatches
from ._optimizers import plain_config
from ._trainer import Trainer, augmentations_of, before_training
from .class_weights import class_weights
from .settings import TrainingSettings


@dataclass(frozen=True)
class Data:
    """The model and the batches of a training.

    Attributes:
        classifier: The classifier to train.
        model: The Keras model to fit: the classifier, its network or a `Trainer` around it.
        train: Batches to train on.
        validation: Batches to validate on, or `None`.
        steps: Batches per epoch.
        chance: The loss at chance.
        facts: Entries of the training record about the clips.
        fit_options: Further arguments of `keras.Model.fit`.
    """

    classifier: AudioClassifier
    model: keras.Model
    train: Any
    validation: Any
    steps: int
    chance: float
    facts: dict[str, Any] = field(default_factory=dict)
    fit_options: dict[str, Any] = field(default_factory=dict)


def clip_data(
    classifier: AudioClassifier,
    train: Store,
    held: Store | None,
    settings: TrainingSettings,
    **facts: Any,
) -> Data:
    """Prepare decoded clips for training.

    Args:
        classifier: The classifier to train.
        train: The clips to train on.
        held: The clips to validate on, or `None`.
        settings: The settings of the training.
        **facts: Further entries of the record about them.
    """
    recipe, n_classes = settings.recipe, len(classifier.labels)
    augmentations = augmentations_of(recipe, classifier)
    in_training = [] if before_training(recipe) else augmentations
    weights = class_weights(settings.class_weight, train.class_id, classifier.labels)
    common: dict[str, Any] = {"paired": bool(in_training)}
    common |= {"n_classes": n_classes, "batch_size": recipe.batch_size}
    batches = ClipBatches(
        train.clips,
        train.class_id,
        copies=train.copies,
        targets=train.targets,
        seed=settings.seed,
        weights=weights,
        **common,
    )
    held_batches = None
    if held is not None:
        held_batches = ClipBatches(held.clips, held.class_id, **common)
        facts["n_validation"] = len(held)
        facts["validation_fingerprint"] = fingerprint(held.clips.digests(), held.class_id)
    if notes := train.notes | (held.notes if held is not None else {}):
        facts["notes"] = notes
    digests = train.clips.digests()
    facts |= {
        "n_train": len(train),
        "batch_size": recipe.batch_size,
        "settings": described(recipe, classifier).digest(
            "epochs", "augment"
        ),  # these have entries of their own
        "data_fingerprint": fingerprint(digests, train.class_id),
        "trained_on": sorted(set(digests) | (classifier.trained_on or set())),
        "augment": [plain_config(a) for a in augmentations],
        "class_weight": None if weights is None else [float(w) for w in weights],
    }
    return Data(
        classifier=classifier,
        model=Trainer(classifier, in_training, weights) if in_training else classifier,
        train=batches,
        validation=held_batches,
        steps=batches.num_batches,
        chance=loss_of_a_guess(train.class_id, n_classes, weights, recipe.label_smoothing),
        facts=facts,
    )


def loss_of_a_guess(
    class_id: np.ndarray,
    n_classes: int,
    weights: Sequence[float] | np.ndarray | None,
    label_smoothing: float = 0.0,
) -> float:
    """The loss of a network that always predicts the class frequencies, smoothed as the targets.

    With class weights the loss of a few steps depends on whether a rare class is among them and
    cannot show a collapse, so no loss counts as chance.
    """
    if weights is not None:
        return float("inf")
    share = np.bincount(class_id, minlength=n_classes) / len(class_id)
    share = share * (1 - label_smoothing) + label_smoothing / n_classes
    share = share[share > 0]
    return -float(np.sum(share * np.log(share)))


def generator_data(
    classifier: AudioClassifier,
    generator: Any,
    validation: Any = None,
    *,
    steps_per_epoch: float | None = None,
    validation_steps: float | None = None,
) -> Data:
    """Prepare a generator of (spectrograms, one-hot classes) for training the network."""
    if isinstance(validation, (pd.DataFrame, int, float)) and validation is not False:
        raise HearingAIError("`validation` must be a generator where `clips` is one")
    held = None if validation is False else validation
    for argument, given in {"clips": generator, "validation": held}.items():
        if given is not None:
            check_labels(argument, given, classifier)
            check_images(argument, given, classifier)
    steps: Any = steps_per_epoch
    if steps is None:
        steps = getattr(generator, "steps_per_epoch", None)
    if steps is None:
        raise HearingAIError("`steps_per_epoch` must be given: the generator has no known length")
    steps = n_batches("steps_per_epoch", steps)
    if validation_steps is not None:
        validation_steps = n_batches("validation_steps", validation_steps)
    elif held is not None:
        held = one_pass(held)
    return Data(
        classifier=classifier,
        model=classifier.on_images(),
        train=generator.build(True) if hasattr(generator, "build") else generator,
        validation=held,
        steps=steps,
        chance=float(np.log(len(classifier.labels))),
        fit_options={"steps_per_epoch": steps, "validation_steps": validation_steps},
        facts={"from_generator": True},  # so which clips were heard is unknown
    )
