"""Compute the images of a batch a few clips at a time."""

from typing import Any

import keras

from ..runtime.backend import kind_of
from .portable import is_portable

_CLIPS = 16  # clips at a time: their frames and spectra fit a core's caches
_AT_ONCE = 4


def in_pieces(images_of: Any, waveforms: Any, shape: Any) -> Any:
    """Compute the images of a batch; on a CPU with TensorFlow a few clips at a time.

    Frames and spectra take far more memory than the waveforms: those of a whole batch lie in main
    memory, those of a few clips in the processor's caches.

    Args:
        images_of: A function from waveforms to images, clip by clip.
        waveforms: Tensor `(batch, samples)` or `(batch, channels, samples)`.
        shape: Shape of the images.

    Returns:
        The images, `images_of(waveforms)`.
    """
    few = waveforms.shape[0] is not None and waveforms.shape[0] <= _CLIPS
    whole = few or is_portable() or keras.backend.backend() != "tensorflow"
    if whole or kind_of("auto") == "gpu":
        return images_of(waveforms)
    import tensorflow as tf

    def piece(i: Any, pieces: Any) -> Any:
        return i + 1, pieces.write(i, images_of(waveforms[i * _CLIPS : (i + 1) * _CLIPS]))

    count = (tf.shape(waveforms)[0] + _CLIPS - 1) // _CLIPS
    pieces = tf.TensorArray(
        waveforms.dtype, size=count, infer_shape=False, element_shape=(None, *shape[1:])
    )
    _, pieces = tf.while_loop(
        lambda i, _: i < count, piece, (0, pieces), parallel_iterations=_AT_ONCE
    )
    return pieces.concat()
