"""Images of clips, computed once where every epoch would compute the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from tempfile import gettempdir

import keras
import numpy as np

from .._typing import Progress
from ..audio.samples import to_float32
from ..augment import Augmentation
from ..classifier.keras_models import answer, compiled, is_ours
from ..classifier.model import AudioClassifier
from ..clips import embedded
from ..clips.packed import PackedClips
from ..runtime.progress import progress_bar

_MOST = 2  # times the bytes of the clips: larger images take longer to read than they save
_ROOM = 2  # times their own bytes, which the disk must have


def stay_the_same(
    classifier: AudioClassifier,
    augmentations: Sequence[Augmentation],
    stores: Sequence[PackedClips],
) -> bool:
    """Whether images are worth keeping: nothing changes a clip before its image is made of it.

    Args:
        classifier: The classifier to train.
        augmentations: What changes clips in training.
        stores: The waveforms of all clips, and of their copies.
    """
    if classifier.frontend is None or any(a.domain != "image" for a in augmentations):
        return False
    layers = getattr(classifier.frontend, "layers", [classifier.frontend])
    if not all(is_ours(type(layer)) for layer in layers):
        return False  # a layer of one's own may draw anew in each epoch
    n = sum(map(len, stores))
    shape = classifier.frontend.compute_output_shape((None, *classifier.clip_shape))[1:]
    n_bytes = 4 * n * int(np.prod(shape))
    there = n * int(np.prod(classifier.clip_shape)) * stores[0].dtype.itemsize
    return n_bytes <= _MOST * there and (n_bytes <= embedded.IN_MEMORY or _has_room(n_bytes))


def _has_room(n_bytes: int) -> bool:
    try:
        return _ROOM * n_bytes <= shutil.disk_usage(gettempdir()).free
    except OSError:  # there is no such folder
        return False


def kept_images(
    classifier: AudioClassifier, progress: Progress = None
) -> Callable[[PackedClips], PackedClips]:
    """A function from clips to their images, in memory or in a temporary file.

    Args:
        classifier: The classifier, whose front end is as it will be in training.
        progress: Whether to show a bar.
    """
    waveforms = keras.Input(classifier.clip_shape)
    front_end = compiled(keras.Model(waveforms, classifier.images(waveforms)))

    def kept(clips: PackedClips) -> PackedClips:
        with progress_bar("Computing images", len(clips), progress) as bar:
            done = 0

            def images(some: np.ndarray) -> np.ndarray:
                nonlocal done
                found: np.ndarray = answer(front_end, to_float32(some))
                done += len(some)
                bar(done)
                return found

            return embedded.varied(clips, images)

    return kept
