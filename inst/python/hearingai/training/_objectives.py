"""What a training minimises and monitors, of classes and of labels."""

from typing import Any

import keras
import numpy as np

from ..classifier.model import AudioClassifier
from ..clips.labelled import Store
from ..errors import HearingAIError
from ..evaluation.scores import label_areas, label_cross_entropy
from ..recipes.losses import LabelCrossEntropy
from ..recipes.recipe import Recipe
from .settings import TrainingSettings

_FOCUS = 2.0  # of the focal loss, as published
_BATCH = 256


def loss_of(settings: TrainingSettings, multi_label: bool, weights: np.ndarray | None) -> Any:
    """The loss of a training, as `keras.Model.compile` takes it.

    Args:
        settings: The settings of the training.
        multi_label: Whether clips have any number of labels.
        weights: Of labels, how much each counts where a clip has it; those of classes are with the
            clips.
    """
    recipe, smoothing = settings.recipe, settings.recipe.label_smoothing
    if settings.loss is not None:
        if multi_label and weights is not None:
            raise HearingAIError(
                "`class_weight` is a part of the loss of labels, and compile() set another loss"
            )
        return settings.loss
    focus = _FOCUS if recipe.loss == "focal" else 0.0
    if multi_label:
        return LabelCrossEntropy(weights, focus, smoothing)
    if focus:
        return keras.losses.CategoricalFocalCrossentropy(
            alpha=1.0, gamma=focus, label_smoothing=smoothing
        )
    if not smoothing:
        return "categorical_crossentropy"
    return keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)


def loss_of_a_guess(
    truth: np.ndarray,
    n_classes: int,
    weights: np.ndarray | None,
    label_smoothing: float = 0.0,
) -> float:
    """The loss of a network that always predicts the class frequencies, smoothed as the targets.

    With class weights the loss of a few steps depends on whether a rare class is among them and
    cannot show a collapse, so no loss counts as chance.

    Args:
        truth: Class of each clip, or the labels that it has, see `Store`.
        n_classes: Number of classes or labels.
        weights: Weights of classes.
        label_smoothing: That of the loss.
    """
    if weights is not None:
        return float("inf")
    if truth.ndim == 2:
        has = truth.mean(axis=0) * (1 - label_smoothing) + label_smoothing / 2
        return label_cross_entropy(has[None], has[None])
    share = np.bincount(truth, minlength=n_classes) / len(truth)
    share = share * (1 - label_smoothing) + label_smoothing / n_classes
    share = share[share > 0]
    return -float(np.sum(share * np.log(share)))


def chance_of(store: Store, n_classes: int, weights: np.ndarray | None, recipe: Recipe) -> float:
    """The loss at chance; infinite where other clips are drawn, or others count."""
    if recipe.loss != "cross-entropy" or recipe.sampling != "shuffled":
        return float("inf")
    return loss_of_a_guess(store.truth, n_classes, weights, recipe.label_smoothing)


def monitored(recipe: Recipe, multi_label: bool, validated: bool) -> str:
    """The metric that plateau and patience monitor, which a training has.

    Raises:
        HearingAIError: The recipe names the precision of labels, and clips have one class each.
    """
    name = recipe.monitor
    if not multi_label and name == "val_map":
        raise HearingAIError(
            "`monitor`: val_map is of clips with any number of labels. Received: clips of one class"
        )
    if multi_label and name.endswith(("accuracy", "map")):
        name = "val_map" if name.startswith("val_") and validated else "val_loss"
    return name if validated else name.replace("val_", "")


class LabelScores(keras.callbacks.Callback):
    """After each epoch, the mean average precision of the labels on validation clips: `val_map`.

    Args:
        classifier: The classifier in training.
        held: The validation clips.
    """

    def __init__(self, classifier: AudioClassifier, held: Store) -> None:
        super().__init__()
        self.classifier, self.held = classifier, held

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add it to the numbers of the epoch."""
        n = len(self.held)
        parts = np.split(np.arange(n), range(_BATCH, n, _BATCH))
        answers = [self.classifier.probabilities(self.held.clips[rows]) for rows in parts]
        areas = label_areas(self.held.truth.astype(bool), np.concatenate(answers))
        logs["val_map"] = areas["pr_auc"].mean()
