"""Raise or lower the bass and the treble of a clip, as another microphone would."""

from typing import Any

import keras
from keras import ops

from ..runtime.arguments import check_rate
from .base import Augmentation
from .checks import limits
from .filtering import RINGING_S, fft_size, filtered, frequencies, known_rate


@keras.saving.register_keras_serializable(package="hearingai")
class MicrophoneTilt(Augmentation):
    """Pass each clip through a low shelf and a high shelf of random gains.

    Far below `low_hz` the gain is `low_db`, far above `high_hz` it is `high_db`, between them 0 dB;
    at a corner the power gain is the mean of 1 and the shelf's (first-order shelves). The filter
    has no delay; the result is not clipped to -1...1.

    Args:
        low_db: Lowest and highest gain of the low shelf, dB; one number is that gain for all.
        high_db: Lowest and highest gain of the high shelf, dB.
        low_hz: Lowest and highest corner of the low shelf, Hz.
        high_hz: Lowest and highest corner of the high shelf, Hz.
        sample_rate: Rate of the clips, Hz. In training, it is the classifier's where it is `None`.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`; the samples must be known.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: An argument is out of range, or `sample_rate` is not known when clips come.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.MicrophoneTilt(sample_rate=16000)
        >>> tone = numpy.sin(2 * numpy.pi * 7000 * numpy.arange(16000) / 16000)[None]
        >>> shelves = {"low_db": [0.0], "high_db": [-6.0], "low_hz": [200.0], "high_hz": [1000.0]}
        >>> changed = numpy.asarray(layer.apply(tone, **shelves))
        >>> print((20 * numpy.log10(changed.std() / tone.std())).round())
        -6.0
    """

    def __init__(
        self,
        low_db: float | tuple[float, float] = (-9, 6),
        high_db: float | tuple[float, float] = (-9, 6),
        *,
        low_hz: float | tuple[float, float] = (100, 500),
        high_hz: float | tuple[float, float] = (1500, 4000),
        sample_rate: int | None = None,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.low_db = limits("low_db", low_db, lowest=-100, highest=100)
        self.high_db = limits("high_db", high_db, lowest=-100, highest=100)
        self.low_hz = limits("low_hz", low_hz, above=0)
        self.high_hz = limits("high_hz", high_hz, above=0)
        self.sample_rate = None if sample_rate is None else check_rate(sample_rate)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw the gains, dB, and the corners, Hz, one of each per clip."""
        names = ("low_db", "high_db", "low_hz", "high_hz")
        return {name: self.uniform((shape[0],), *getattr(self, name)) for name in names}

    def change(self, x: Any, low_db: Any, high_db: Any, low_hz: Any, high_hz: Any) -> Any:
        """Filter the clips."""
        rate, samples = known_rate(self), x.shape[-1]
        size = fft_size(samples + int(RINGING_S * rate))
        at = frequencies(size, rate)
        below = 1 / (1 + ops.square(at / low_hz[:, None]))  # share of the low shelf
        above = 1 - 1 / (1 + ops.square(at / high_hz[:, None]))
        power = 1 + below * (10.0 ** (low_db[:, None] / 10) - 1)
        power = power * (1 + above * (10.0 ** (high_db[:, None] / 10) - 1))
        return filtered(x, size, ops.sqrt(power))[..., :samples]

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "low_db": self.low_db,
            "high_db": self.high_db,
            "low_hz": self.low_hz,
            "high_hz": self.high_hz,
            "sample_rate": self.sample_rate,
        }
