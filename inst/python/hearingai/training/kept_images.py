"""Images of clips, computed once where every epoch would compute the same."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from tempfile import gettempdir

import keras
import numpy as np

from .._typing import Progress
from ..audio.samples import to_float32
from ..augment import Augmentation
from ..classifier.keras_models import answer, compiled
from ..classifier.model import AudioClassifier
from ..clips.embedded import varied
from ..clips.packed import PackedClips
from ..runtime.progress import progress_bar

_MOST = 2  # times the bytes of the clips: larger images take longer to read than they save
_ROOM = 2  # times their own bytes, which the disk must have


def stay_the_same(
    classifier: AudioClassifier, augmentations: Sequence[Augmentation], clips: PackedClips
) -> bool:
    """Whether images are worth keeping: nothing changes a clip before its image is made of it.

    Args:
        classifier: The classifier to train.
        augmentations: What changes clips in training.
        clips: The waveforms.
    """
    if classifier.frontend is None or any(a.domain != "image" for a in augmentations):
        return False
    layers = getattr(classifier.frontend, "layers", [classifier.frontend])
    if any(not type(layer).__module__.startswith(__name__.split(".")[0]) for layer in layers):
        return False  # a layer of one's own may draw anew in each epoch
    n_bytes = 4 * len(clips) * int(np.prod(classifier.network.input_shape[1:]))
    there = len(clips) * int(np.prod(classifier.clip_shape)) * clips.dtype.itemsize
    return n_bytes <= _MOST * there and _ROOM * n_bytes <= shutil.disk_usage(gettempdir()).free


def kept_images(
    classifier: AudioClassifier, clips: PackedClips, progress: Progress = None
) -> PackedClips:
    """The images of clips, in memory or in a temporary file.

    Args:
        classifier: The classifier, whose front end is as it will be in training.
        clips: The waveforms.
        progress: Whether to show a bar.
    """
    waveforms = keras.Input(classifier.clip_shape)
    front_end = compiled(keras.Model(waveforms, classifier.images(waveforms)))
    with progress_bar("Computing images", len(clips), progress) as bar:
        done = 0

        def images(some: np.ndarray) -> np.ndarray:
            nonlocal done
            found: np.ndarray = answer(front_end, to_float32(some))
            done += len(some)
            bar(done)
            return found

        return varied(clips, images)
