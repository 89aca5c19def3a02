"""The loudness of a clip: the A-weighted level of its loudest window."""

import math
from typing import Any

import numpy as np
from keras import ops

from ..frontends import hann

WINDOW_S = 0.1


def window_size(sample_rate: int) -> int:
    """The power of two samples nearest to 0.1 s: 2048 at 16 kHz, 4096 at 44.1 kHz."""
    return 2 ** round(math.log2(WINDOW_S * sample_rate))


def a_weighting_db(frequency: Any, floor_db: float = -80.0) -> np.ndarray:
    """A-weighting of frequencies in Hz, dB, not below `floor_db` (IEC 61672, rounded poles)."""
    f2 = np.maximum(np.square(np.asarray(frequency, "float64")), 1.0)
    poles = (f2 + 20.6**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2)) * (f2 + 12194.0**2)
    return np.maximum(2.0 + 20 * np.log10(12194.0**2 * f2**2 / poles), floor_db)


def loudness_db(x: Any, sample_rate: int, weighting: str = "A", floor_db: float = -80.0) -> Any:
    """Level of the loudest window of each clip, dB, `(batch,)`.

    Windows are those of `window_size`, half overlapping, and lie wholly inside the clip; a
    shorter clip is one window, padded with silence. Channels are averaged in power.

    Args:
        x: Waveforms, `(batch, samples)` or `(batch, channels, samples)`.
        sample_rate: Hz.
        weighting: `"A"` sums the A-weighted power spectrum of the Hann-weighted window; `"none"`
            takes the mean square of the window.
        floor_db: Least level of a window.
    """
    size, samples = window_size(sample_rate), x.shape[-1]
    rows = ops.reshape(x, (-1, samples))
    if samples < size:
        rows = ops.pad(rows, ((0, 0), (0, size - samples)))
    frames = ops.extract_sequences(rows, size, size // 2)
    if weighting == "A":
        # Integer half of an odd rate, as in the authors' code.
        frequency = np.linspace(0, sample_rate // 2, size // 2 + 1)
        weights = ops.cast(10 ** (a_weighting_db(frequency, floor_db) / 10), "float32")
        real, imaginary = ops.rfft(frames * ops.convert_to_tensor(hann(size)))
        power = ops.sum((ops.square(real) + ops.square(imaginary)) * weights, axis=-1)
    else:
        power = ops.mean(ops.square(frames), axis=-1)
    channels = 1 if len(x.shape) == 2 else x.shape[1]
    power = ops.mean(ops.reshape(power, (-1, channels, power.shape[-1])), axis=1)
    return 10 * ops.log10(ops.maximum(ops.max(power, axis=-1), 10 ** (floor_db / 10)))
