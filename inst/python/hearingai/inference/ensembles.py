"""Several classifiers asked together: the weighted mean of their probabilities."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import Device
from ..audio.cuts import Cuts
from ..classifier.clips_taken import TakesClips, clips_in_words, labels_in_words
from ..classifier.handing_over import Handed, handed_over, opened
from ..classifier.protocol import Classifier, Embedder, OfSound, check_classifier, heard_by
from ..errors import HearingAIError
from ..events.rules import USUAL_THRESHOLD, own_thresholds


def ensemble(
    classifiers: Sequence[Classifier], *, weights: Sequence[float] | None = None
) -> Ensemble:
    """Ask several classifiers together: their mean is right more often than each alone.

    It helps most where the classifiers err differently, as a small network and a head on a
    pretrained body do. `predict`, `evaluate`, `embed`, `annotate`, `Stream`, `listen` and `gate`
    take the result like a classifier. Save and load its members.

    Args:
        classifiers: At least two classifiers, also exported ones, of the same labels in any order,
            which take clips of the same rate, length and channels, cut alike (`crop`).
        weights: How much each counts, numbers above 0; `None` counts all alike. Choose them on
            clips that neither taught nor test.

    Returns:
        An `Ensemble`. Its labels have the order of the first classifier's; thresholds that members
        have of their own, and odds in a stream, are weighed as the members are.

    Raises:
        HearingAIError: There are fewer than two, they do not fit together, or the weights are not
            one positive number each.

    Example:
        >>> import hearingai, numpy
        >>> a, b = (hearingai.create_classifier("speech-commands", ["no", "yes"]) for _ in "ab")
        >>> both = hearingai.ensemble([a, b])
        >>> hearingai.predict(both, numpy.zeros((3, 16000)))["label"].isin(["no", "yes"]).tolist()
        [True, True, True]
    """
    return Ensemble(classifiers, weights)


class Ensemble(TakesClips):
    """Several classifiers asked together; `ensemble` makes one.

    Attributes:
        classifiers: Its members.
        weights: How much each counts; they sum to 1.
        labels, target, multi_label, sample_rate, duration, channels, crop: Those of the first.
    """

    shares = True

    def __init__(
        self, classifiers: Sequence[Classifier], weights: Sequence[float] | None = None
    ) -> None:
        self.classifiers = _members(classifiers)
        self.weights = _weights(weights, len(self.classifiers))
        first = self.classifiers[0]
        self.labels = list(first.labels)
        self.target: str | None = first.target
        self.multi_label: bool = first.multi_label
        self.sample_rate: OfSound = first.sample_rate
        self.duration: OfSound = first.duration
        self.channels, self.crop = first.channels, first.crop
        self.recipe: str | None = None
        told = [classifier.record.get("classes") for classifier in self.classifiers]
        self.record: dict[str, Any] = {}
        if told[0] is not None and told.count(told[0]) == len(told):
            self.record["classes"] = told[0]
        odds = [classifier.record.get("stream_odds") or {} for classifier in self.classifiers]
        levels = [own_thresholds(classifier) for classifier in self.classifiers]
        together = {
            "stream_odds": self._by_label(odds, 1.0, lambda n: np.prod(n**self.weights)),
            "thresholds": self._by_label(levels, USUAL_THRESHOLD, lambda n: n @ self.weights),
        }
        self.record |= {name: told for name, told in together.items() if told}

    def _by_label(
        self, told: list[dict[str, float]], usual: float, mean: Callable[[np.ndarray], Any]
    ) -> dict[str, float]:
        """The mean of the members' numbers of each label of which one has some."""
        return {
            label: float(mean(np.array([of_one.get(label, usual) for of_one in told])))
            for label in self.labels
            if any(label in of_one for of_one in told)
        }

    @property
    def hears_embeddings(self) -> bool:
        """Whether its members take embeddings instead of sound."""
        return self.classifiers[0].hears_embeddings

    def _embeddings_shape(self) -> tuple[int, ...]:
        return self.classifiers[0].clip_shape

    @property
    def trained_on(self) -> set[str] | None:
        """Digests of the clips that any member was trained on; `None` where one does not know."""
        known = [classifier.trained_on for classifier in self.classifiers]
        return None if None in known else set().union(*filter(None, known))

    def fingerprint(self) -> str:
        """Identifies its weights: the members' fingerprints, and what each counts."""
        parts = [classifier.fingerprint() for classifier in self.classifiers]
        return hashlib.sha256(repr((parts, self.weights.tolist())).encode()).hexdigest()

    def configuration(self) -> str:
        """Identifies all else that decides its answers: the members' configurations."""
        parts = [classifier.configuration() for classifier in self.classifiers]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def handed_over(self, folder: Path, name: str) -> Handed:
        """How another process opens it, see `handed_over`: its members, and their weights."""
        members = [handed_over(c, folder, f"{name}-{i}") for i, c in enumerate(self.classifiers)]
        told = {"members": members, "weights": self.weights.tolist()}
        return {"open": "hearingai.inference.ensembles:reopened", "arguments": told}

    def probabilities(self, clips: np.ndarray | Cuts) -> np.ndarray:
        """Probabilities of a batch of clips, an array `(batch, labels)`, float32.

        Args:
            clips: Array `(batch, *clip_shape)`: waveforms, float in -1...1 or int16, or embeddings;
                or `Cuts`, clips that overlap.
        """
        return self._mean(heard_by(classifier, clips) for classifier in self.classifiers)

    def _mean(self, probabilities: Iterable[np.ndarray]) -> np.ndarray:
        """The mean of what each member answers."""
        mean: Any = 0.0
        members = zip(self.classifiers, self.weights, strict=True)
        for (classifier, weight), found in zip(members, probabilities, strict=True):
            order = [classifier.labels.index(label) for label in self.labels]
            mean += weight * found[:, order].astype("float64")
        return mean.astype("float32")

    def embedder(self, layer: str | None = None) -> Embedder:
        """What turns clips into embeddings: those of all members, side by side.

        Args:
            layer: `None`: the members have no layers in common.
        """
        if layer is not None:
            raise HearingAIError(f"`layer` is not for an ensemble. Received: {layer!r}")
        parts = [classifier.embedder() for classifier in self.classifiers]

        def both(clips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            answers = [part.beside_probabilities(clips) for part in parts]
            probabilities, embeddings = zip(*answers, strict=True)
            return self._mean(probabilities), np.concatenate(embeddings, axis=1)

        return Embedder(
            sum(part.size for part in parts),
            lambda clips: np.concatenate([part.embeddings(clips) for part in parts], axis=1),
            both,
        )

    @contextmanager
    def on_device(self, device: Device) -> Iterator[None]:
        """A context that sets the device of all members."""
        with ExitStack() as stack:
            for classifier in self.classifiers:
                stack.enter_context(classifier.on_device(device))
            yield

    def __repr__(self) -> str:
        kinds = ", ".join(c.recipe or type(c).__name__ for c in self.classifiers)
        return f"<Ensemble of {kinds}: {labels_in_words(self.labels)}>"


def reopened(members: Sequence[Handed], weights: Sequence[float]) -> Ensemble:
    """An ensemble in another process than that which handed it over."""
    found = Ensemble([opened(member) for member in members])
    found.weights = np.array(weights)  # to the last bit, which dividing by their sum could change
    return found


def _members(classifiers: Any) -> list[Any]:
    if not isinstance(classifiers, (list, tuple)) or len(classifiers) < 2:
        raise HearingAIError(
            f"`classifiers` must be a list of at least two. Received: {classifiers!r}"
        )
    for classifier in classifiers:
        check_classifier(classifier)
    first = classifiers[0]
    for i, other in enumerate(classifiers[1:], 2):
        alone = set(first.labels) ^ set(other.labels)
        if alone:
            raise HearingAIError(
                f"`classifiers` must have the same labels: number {i} and the first do not share "
                f"{', '.join(sorted(alone))}"
            )
        if other.multi_label != first.multi_label:
            raise HearingAIError(
                f"`classifiers` must all give a clip one class, or all any number of labels: "
                f"number {i} and the first differ"
            )
        if _clips(other) != _clips(first):
            raise HearingAIError(
                f"`classifiers` must take the same clips: number {i} takes "
                f"{_clips(other)}, and the first takes {_clips(first)}"
            )
    return list(classifiers)


def _clips(classifier: Classifier) -> str:
    told = clips_in_words(classifier)
    return told if classifier.hears_embeddings else f"{told} with crop={classifier.crop!r}"


def _weights(weights: Any, n: int) -> np.ndarray:
    try:
        counts = np.asarray([1.0] * n if weights is None else weights, "float64")
    except (TypeError, ValueError):
        counts = np.zeros(0)
    if counts.shape != (n,) or not np.isfinite(counts).all() or (counts <= 0).any():
        raise HearingAIError(f"`weights` must be {n} numbers above 0. Received: {weights!r}")
    return counts / counts.sum()
