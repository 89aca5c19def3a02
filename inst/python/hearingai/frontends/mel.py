"""The mel filter bank: triangles, evenly spaced in pitch, that sum the bins of a spectrum."""

import warnings
from typing import Any

import numpy as np

from ..errors import HearingAIError, HearingAIWarning
from ..runtime.arguments import HIGHEST_RATE, choose, number, positive

SLOPES = ("hertz", "mel")

# Slaney's scale: linear up to 1000 Hz, logarithmic above.
_SLANEY_STEP = 200 / 3  # Hz per mel, below the break
_SLANEY_BREAK = 1000.0  # Hz
_SLANEY_LOG_STEP = np.log(6.4) / 27  # per mel, above the break
_MOST = 2**27  # values of a filter bank


def mel_filters(
    sample_rate: float,
    fft_size: int,
    n_mels: int,
    *,
    fmin: float = 0.0,
    fmax: float | None = None,
    scale: str = "slaney",
    norm: str | None = "slaney",
    slopes: str = "hertz",
) -> np.ndarray:
    """Make the filter bank that turns the bins of a spectrum into mel bands.

    The bands are triangles whose corners are evenly spaced on the mel scale from `fmin` to
    `fmax`; each band reaches from the centre of the one below to the centre of the one above.
    The values equal those of `librosa.filters.mel`, transposed, or with slopes along the mel scale
    those of `tf.signal.linear_to_mel_weight_matrix`.

    Args:
        sample_rate: Rate of the waveforms, Hz.
        fft_size: Length of the Fourier transform, samples.
        n_mels: Number of bands.
        fmin: Lowest frequency, Hz.
        fmax: Highest frequency, Hz; half the sample rate if `None`.
        scale: `"slaney"`, linear below 1000 Hz and logarithmic above, or `"htk"`,
            `2595 log10(1 + f / 700)`.
        norm: `"slaney"` gives all triangles the same area, so that white noise gives a flat
            image; `None` gives all triangles the height 1.
        slopes: `"hertz"` for sides that are straight lines over the frequency, as in librosa;
            `"mel"` for sides that are straight over the mel scale, as in HTK and TensorFlow.

    Returns:
        Array `(fft_size // 2 + 1, n_mels)`, float32.

    Raises:
        HearingAIError: An argument is out of range.

    Warns:
        HearingAIWarning: Bands are so narrow that no bin falls inside; their values are the same
            for every sound.

    Source:
        M. Slaney, Auditory Toolbox, 1998; S. Young et al., The HTK Book.

    Example:
        >>> import hearingai
        >>> hearingai.mel_filters(sample_rate=16000, fft_size=512, n_mels=40).shape
        (257, 40)
    """
    sample_rate = positive("sample_rate", sample_rate, most=HIGHEST_RATE)
    fft_size = positive("fft_size", fft_size, whole=True)
    n_mels = positive("n_mels", n_mels, whole=True)
    if (fft_size // 2 + 1) * n_mels > _MOST:
        raise HearingAIError(
            f"`n_mels` and `fft_size` must make at most {_MOST} values. "
            f"Received: {n_mels} bands of {fft_size // 2 + 1} bins"
        )
    fmin, fmax = check_range(fmin, fmax, sample_rate)
    choose("norm", norm, ("slaney", None))
    to_mel, to_hz = SCALES[choose("scale", scale, tuple(SCALES))]
    choose("slopes", slopes, SLOPES)
    pitches = np.linspace(to_mel(fmin), to_mel(fmax), n_mels + 2)
    corners = to_hz(pitches)
    bins = np.arange(fft_size // 2 + 1)[:, None] * sample_rate / fft_size
    at, ends = (to_mel(bins), pitches) if slopes == "mel" else (bins, corners)
    rising = (at - ends[:-2]) / (ends[1:-1] - ends[:-2])
    falling = (ends[2:] - at) / (ends[2:] - ends[1:-1])
    filters = np.maximum(0, np.minimum(rising, falling))
    if norm == "slaney":
        filters *= 2 / (corners[2:] - corners[:-2])
    filters = filters.astype("float32")
    _warn_of_empty_bands(filters)
    return filters


def empty_bands(filters: np.ndarray) -> int:
    """Count the bands of a filter bank that no bin falls into.

    Args:
        filters: What `mel_filters` returned, `(bins, n_mels)`.

    Returns:
        The number of bands whose weights are all 0, an int.

    Example:
        >>> import numpy
        >>> from hearingai.frontends import empty_bands
        >>> empty_bands(numpy.array([[1.0, 0.0], [0.5, 0.0]]))
        1
    """
    return int(np.sum(~np.any(np.asarray(filters), axis=0)))


def check_range(fmin: float, fmax: float | None, sample_rate: float) -> tuple[float, float]:
    """Return the frequency range as floats, or raise an error that names the argument."""
    nyquist = sample_rate / 2
    low = number("fmin", fmin, low=0)
    high = nyquist if fmax is None else positive("fmax", fmax)
    if high > nyquist:
        raise HearingAIError(
            f"`fmax` must be at most half the sample rate, {nyquist:g} Hz. Received: {fmax!r}"
        )
    if low >= high:
        raise HearingAIError(f"`fmin` must be below `fmax`, {high:g} Hz. Received: {fmin!r}")
    return low, high


def _warn_of_empty_bands(filters: np.ndarray) -> None:
    n_empty, n_mels = empty_bands(filters), filters.shape[1]
    if n_empty:
        warnings.warn(
            f"{n_empty} of {n_mels} mel bands are empty: no bin of the spectrum falls inside. "
            f"Use fewer bands, a longer FFT (`fft_size`), a higher `fmin` or the other `scale`",
            HearingAIWarning,
            stacklevel=3,
        )


def _hz_to_mel_htk(hz: Any) -> Any:
    return 2595 * np.log10(1 + hz / 700)


def _mel_to_hz_htk(mel: Any) -> Any:
    return 700 * (10 ** (mel / 2595) - 1)


def _hz_to_mel_slaney(hz: Any) -> Any:
    above = np.log(np.maximum(hz, _SLANEY_BREAK) / _SLANEY_BREAK) / _SLANEY_LOG_STEP
    return np.minimum(hz, _SLANEY_BREAK) / _SLANEY_STEP + above


def _mel_to_hz_slaney(mel: Any) -> Any:
    above = mel - _SLANEY_BREAK / _SLANEY_STEP
    return np.where(above < 0, mel * _SLANEY_STEP, _SLANEY_BREAK * np.exp(_SLANEY_LOG_STEP * above))


SCALES = {
    "htk": (_hz_to_mel_htk, _mel_to_hz_htk),
    "slaney": (_hz_to_mel_slaney, _mel_to_hz_slaney),
}
