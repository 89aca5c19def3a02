"""The interface of all classifiers, whatever computes their predictions; needs no Keras."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd

from .._typing import Device
from ..audio.cuts import Cuts, as_array
from ..clips.clip_format import ClipFormat
from ..errors import HearingAIError
from ..tables.label_sets import is_multi_label

OfSound: TypeAlias = Any
"""A number for classifiers of sound, else `None`; `Any`, so that callers need no check for it."""


@dataclass(frozen=True)
class Embedder:
    """Turns clips into embeddings.

    Attributes:
        size: Values of an embedding.
        embeddings: A function from clips, an array `(batch, *clip_shape)` of float32, int16 or
            uint8, to their embeddings `(batch, size)`, float32.
        beside_probabilities: A function from clips to their probabilities `(batch, labels)` and
            their embeddings, from one pass.
    """

    size: int
    embeddings: Callable[[np.ndarray], np.ndarray]
    beside_probabilities: Callable[[np.ndarray], Sequence[np.ndarray]]


class Classifier(Protocol):
    """A classifier: an `AudioClassifier` of Keras, an `ExportedClassifier`, or another kind.

    Attributes:
        record: The training record, or what is known of it: `threshold`,
            `thresholds` and `gate` are read.
        recipe: Name of the recipe it was made by, if any.
        sample_rate: Rate of the waveforms it takes, Hz, an int; `None` where it takes embeddings.
        duration: Length of a clip, seconds, a float; `None` likewise.
        channels: Channels of a clip.
        crop: Which part of a longer recording it uses.
        target: The positive class of two labels; else `None`.
        multi_label: Whether a clip may have any number of the labels; else it has one of them.
    """

    record: dict[str, Any]
    recipe: str | None
    sample_rate: OfSound
    duration: OfSound
    channels: int
    crop: str
    target: str | None
    multi_label: bool

    @property
    def labels(self) -> list[str]:
        """Names of the classes, in the order of the probabilities."""

    @property
    def hears_embeddings(self) -> bool:
        """Whether it takes embeddings instead of sound."""

    @property
    def samples(self) -> OfSound:
        """Samples per clip; `None` for embeddings."""

    @property
    def clip_format(self) -> ClipFormat:
        """The `ClipFormat` that every recording is converted to."""

    @property
    def clip_shape(self) -> tuple[int, ...]:
        """Shape of one clip, without the batch."""

    @property
    def trained_on(self) -> set[str] | None:
        """Digests of the clips it was trained on; `None` where that is not known."""

    def fingerprint(self) -> str:
        """Identifies its weights."""

    def configuration(self) -> str:
        """Identifies all else that decides its answers; with equal weights they are equal."""

    def probabilities(self, clips: Any) -> np.ndarray:
        """Probabilities of a batch of clips.

        Args:
            clips: Array `(batch, *clip_shape)`: waveforms, float in -1...1 or int16, or embeddings;
                where it has an attribute `shares` that is true, also `Cuts`: clips that overlap.

        Returns:
            Array `(batch, labels)`, float32.
        """

    def embedder(self, layer: str | None = None) -> Embedder:
        """The function from clips to embeddings: the input of the head, or the output of a layer.

        Raises:
            HearingAIError: There is no such layer, or it has no embeddings.
        """

    def on_device(self, device: Device) -> AbstractContextManager[Any]:
        """A context that computes on `"cpu"`, `"gpu"` or, with `"auto"`, its default device."""


def heard_by(classifier: Classifier, clips: np.ndarray | Cuts) -> np.ndarray:
    """The probabilities of clips; a classifier that cannot take `Cuts` gets the clips alone."""
    shares = getattr(classifier, "shares", False)
    return classifier.probabilities(clips if shares else as_array(clips))


def identity_of(classifier: Classifier) -> dict[str, Any]:
    """What decides the answers of a classifier, by name and as plain values."""
    told = {"classifier": classifier.fingerprint(), "configuration": classifier.configuration()}
    clip = {} if classifier.hears_embeddings else vars(classifier.clip_format)
    runtime = getattr(classifier, "runtime", None)  # of a network that Keras does not compute
    told |= {} if runtime is None else {"runtime": runtime}
    return told | {"labels": classifier.labels} | clip


def identity_in_streams(classifier: Classifier) -> dict[str, Any]:
    """What decides its answers to windows of a stream: also the record's `stream_odds`."""
    return identity_of(classifier) | {"stream_odds": classifier.record.get("stream_odds")}


def check_truth(classifier: Classifier, clips: pd.DataFrame) -> None:
    """Raise an error unless a table says of clips what a classifier answers: a class, or labels."""
    if classifier.multi_label == is_multi_label(clips):
        return
    if classifier.multi_label:
        raise HearingAIError(
            "`clips` must have a column `labels`, since the classifier gives a clip any number of "
            "them; a column `class` is for classifiers of one class a clip"
        )
    raise HearingAIError(
        "`clips` must have a column `class`, since the classifier gives each clip one; a column "
        "`labels` is for classifiers of any number of labels a clip"
    )


def check_classifier(classifier: Any, argument: str = "classifier") -> None:
    """Raise an error, which names the argument, unless `classifier` is a classifier."""
    if not (hasattr(classifier, "probabilities") and hasattr(classifier, "clip_format")):
        raise HearingAIError(
            f"`{argument}` must be a classifier: load_classifier() opens a .keras file, "
            f"load_exported() an exported one. Received: {type(classifier).__name__}"
        )
