"""The delay of soxr's streaming resampler."""

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
import soxr

_STEP = 16  # samples fed at a time while it is measured; more of a very high rate


@lru_cache(maxsize=64)
def resampling_delay(sample_rate: int, to: int) -> int:
    """The largest delay of soxr's streaming resampler; measured once for each pair of rates.

    Args:
        sample_rate: Rate of the sound, Hz.
        to: Rate that it is resampled to, Hz.

    Returns:
        Samples at `sample_rate`; 0 where both rates are equal.

    Example:
        >>> from hearingai.audio.resampling import resampling_delay
        >>> resampling_delay(16000, 16000), 0 < resampling_delay(44100, 16000) / 44100 < 0.1
        (0, True)
    """
    if sample_rate == to:
        return 0
    stream = soxr.ResampleStream(sample_rate, to, 1, quality="HQ")
    latest, made = Fraction(0), 0
    step = max(_STEP, sample_rate >> 16)
    for fed in range(step, sample_rate + step, step):
        latest = max(latest, fed - Fraction(made * sample_rate, to))
        made += len(stream.resample_chunk(np.zeros(step, "float32")))
    return math.ceil(latest) + step
