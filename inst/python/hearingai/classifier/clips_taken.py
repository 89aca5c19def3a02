"""Which clips a classifier takes: what all kinds of classifiers have in common; needs no Keras."""

from collections.abc import Sequence

from ..clips.clip_format import ClipFormat
from ..runtime.sizes import counted
from .protocol import Classifier, OfSound


class TakesClips:
    """The clips of a classifier, by what it says of itself: rate, duration, channels and crop."""

    sample_rate: OfSound
    duration: OfSound
    channels: int
    crop: str

    @property
    def hears_embeddings(self) -> bool:
        """Whether it takes embeddings instead of sound."""
        return self.sample_rate is None

    @property
    def samples(self) -> OfSound:
        """Samples per clip; `None` for embeddings."""
        return None if self.hears_embeddings else round(self.sample_rate * self.duration)

    @property
    def clip_format(self) -> ClipFormat:
        """The `ClipFormat` that every recording is brought to."""
        return ClipFormat(self.sample_rate, self.samples, self.channels, self.crop)

    @property
    def clip_shape(self) -> tuple[int, ...]:
        """Shape of one clip, without the batch."""
        return self._embeddings_shape() if self.hears_embeddings else self.clip_format.shape

    def _embeddings_shape(self) -> tuple[int, ...]:
        raise NotImplementedError

    def _clip_in_words(self) -> str:
        if self.hears_embeddings:
            return f"embeddings of {' x '.join(map(str, self.clip_shape))}"
        return f"{self.duration:g} s at {self.sample_rate} Hz"


def clips_in_words(classifier: Classifier) -> str:
    """Which clips a classifier takes, to compare it with another."""
    shape = " x ".join(map(str, classifier.clip_shape))
    if classifier.hears_embeddings:
        return f"embeddings of {shape}"
    return f"{shape} samples at {classifier.sample_rate} Hz"


def labels_in_words(labels: Sequence[str]) -> str:
    """How many labels there are, and the first of them."""
    shown = ", ".join(labels[:8]) + (", ..." if len(labels) > 8 else "")
    return f"{counted(len(labels), 'label')} ({shown})"
