"""Augmented copies of clips, made before training."""

from collections.abc import Callable, Sequence
from functools import partial

import keras
import numpy as np

from ..audio.samples import to_float32
from ..augment.base import Augmentation
from ..classifier.model import AudioClassifier
from ..recipes.recipe import Recipe
from ._trainer import augmentations_of, before_training


def variations(
    recipe: Recipe, classifier: AudioClassifier, seed: int
) -> list[Callable[[np.ndarray], np.ndarray]]:
    """A function from int16 waveforms to augmented ones for each of the recipe's copies.

    The seed alone decides them, where they are called in order.
    """
    if not recipe.copies:
        return []
    layers = [a for a in augmentations_of(recipe, classifier) if before_training(recipe, a)]
    for i, layer in enumerate(layers):
        words = np.random.SeedSequence([seed, i]).generate_state(2)
        layer.seed_generator.state.assign(words.astype("int64") % 2**31)
    return [partial(_vary, layers)] * recipe.copies  # each draws anew


def _vary(layers: Sequence[Augmentation], clips: np.ndarray) -> np.ndarray:
    x = to_float32(clips)
    for layer in layers:
        x = layer(x, training=True)
    whole = np.rint(keras.ops.convert_to_numpy(x) * 32768)
    return np.clip(whole, -32768, 32767).astype("int16")
