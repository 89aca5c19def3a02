"""Resampling, and the delay of soxr's streaming resampler."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
import soxr

from .._typing import Sounded
from ..errors import HearingAIError
from ..runtime.arguments import HIGHEST_RATE, positive
from ..runtime.sizes import size_text
from .own_rates import has_rate, waveform_and_rate
from .samples import as_waveform

_STEP = 16  # samples fed at a time while it is measured; more of a very high rate


def resample(
    waveform: Sounded, from_rate: float | None = None, to_rate: float | None = None
) -> np.ndarray:
    """Resample a waveform with soxr's high-quality converter.

    Args:
        waveform: `(samples,)` or `(channels, samples)`, float in -1...1 or int16; or a pair of it
            and its rate, as `read_audio` returns it.
        from_rate: Its rate, Hz; `None` where the waveform comes with its own.
        to_rate: The wanted rate, Hz.

    Returns:
        float32 of the same layout with `samples * to_rate / from_rate` samples, rounded.

    Raises:
        HearingAIError: A rate is not a positive number, the waveform holds something else or has
            another shape, or the result does not fit into memory.

    Example:
        >>> import hearingai, numpy
        >>> hearingai.resample(numpy.zeros((2, 44100)), 44100, 16000).shape
        (2, 16000)
    """
    if has_rate(waveform):
        waveform, from_rate = waveform_and_rate(waveform, from_rate, "waveform", rate="from_rate")
    if from_rate is None or to_rate is None:
        lacking = "from_rate" if from_rate is None else "to_rate"
        raise HearingAIError(f"`{lacking}` must be given, in Hz. Received: None")
    waveform = as_waveform(waveform).astype("float32", copy=False)
    from_rate = positive("from_rate", from_rate, most=HIGHEST_RATE)
    to_rate = positive("to_rate", to_rate, most=HIGHEST_RATE)
    if from_rate == to_rate:
        return waveform
    try:
        return np.ascontiguousarray(soxr.resample(waveform.T, from_rate, to_rate, quality="HQ").T)
    except MemoryError:
        size = 4 * waveform.size * to_rate / from_rate
        raise HearingAIError(
            f"`to_rate`: at {to_rate:g} Hz instead of {from_rate:g} Hz the sound takes "
            f"{size_text(size)}, which do not fit into memory"
        ) from None


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
