"""How far clips lie from those that a classifier was taught with."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..classifier.protocol import Classifier
from ..errors import HearingAIError

MOST = 64  # directions
_SMALLEST = 1e-12


@dataclass(frozen=True)
class Novelty:
    """Distances from the clips of each label, in embeddings: Mahalanobis' in their main directions.

    Attributes:
        center: Mean embedding, `(values,)`.
        directions: `(values, directions)`: whitens what differs within a label.
        means: Means of the labels there, `(labels, directions)`.
        limit: The distance that counts as 1.
    """

    center: np.ndarray
    directions: np.ndarray
    means: np.ndarray
    limit: float = 1.0

    def scores(self, embeddings: np.ndarray) -> np.ndarray:
        """The distance of each to the nearest mean, in units of the limit."""
        places = (embeddings - self.center) @ self.directions
        gaps = places[:, None] - self.means
        return np.sqrt((gaps**2).sum(axis=2)).min(axis=1) / self.limit

    def to_record(self) -> dict[str, Any]:
        """Plain values, for a training record."""
        arrays = ("center", "directions", "means")
        return {"limit": self.limit} | {name: _packed(getattr(self, name)) for name in arrays}

    @classmethod
    def from_record(cls, told: dict[str, Any]) -> Novelty:
        """The same again.

        Raises:
            ValueError: The arrays do not fit together, or hold what is no number.
        """
        center, directions, means = (_unpacked(told[n]) for n in ("center", "directions", "means"))
        if (center.shape[:1], means.shape[1:]) != (directions.shape[:1], directions.shape[1:]):
            raise ValueError
        limit = float(told["limit"])
        if not limit > 0:
            raise ValueError
        return cls(center, directions, means, limit)


def answers_with_novelty(classifier: Classifier) -> Callable[[np.ndarray], np.ndarray]:
    """A function from clips to their probabilities and, in a last column, their novelty.

    Raises:
        HearingAIError: The classifier has learnt none, or what a file says of it is damaged.
    """
    told = classifier.record.get("novelty")
    if told is None:
        raise HearingAIError(
            "`unknown` needs a classifier that learn_novelty() has taught what it knows"
        )
    embedder = classifier.embedder()
    try:
        novelty = Novelty.from_record(told)
        if len(novelty.center) != embedder.size:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise HearingAIError("`novelty` of the classifier's training record is damaged") from None

    def answers(clips: np.ndarray) -> np.ndarray:
        probabilities, embeddings = embedder.beside_probabilities(clips)
        return np.column_stack([probabilities, novelty.scores(embeddings)])

    return answers


def novelty_of(embeddings: np.ndarray, groups: np.ndarray) -> Novelty:
    """Learn it of embeddings.

    Args:
        embeddings: `(clips, values)`.
        groups: `(clips, labels)`, whether a clip has the label. Each label has a clip.
    """
    from sklearn.covariance import ledoit_wolf  # slow to import, and predicting needs none of it
    from sklearn.decomposition import PCA

    center = embeddings.mean(axis=0)
    most = min(MOST, len(embeddings) - 1, embeddings.shape[1])
    main = PCA(most, svd_solver="full").fit(embeddings - center).components_.T
    places = (embeddings - center) @ main
    means = np.array([places[has].mean(axis=0) for has in groups.T.astype(bool)])
    nearest = ((places[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    covariance, _ = ledoit_wolf(places - means[nearest], assume_centered=True)
    values, vectors = np.linalg.eigh(covariance)
    whiten = vectors / np.sqrt(np.maximum(values, _SMALLEST))
    return Novelty(
        center.astype("float32"),
        (main @ whiten).astype("float32"),
        (means @ whiten).astype("float32"),
    )


def _packed(array: np.ndarray) -> dict[str, Any]:
    values = np.ascontiguousarray(array, "<f4")
    return {"shape": list(values.shape), "base64": base64.b64encode(values.tobytes()).decode()}


def _unpacked(told: dict[str, Any]) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(told["base64"], validate=True), "<f4")
    if not np.isfinite(values).all():
        raise ValueError
    return values.reshape([int(n) for n in told["shape"]])
