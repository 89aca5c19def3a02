"""Pure tones: the sound whose picture is known beforehand, and the way back from sound to tones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._typing import Sounded
from ..errors import HearingAIError
from ..runtime.arguments import HIGHEST_RATE, positive
from .own_rates import waveform_and_rate
from .samples import as_waveform

# The four-term Blackman-Harris window: nothing leaks above -92 dB beyond four bins of a tone.
_TERMS = (0.35875, -0.48829, 0.14128, -0.01168)
_LOBE = 4  # bins from a tone to the end of its peak
_QUIETEST = 1e-3  # of the loudest tone: what is 60 dB below it is no tone


def two_tone(
    frequencies: float | Sequence[float] = (440, 2000),
    duration: float = 1.0,
    *,
    sample_rate: int = 22050,
    amplitudes: float | Sequence[float] | None = None,
) -> np.ndarray:
    """Make a sound of pure tones, two by default.

    The base case of an audio front end: its image must show a line at each frequency and nothing
    else.

    Args:
        frequencies: The tones' frequencies, Hz, each below half the sample rate.
        duration: Length, seconds.
        sample_rate: Hz.
        amplitudes: The tones' amplitudes, a number each, 1 or less in all; `None` gives every
            tone the same share of 1.

    Returns:
        Waveform, float32 `(samples,)`.

    Raises:
        HearingAIError: A frequency cannot be had at this rate, or the amplitudes do not fit.

    Source:
        The two-tone base case of the Hearing AI system.

    Example:
        >>> import hearingai
        >>> hearingai.two_tone().shape
        (22050,)
        >>> hearingai.two_tone(frequencies=(2000, 3000), duration=0.5, sample_rate=8000).shape
        (4000,)
    """
    rate = positive("sample_rate", sample_rate, most=HIGHEST_RATE)
    samples = round(positive("duration", duration, most=86_400) * rate)
    tones = [positive("frequencies", f) for f in _several(frequencies)]
    if not tones or max(tones) >= rate / 2:
        raise HearingAIError(
            f"`frequencies` must be below half the sample rate, {rate / 2:g} Hz. "
            f"Received: {frequencies!r}"
        )
    shares = np.full(len(tones), 1 / len(tones)) if amplitudes is None else _several(amplitudes)
    levels = [positive("amplitudes", a) for a in shares]
    if len(levels) != len(tones) or sum(levels) > 1 + 1e-9:
        raise HearingAIError(
            f"`amplitudes` must be {len(tones)} numbers, one a frequency, of 1 or less in all. "
            f"Received: {amplitudes!r}"
        )
    time = np.arange(samples) / rate
    parts = (a * np.sin(2 * np.pi * f * time) for f, a in zip(tones, levels, strict=True))
    return sum(parts, np.zeros(samples)).astype("float32")


def _several(values: object) -> list:
    """One value, or several, each for itself."""
    several = isinstance(values, (list, tuple)) or bool(getattr(values, "ndim", False))
    return list(values) if several else [values]  # type: ignore[call-overload]  # it is a collection


def find_tones(waveform: Sounded, sample_rate: float | None = None, *, n: int = 2) -> np.ndarray:
    """Find the strongest tones of a sound: the highest peaks of its spectrum.

    The whole sound is one frame, so a bin is `sample_rate / samples` wide. A pure tone is found to
    a fraction of a bin where the next one is 8 bins or more away.

    Args:
        waveform: Array `(samples,)`, or `(channels, samples)`, whose mean is taken; or a pair of it
            and its rate, as `read_audio` returns it.
        sample_rate: Hz; `None` where the waveform comes with its own.
        n: How many to find, at most.

    Returns:
        Frequencies in Hz, ascending, float64. Fewer than `n` where there are no more peaks within
        60 dB of the highest; none in silence.

    Raises:
        HearingAIError: The waveform has another shape, is shorter than 16 samples or not finite.

    Example:
        >>> import hearingai
        >>> hearingai.find_tones(hearingai.two_tone(), 22050).round(1).tolist()
        [440.0, 2000.0]
    """
    samples, own = waveform_and_rate(waveform, sample_rate, "waveform")
    rate, n = positive("sample_rate", own), positive("n", n, whole=True)
    signal = np.atleast_2d(as_waveform(samples).astype("float64")).mean(axis=0)
    if len(signal) < 16:
        raise HearingAIError(f"`waveform` must have 16 samples or more. Received: {len(signal)}")
    phase = 2 * np.pi * np.arange(len(signal)) / len(signal)
    window = sum(term * np.cos(k * phase) for k, term in enumerate(_TERMS))
    levels = np.abs(np.fft.rfft((signal - signal.mean()) * window))
    peaks = _peaks(levels)[:n]
    return np.sort([_summit(levels, peak) * rate / len(signal) for peak in peaks])


def _peaks(levels: np.ndarray) -> np.ndarray:
    """Bins of the peaks, the highest first: higher than all bins that its own lobe reaches."""
    padded = np.pad(levels, _LOBE)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _LOBE + 1)
    least = max(levels.max() * _QUIETEST, 1e-9)
    found = np.flatnonzero((levels >= around.max(axis=1)) & (levels > least))
    found = found[(found > 0) & (found < len(levels) - 1)]
    return found[np.argsort(-levels[found], kind="stable")]


def _summit(levels: np.ndarray, peak: int) -> float:
    """Place of a peak between bins: the top of the parabola through its three levels in dB."""
    before, top, after = np.log(np.maximum(levels[peak - 1 : peak + 2], 1e-300))
    bend = before - 2 * top + after
    return peak + (0.5 * (before - after) / bend if bend else 0.0)
