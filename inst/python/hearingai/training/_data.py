"""The batches of a training, and the entries of its record about them."""

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
from ..recipes.creation import described
from ..runtime.arguments import n_batches
from ._batches import ClipBatches
from ._objectives import chance_of
from ._optimizers import plain_config
from ._record import told_of_clips
from ._trainer import Trainer, augmentations_of, before_training
from .class_weights import balanced_odds, class_weights
from .kept_images import kept_images, stay_the_same
from .settings import TrainingSettings


@dataclass(frozen=True)
class Data:
    """The model and the batches of a training.

    Attributes:
        classifier: The classifier to train.
        model: The Keras model to fit: the classifier, its network in one, or a `Trainer`.
        train: Batches to train on.
        validation: Batches to validate on, or `None`.
        steps: Batches per epoch.
        chance: The loss at chance.
        facts: Entries of the training record about the clips.
        fit_options: Further arguments of `keras.Model.fit`.
        weights: Weights of labels in the loss; those of classes are with the batches.
        held: The clips of `validation`, if they were read.
    """

    classifier: AudioClassifier
    model: keras.Model
    train: Any
    validation: Any
    steps: int
    chance: float
    facts: dict[str, Any] = field(default_factory=dict)
    fit_options: dict[str, Any] = field(default_factory=dict)
    weights: np.ndarray | None = None
    held: Store | None = None


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
    if recipe.copies != len(train.copies):
        raise HearingAIError(
            f"`copies` must be 0 here, where the clips are read without. Received: {recipe.copies}"
        )
    augmentations = augmentations_of(recipe, classifier)
    in_training = [a for a in augmentations if not before_training(recipe, a)]
    weights = class_weights(settings.class_weight, train.truth, classifier.labels)
    of_clips = None if classifier.multi_label else weights
    common: dict[str, Any] = {"paired": bool(in_training)}
    common |= {"n_classes": n_classes, "batch_size": recipe.batch_size}
    stores = [train.clips, *train.copies, *([] if held is None else [held.clips])]
    of_images = stay_the_same(classifier, in_training, stores)
    given = kept_images(classifier, settings.progress) if of_images else lambda clips: clips
    batches = ClipBatches(
        given(train.clips),
        train.truth,
        copies=[given(copies) for copies in train.copies],
        targets=train.targets,
        seed=settings.seed,
        weights=of_clips,
        odds=balanced_odds(train.truth) if recipe.sampling == "balanced" else None,
        **common,
    )
    held_batches = None
    if held is not None:
        held_batches = ClipBatches(given(held.clips), held.truth, **common)
        facts["n_validation"] = len(held)
        facts["validation_fingerprint"] = fingerprint(held.clips.digests(), held.truth)
    if notes := train.notes | (held.notes if held is not None else {}):
        facts["notes"] = notes
    digests = train.clips.digests()
    heard = set(digests) | (classifier.trained_on or set()) | facts.pop("trained_on", set())
    facts |= {
        "n_train": len(train),
        "clips": told_of_clips(classifier.labels, train, held),
        "batch_size": recipe.batch_size,
        "settings": described(recipe, classifier).digest(
            "epochs", "augment"
        ),  # these have entries of their own
        "data_fingerprint": fingerprint(digests, train.truth),
        "trained_on": sorted(heard),
        "augment": [plain_config(a) for a in augmentations],
        "class_weight": None if weights is None else [float(w) for w in weights],
    }
    model = classifier.on_images() if of_images else classifier
    if in_training:
        model = Trainer(classifier, in_training, of_clips, of_images)
    return Data(
        classifier=classifier,
        model=model,
        train=batches,
        validation=held_batches,
        steps=batches.num_batches,
        chance=chance_of(train, n_classes, weights, recipe),
        facts=facts,
        weights=weights if classifier.multi_label else None,
        held=held,
    )


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
