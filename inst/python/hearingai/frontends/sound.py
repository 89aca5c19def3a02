"""What front ends of waveforms share: samples mean the same to them as everywhere."""

from typing import Any

import keras
import numpy as np

from ..audio.samples import as_samples, refuse_samples_first, to_float32


class HearsSound:
    """A Keras layer that takes arrays of sound, float or int16, see `as_samples`."""

    def __call__(self, waveforms: Any, *args: Any, **kwargs: Any) -> Any:
        """Compute the images of waveforms; tensors are taken as they are."""
        if isinstance(waveforms, np.ndarray):
            refuse_samples_first(waveforms.shape, "waveforms")
            waveforms = to_float32(as_samples(waveforms, "waveforms"))
        return super().__call__(waveforms, *args, **kwargs)  # type: ignore[misc]  # Keras's own


def as_float(clips: Any) -> Any:
    """Convert stored clips to the front end's input: 16-bit samples to -1...1."""
    clips = keras.ops.convert_to_tensor(clips)
    kind = keras.backend.standardize_dtype(clips.dtype)
    clips = keras.ops.cast(clips, "float32")
    return clips / 32768 if kind == "int16" else clips
