"""Samples as 16-bit whole numbers and as floats in -1...1."""

import numpy as np

_FULL_SCALE = 32768


def to_int16(waveform: np.ndarray) -> np.ndarray:
    """Return a waveform in -1...1 as int16; exact for what was int16 before.

    Example:
        >>> to_int16(np.array([0.0, 0.5, 1.0])).tolist()
        [0, 16384, 32767]
    """
    waveform = np.asarray(waveform)
    if waveform.dtype == np.int16:
        return waveform
    return np.clip(np.rint(waveform * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("int16")


def to_float32(samples: np.ndarray) -> np.ndarray:
    """Return int16 samples as float32 in -1...1; other numbers keep their values.

    Example:
        >>> to_float32(np.array([0, 16384, -32768], "int16")).tolist()
        [0.0, 0.5, -1.0]
    """
    samples = np.asarray(samples)
    floats = samples.astype("float32")
    return floats * np.float32(1 / _FULL_SCALE) if samples.dtype == np.int16 else floats
