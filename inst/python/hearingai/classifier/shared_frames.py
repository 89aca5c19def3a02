"""Classifiers in two parts, so that clips that overlap share the frames of their spectrograms."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from ..audio.cuts import Cuts
from .keras_models import answer, compiled


class SharedFrames:
    """What computes the frames of a sound once, and of each clip only what looks at all of it.

    Args:
        frontend: The front end, of which `shares_frames` is true: its first layer makes frames.
        layers: The layers, a network among them, that `function` calls.
        function: What is asked of the images, such as their probabilities.

    Attributes:
        stride: Samples from frame to frame.
    """

    def __init__(self, frontend: keras.layers.Layer, layers: Any, function: Any) -> None:
        first, *rest = _layers(frontend)
        self.stride: int = first.shared_stride
        self._frames = _Function(first.frames_of, first)

        def answers(frames: Any) -> Any:
            images = first.images_of(frames)
            for layer in rest:
                images = layer(images)
            return function(images)

        self._answers = _Function(answers, [frontend, layers])

    def answers(self, cuts: Cuts) -> np.ndarray:
        """The function of the images of clips that are spaced by the stride."""
        fill = _filling(len(cuts)) * int(np.diff(cuts.starts).max())
        sound = cuts.sound[..., : cuts.starts[-1] + cuts.samples]
        if fill:
            sound = np.pad(sound, [*[(0, 0)] * (sound.ndim - 1), (0, fill)])
        frames = np.asarray(self._frames.predict_on_batch(sound[None]))[0]
        starts = cuts.starts // self.stride
        n = len(frames) - starts[-1] - fill // self.stride
        return answer(self._answers, frames[starts[:, None] + np.arange(n)])


def answers_of(classifier: Any, cuts: Cuts) -> np.ndarray | None:
    """The probabilities of clips that share frames or embeddings; `None` where they do not."""
    if classifier.body is not None:
        found: np.ndarray = answer(classifier, classifier.body.embeddings(cuts))
        return found
    if classifier._shared is None and shares_frames(classifier.frontend):
        classifier._shared = SharedFrames(
            classifier.frontend, classifier.network, classifier.classify
        )
    shared: SharedFrames | None = classifier._shared
    if shared is None or not cuts.are_spaced_by(shared.stride):
        return None
    return shared.answers(cuts)


def shares_frames(frontend: Any) -> bool:
    """Whether a front end's first layer tells frames from images, and its `call` is made of both.

    A layer derived from ours with a `call` of its own computes something else.
    """
    first = _layers(frontend)[0]
    if getattr(first, "shared_stride", None) is None:
        return False
    owners = [next(c for c in type(first).__mro__ if n in vars(c)) for n in ("call", "frames_of")]
    return owners[0] is owners[1]


def _layers(frontend: Any) -> list[Any]:
    return list(frontend.layers) if isinstance(frontend, keras.Sequential) else [frontend]


def _filling(n: int) -> int:
    """Clips up to a power of two: few lengths of sound have to be compiled."""
    return (1 << (n - 1).bit_length()) - n


class _Function(keras.Model):
    """A function of tensors, compiled as models are; their weights are those of layers."""

    def __init__(self, function: Any, layers: Any) -> None:
        super().__init__(dtype="float32", name="function")
        self._function, self.parts = function, layers
        self.built = True
        compiled(self)

    def call(self, values: Any) -> Any:
        """Values of the function."""
        return self._function(values)
