"""The head that learns made clips, and those of real people where there are some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._typing import PathLike, Progress
from ..classifier.model import AudioClassifier
from ..clips.embedded import embedded, embeddings_folder, varied
from ..clips.labelled import Store
from ..clips.packed import PackedClips
from ..inference.embedding import embed_clips
from ..recipes.recipe import Recipe
from ..tables.rest_labels import UNKNOWN, wanted
from ..training.copies import variations
from ..training.few_shots import solve
from ._making import Made

_PENALTY = 1000.0
_REAL = 20.0  # made clips that one of a real person counts as much as
# Real people are less like any synthesised voice than those are like each other.
_STRANGE = 4.0  # by which the logit of `unknown` is lowered for that
_PARTS = 4  # in which speakers are left out
_ACCEPTED = 0.01  # share of other clips above a word's threshold
_LOWEST, _HIGHEST = 0.5, 0.95  # threshold


@dataclass(frozen=True)
class Taught:
    """What the head learns from: a row a clip, its class, weight and speaker."""

    values: np.ndarray
    class_id: np.ndarray
    weights: np.ndarray
    speaker: np.ndarray

    def only(self, rows: np.ndarray) -> Taught:
        """Some of the rows."""
        columns = (self.values, self.class_id, self.weights, self.speaker)
        return Taught(*(column[rows] for column in columns))

    def with_real(self, classifier: AudioClassifier, store: Store) -> Taught:
        """These, and clips of real sound."""
        values = embed_clips(classifier, store.clips).astype("float64")
        n = len(values)
        speakers = np.arange(n) + self.speaker.max() + 1
        return Taught(
            np.concatenate([self.values, values]),
            np.concatenate([self.class_id, store.class_id]),
            np.concatenate([self.weights, np.full(n, _REAL)]),
            np.concatenate([self.speaker, speakers]),
        )


def embedded_clips(
    classifier: AudioClassifier,
    made: Made,
    recipe: Recipe,
    store: PathLike | bool | None,
    progress: Progress,
) -> Taught:
    """Made clips and augmented copies of them as the head takes them."""
    body, folder = classifier.body, embeddings_folder(store)
    clips = PackedClips(made.waveforms)
    changes = variations(recipe, classifier, made.seed)
    versions = [clips, *(varied(clips, change) for change in changes)]
    values = [
        embed_clips(classifier, embedded(each, body, folder, progress)).astype("float64")
        for each in versions
    ]
    n = len(versions)
    return Taught(
        np.concatenate(values),
        np.tile(made.class_id, n),
        np.full(n * len(clips), 1 / n),
        np.tile(made.speaker, n),
    )


def learn(classifier: AudioClassifier, taught: Taught) -> dict[str, Any]:
    """Solve for the head, and choose thresholds by speakers that are left out in turn.

    Returns:
        `loss` and `accuracy` on the clips, the `thresholds` by label, and the `accuracy` of
        speakers left out.
    """
    labels = classifier.labels
    kernel, bias, history = _solved(taught, labels)
    classifier.network.layers[-1].set_weights([kernel, bias])
    part, logits = taught.speaker % _PARTS, taught.values @ kernel + bias
    for one in range(_PARTS):
        out = part == one
        if len(set(taught.class_id[~out])) == len(labels):
            k, b, _ = _solved(taught.only(~out), labels)
            logits[out] = taught.values[out] @ k + b
    return history | {"thresholds": _thresholds(logits, taught.class_id, labels)}


def _solved(taught: Taught, labels: list[str]) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    kernel, bias, history = solve(
        taught.values, taught.class_id, len(labels), _PENALTY, taught.weights
    )
    bias[labels.index(UNKNOWN)] -= _STRANGE
    return kernel, bias, history


def _thresholds(logits: np.ndarray, class_id: np.ndarray, labels: list[str]) -> dict[str, float]:
    """For each word the threshold above which a given share of what is none of it falls."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    answers = powers / powers.sum(axis=1, keepdims=True)
    found = {}
    for place, label in enumerate(wanted(labels)):
        others = answers[class_id != place, place]
        found[label] = float(np.clip(np.quantile(others, 1 - _ACCEPTED), _LOWEST, _HIGHEST))
    return found
