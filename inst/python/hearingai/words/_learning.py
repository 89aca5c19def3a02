"""The head that learns made clips, and those of real people where there are some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._typing import PathLike, Progress
from ..bodies.body import Body
from ..classifier.model import AudioClassifier
from ..clips.embedded import embedded, embeddings_folder, varied
from ..clips.labelled import Store
from ..clips.packed import PackedClips
from ..inference.embedding import embed_clips
from ..recipes.recipe import Recipe
from ..tables.rest_labels import UNKNOWN, wanted
from ..training.copies import variations
from ..training.regression import solve
from ._making import Made, left_out

_PENALTY = 0.3  # for each clip, see `few_shot`
_REAL = 20.0  # made clips that one of a real person counts as much as
_OTHERS = 0.5  # weight of all real clips of other sounds, of that of the made ones, at most
# Real people are less like any synthesised voice than those are like each other, which the logit of
# `unknown` is lowered for: so much, and half as much where a word has so many real clips.
_STRANGE, _FAMILIAR = 4.0, 10
_ACCEPTED = 0.01  # share of other clips above a word's threshold
_LOWEST, _HIGHEST = 0.3, 0.95  # threshold


@dataclass(frozen=True)
class Taught:
    """What the head learns from: a row a clip, its class, weight and speaker."""

    values: np.ndarray
    class_id: np.ndarray
    weights: np.ndarray
    speaker: np.ndarray
    real: float = 0.0  # clips of real people, of each word

    def only(self, rows: np.ndarray) -> Taught:
        """Some of the rows."""
        return replace(
            self,
            values=self.values[rows],
            class_id=self.class_id[rows],
            weights=self.weights[rows],
            speaker=self.speaker[rows],
        )

    def counts(self, labels: list[str]) -> dict[str, Any]:
        """How many clips there are, also of each label, for the record."""
        each = np.bincount(self.class_id, minlength=len(labels))
        return {"n": len(self.class_id), "labels": dict(zip(labels, map(int, each), strict=True))}

    def with_real(self, classifier: AudioClassifier, store: Store) -> Taught:
        """These, and clips of real sound."""
        values = embed_clips(classifier, store.clips).astype("float64")
        n = len(values)
        speakers = np.arange(n) + self.speaker.max() + 1
        words = [classifier.labels.index(label) for label in wanted(classifier.labels)]
        of_words = np.isin(store.truth, words)
        others = min(_REAL, _OTHERS * float(self.weights.sum()) / max(1, n - of_words.sum()))
        return Taught(
            np.concatenate([self.values, values]),
            np.concatenate([self.class_id, store.truth]),
            np.concatenate([self.weights, np.where(of_words, _REAL, others)]),
            np.concatenate([self.speaker, speakers]),
            real=self.real + float(of_words.sum() / max(1, len(words))),
        )


def embedded_clips(
    classifier: AudioClassifier,
    body: Body,
    made: Made,
    recipe: Recipe,
    store: PathLike | bool | None,
    progress: Progress,
) -> Taught:
    """Made clips and augmented copies of them as the head takes them."""
    folder = embeddings_folder(store)
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
    """Solve for the head, and choose thresholds by speakers that are left out for it.

    Returns:
        `loss` and `accuracy` on the clips, the `thresholds` by label, and the `stream_odds` that
        undo in a stream, where strangers are the rule, what `unknown` is lowered by.
    """
    labels = classifier.labels
    kernel, bias, history = _solved(taught, labels)
    strange = _STRANGE / (1 + taught.real / _FAMILIAR)
    lowered = bias - strange * (np.array(labels) == UNKNOWN)
    classifier.network.layers[-1].set_weights([kernel, lowered])
    out = left_out(taught.speaker)
    if len(set(taught.class_id[~out])) < len(labels):  # too few to leave any out
        out = np.ones(len(out), bool)
    else:
        kernel, bias, _ = _solved(taught.only(~out), labels)
    unseen = probabilities(taught.values[out] @ kernel + bias)
    return history | {
        "thresholds": thresholds(unseen, taught.class_id[out], labels),
        "stream_odds": {UNKNOWN: float(np.exp(strange))},
    }


def _solved(taught: Taught, labels: list[str]) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    penalty = _PENALTY * float(taught.weights.sum())
    return solve(taught.values, taught.class_id, len(labels), penalty, taught.weights)


def answers(classifier: AudioClassifier, taught: Taught) -> np.ndarray:
    """The probabilities of each row."""
    kernel, bias = classifier.network.layers[-1].get_weights()
    return probabilities(taught.values @ kernel + bias)


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax of rows."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def thresholds(answers: np.ndarray, class_id: np.ndarray, labels: list[str]) -> dict[str, float]:
    """For each word the threshold above which a given share of what is none of it lies."""
    found = {}
    for place, label in enumerate(wanted(labels)):
        others = answers[class_id != place, place]
        found[label] = float(np.clip(np.quantile(others, 1 - _ACCEPTED), _LOWEST, _HIGHEST))
    return found
