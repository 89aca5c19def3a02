"""Filters of waveforms by their spectra, which some augmentations share."""

from typing import Any

from keras import ops

from ..errors import HearingAIError

RINGING_S = 0.05  # a filter without delay rings before and after; more than this is inaudible


def fft_size(samples: int) -> int:
    """The power of two from `samples` on, which every backend transforms fast."""
    return 1 << max(samples - 1, 1).bit_length()


def frequencies(size: int, sample_rate: int) -> Any:
    """Frequencies of the bins of a spectrum of `size` samples, Hz, `(1, bins)`."""
    return ops.arange(size // 2 + 1, dtype="float32")[None] * (sample_rate / size)


def filtered(x: Any, size: int, *response: Any) -> Any:
    """Multiply the spectra of waveforms: a convolution, `size` samples long.

    Args:
        x: Waveforms, `(batch, samples)` or `(batch, channels, samples)`.
        size: Length of the transform; what is longer wraps around.
        *response: Real part, and imaginary part if it has one, of a response `(batch, bins)`; all
            channels get the same.

    Returns:
        Waveforms of `size` samples.
    """
    real, imaginary = ops.rfft(x, fft_length=size)
    gain, *turn = (r if len(x.shape) == 2 else r[:, None] for r in response)
    if not turn:
        return ops.irfft((real * gain, imaginary * gain), fft_length=size)
    turned = real * gain - imaginary * turn[0], real * turn[0] + imaginary * gain
    return ops.irfft(turned, fft_length=size)


def resampled(x: Any, size: int, to: int, gain: Any = 1.0) -> Any:
    """Take waveforms to another rate by their spectra.

    Args:
        x: Waveforms, `(..., samples)`.
        size: Length of the transform; silence follows the samples up to there.
        to: How many samples that is at the other rate.
        gain: Factors of the bins of the spectrum.

    Returns:
        Waveforms of `to` samples.
    """
    wanted = to // 2 + 1
    pad = [(0, 0)] * (len(x.shape) - 1) + [(0, max(wanted - size // 2 - 1, 0))]
    real, imaginary = (
        ops.pad(part * gain * (to / size), pad)[..., :wanted]
        for part in ops.rfft(x, fft_length=size)
    )
    return ops.irfft((real, imaginary), fft_length=to)


def known_rate(layer: Any) -> int:
    """The `sample_rate` of a layer, which a training fills in where it is `None`."""
    if layer.sample_rate is None:
        raise HearingAIError(
            f"{type(layer).__name__} needs `sample_rate`, the rate of the clips in Hz"
        )
    return int(layer.sample_rate)
