"""Classifiers in parts, so that clips that overlap share frames and what is computed of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np

from ..audio.cuts import Cuts
from .keras_models import answer, compiled, is_ours
from .shared_convolutions import SharedLayers

_KEPT = 16  # numbers of windows and hops that stay compiled, those used last


class _Made(NamedTuple):
    """What answers for windows at a hop; `None` where sharing layers gains nothing."""

    function: _Function | None


class SharedFrames:
    """What computes the frames of a sound once, and of each clip only what looks at all of it.

    Args:
        frontend: The front end, of which `shares_frames` is true: its first layer makes frames.
        network: What is computed of the images; `None` leaves them as they are. Its first layers
            are shared too, where that gains.
        finish: A function of the network's output.

    Attributes:
        stride: Samples from frame to frame.
    """

    def __init__(
        self, frontend: Any, network: keras.Model | None, finish: Any = lambda found: found
    ) -> None:
        first, *rest = _layers(frontend)
        self.stride: int = first.shared_stride
        self._frames = _Function(first.frames_of, first)
        self._first, self._network, self._finish = first, network, finish
        self._cuts_images = network is not None and not rest and _is_frame_by_frame(first)
        self._of_windows: dict[tuple[int, int, int], _Made] = {}

        def answers(frames: Any) -> Any:
            found = first.images_of(frames)
            for layer in (*rest, network):
                found = found if layer is None else layer(found)
            return finish(found)

        self._answers = _Function(answers, [frontend, network])

    def answers(self, cuts: Cuts) -> np.ndarray:
        """The function of the images of clips that are spaced by the stride."""
        more = _filling(len(cuts))
        fill = more * int(np.diff(cuts.starts).max())
        sound = cuts.sound[..., : cuts.starts[-1] + cuts.samples]
        if fill:
            sound = np.pad(sound, [*[(0, 0)] * (sound.ndim - 1), (0, fill)])
        frames = np.asarray(self._frames.predict_on_batch(sound[None]))[0]
        starts = cuts.starts // self.stride
        n = len(frames) - starts[-1] - fill // self.stride
        return self._answers_to(frames, starts, n, len(cuts) + more)

    def _answers_to(
        self, frames: np.ndarray, starts: np.ndarray, n: int, windows: int
    ) -> np.ndarray:
        """The answers to windows of `n` frames, filled up to so many."""
        hops = np.diff(starts)
        if self._cuts_images and hops.min() == hops.max():
            of_windows = self._shared_layers(windows, int(hops[0]), n)
            if of_windows is not None:
                return np.asarray(of_windows.predict_on_batch(frames[None]))[: len(starts)]
        return answer(self._answers, frames[starts[:, None] + np.arange(n)])

    def _shared_layers(self, windows: int, hop: int, n: int) -> _Function | None:
        """What answers for so many windows of a long image; `None` where nothing is gained."""
        key = (windows, hop, n)
        made = self._of_windows.pop(key, None) or self._of_windows_anew(*key)
        self._of_windows[key] = made  # behind those that were used before
        for oldest in list(self._of_windows)[:-_KEPT]:
            self._of_windows.pop(oldest, None)  # another thread may have been here
        return made.function

    def _of_windows_anew(self, windows: int, hop: int, n: int) -> _Made:
        shared = SharedLayers(self._network, n, np.arange(windows) * hop)

        def of_windows(frames: Any) -> Any:
            return self._finish(shared(self._first.images_of(frames)))

        parts = [self._first, self._network]
        return _Made(_Function(of_windows, parts) if len(shared) else None)


def answers_of(classifier: Any, cuts: Cuts) -> np.ndarray | None:
    """The probabilities of clips that share frames or embeddings; `None` where they do not."""
    if classifier.body is not None:
        found: np.ndarray = answer(classifier, classifier.body.embeddings(cuts))
        return found
    if classifier._shared is None and shares_frames(classifier.frontend):
        classifier._shared = SharedFrames(
            classifier.frontend, classifier.network, classifier.as_columns
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
    return _owner(first, "call") is _owner(first, "frames_of")


def _is_frame_by_frame(first: Any) -> bool:
    """Whether images may be cut from longer ones; not where `images_of` is a layer's of a user."""
    return is_ours(_owner(first, "images_of")) and getattr(first, "frame_by_frame", False)


def _owner(layer: Any, name: str) -> type:
    """The class that defines a method of a layer."""
    return next(c for c in type(layer).__mro__ if name in vars(c))


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
