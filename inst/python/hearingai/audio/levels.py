"""Find where a waveform is active and how loud it is there; fade its edges."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

_EDGE_S = 0.01


class Frames(NamedTuple):
    """The frames of a waveform, one after the other.

    Attributes:
        bounds: Where each frame begins, and where the last ends, in samples: `(frames + 1,)`.
        energy: The sum of the squares of each: `(frames,)`.
        active: Whether each is active: `(frames,)`; none is in silence.
    """

    bounds: np.ndarray
    energy: np.ndarray
    active: np.ndarray


def active_frames(
    waveform: ArrayLike, sample_rate: int, *, seconds: float, below_db: float
) -> Frames:
    """Find the active frames of a waveform: those nearly as loud as its loudest.

    Args:
        waveform: `(samples,)`, float.
        sample_rate: Hz.
        seconds: Length of a frame.
        below_db: How far below the loudest frame an active one may be, dB.

    Returns:
        The `Frames`.

    Example:
        >>> from hearingai.audio.levels import active_frames
        >>> frames = active_frames([0, 0, 1, 1, 0.01], 100, seconds=0.02, below_db=20)
        >>> frames.bounds.tolist(), frames.active.tolist()
        ([0, 2, 4, 5], [False, True, False])
    """
    square = np.square(np.asarray(waveform, "float64"))
    begins = np.arange(0, len(square), max(1, round(seconds * sample_rate)))
    bounds = np.append(begins, len(square))
    if not len(square):
        return Frames(bounds, np.zeros(0), np.zeros(0, bool))
    energy = np.add.reduceat(square, begins)
    power = energy / np.diff(bounds)
    return Frames(bounds, energy, power > power.max() * 10 ** (-below_db / 10))


def soft_edges(waveform: ArrayLike, sample_rate: int) -> np.ndarray:
    """A copy that fades in and out over 10 ms, so that the noise in a recording does not click.

    Args:
        waveform: `(samples,)`, float.
        sample_rate: Hz.

    Returns:
        float32, `(samples,)`.
    """
    wave = np.array(waveform, "float32")
    edge = min(round(_EDGE_S * sample_rate), len(wave) // 2)
    ramp = (np.arange(edge, dtype="float32") + 0.5) / max(edge, 1)
    wave[:edge] *= ramp
    wave[len(wave) - edge :] *= ramp[::-1]
    return wave
