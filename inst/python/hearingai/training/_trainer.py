"""The model that is trained: augmentations around the layers of a classifier."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from ..augment import Augmentation, get_augmentations
from ..classifier.model import AudioClassifier
from ..errors import HearingAIError
from ..frontends.sound import as_float
from ..recipes.recipe import Recipe


class Trainer(keras.Model):
    """Waveform augmentations, front end, image augmentations, network.

    The layers are the classifier's own, so the classifier itself is trained; it is saved
    without the augmentations. Augmentations that mix clips mix their classes too; the
    model therefore takes `(clips, targets)` and passes the mixed targets to the loss.

    Args:
        classifier: An `AudioClassifier`.
        augmentations: Augmentation layers, applied in their order.
        weights: Weight of each class in the loss; a mixed clip has a mixed weight.
        of_images: It is given images in place of waveforms.
    """

    def __init__(
        self,
        classifier: AudioClassifier,
        augmentations: Sequence[Augmentation],
        weights: Sequence[float] | np.ndarray | None = None,
        of_images: bool = False,
    ) -> None:
        super().__init__()
        self.of_images = of_images
        self.weights_of_classes = None if weights is None else [[float(w)] for w in weights]
        self.classifier = classifier
        self.before = [a for a in augmentations if a.domain != "image"]
        self.after = [a for a in augmentations if a.domain == "image"]

    def call(self, inputs: tuple, training: bool = False) -> dict[str, Any]:
        """Probabilities, and the targets that the clips have after mixing."""
        clips, targets = inputs
        clips, targets = _run(self.before, as_float(clips), targets, training)
        images = clips if self.of_images else self.classifier.images(clips)
        images, targets = _run(self.after, images, targets, training)
        return {
            "probabilities": self.classifier.classify(images, training=training),
            "targets": targets,
        }

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The loss against the mixed targets."""
        if sample_weight is not None and self.weights_of_classes is not None:
            sample_weight = keras.ops.matmul(y_pred["targets"], self.weights_of_classes)[:, 0]
        return super().compute_loss(
            x, y_pred["targets"], y_pred["probabilities"], sample_weight, training
        )

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, float]:
        """The metrics against the mixed targets."""
        return super().compute_metrics(x, y_pred["targets"], y_pred["probabilities"], sample_weight)


def _run(
    augmentations: Sequence[Augmentation], x: Any, targets: Any, training: bool
) -> tuple[Any, Any]:
    for augmentation in augmentations:
        if augmentation.mixes:
            x, targets = augmentation((x, targets), training=training)
        else:
            x = augmentation(x, training=training)
    return x, targets


def before_training(recipe: Recipe, layer: Augmentation) -> bool:
    """Whether an augmentation changes copies of the clips, made before training."""
    return bool(recipe.copies) and layer.domain == "waveform" and not layer.mixes


def augmentations_of(
    recipe: Recipe, classifier: AudioClassifier | None = None
) -> list[Augmentation]:
    """The augmentation layers of a recipe, with the arguments known from its clips."""
    known: dict[str, Any] = {"domain": "embedding"}
    if not recipe.takes_embeddings:
        clips: Any = (classifier or recipe).clip_format
        known = {"sample_rate": clips.sample_rate}
    if classifier is not None and classifier.target is not None:
        known["positive"] = classifier.labels.index(classifier.target)
    layers = get_augmentations(recipe.augment, **known)
    fitting = ("embedding",) if recipe.takes_embeddings else ("waveform", "image")
    early = [layer for layer in layers if before_training(recipe, layer)]
    if recipe.body is not None and not recipe.takes_embeddings:
        fitting = ("waveform",)
        if bool(layers) != bool(recipe.copies) or any(layer.mixes for layer in layers):
            raise HearingAIError(
                f"`augment`: the recipe `{recipe.name}` has a body, which embeds the clips before "
                f"training: its augmentations need `copies`, how many of each clip it embeds "
                f"(get_recipe(..., copies=4)), `copies` need augmentations, and none may mix clips"
            )
    elif recipe.copies and not early:
        raise HearingAIError(
            f"`copies` are made by augmentations of waveforms, of which the recipe `{recipe.name}` "
            f"has none that changes each clip by itself. Received: {recipe.copies}"
        )
    for layer in layers:
        if not (layer.in_graph or layer in early):
            raise HearingAIError(
                f"`augment`: {type(layer).__name__} cannot be in a training step; it is for "
                f"recipes with `copies`, made before training, such as "
                f"get_recipe('{recipe.name}', augment=..., copies=4)"
            )
        if layer.domain not in fitting:
            raise HearingAIError(
                f"`augment`: {type(layer).__name__} changes {layer.domain}s, and the recipe "
                f"`{recipe.name}` has {' and '.join(fitting)}s"
            )
        rate = getattr(layer, "sample_rate", None)
        if classifier is not None and rate not in (None, classifier.sample_rate):
            raise HearingAIError(
                f"`augment`: {type(layer).__name__} is for sound at {rate} Hz, and the "
                f"classifier's clips are at {classifier.sample_rate} Hz"
            )
    return layers
