"""Send a clip through a telephone."""

import math
from typing import Any

import keras
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import check_rate
from .base import Augmentation
from .checks import limits
from .filtering import RINGING_S, frequencies, known_rate, resampled

LINE_RATE = 8000  # Hz
MU = 255
SLOPE = 12  # order of the band's edges: 72 dB an octave


@keras.saving.register_keras_serializable(package="hearingai")
class Telephone(Augmentation):
    """Limit each clip to a telephone's band, and its samples to 8 bits by the mu-law.

    The clip is filtered without delay (gains of Butterworth filters, -3 dB at the limits), taken to
    8 kHz where its rate is higher, rounded to the 255 values of the mu-law, and taken back. Samples
    beyond -1...1 are clipped, as the line does. All channels are sent alike.

    Args:
        low_hz: Lowest and highest lower limit of the band, Hz; one number is that limit for all.
        high_hz: Lowest and highest upper limit of the band, Hz.
        sample_rate: Rate of the clips, Hz. In training, it is the classifier's where it is `None`.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`; the samples must be known.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: An argument is out of range, the limits overlap, or `sample_rate` is not
            known when clips come.

    Source:
        ITU-T G.711 for the mu-law (in its continuous form) and the rate, G.712 for the band.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.Telephone(sample_rate=16000)
        >>> hiss = numpy.sin(2 * numpy.pi * 6000 * numpy.arange(16000) / 16000)[None] / 2
        >>> sent = layer.apply(hiss, low_hz=[300.0], high_hz=[3400.0])
        >>> bool(numpy.std(sent) < numpy.std(hiss) / 100)
        True
    """

    def __init__(
        self,
        low_hz: float | tuple[float, float] = 300,
        high_hz: float | tuple[float, float] = 3400,
        *,
        sample_rate: int | None = None,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.low_hz = limits("low_hz", low_hz, above=0)
        self.high_hz = limits("high_hz", high_hz, above=0)
        if self.low_hz[1] >= self.high_hz[0]:
            raise HearingAIError(
                f"`low_hz` must lie below `high_hz`. Received: {low_hz!r} and {high_hz!r}"
            )
        self.sample_rate = None if sample_rate is None else check_rate(sample_rate)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `low_hz` and `high_hz`, Hz, one of each per clip."""
        batch = (shape[0],)
        return {
            "low_hz": self.uniform(batch, *self.low_hz),
            "high_hz": self.uniform(batch, *self.high_hz),
        }

    def change(self, x: Any, low_hz: Any, high_hz: Any) -> Any:
        """Send the clips."""
        rate, samples = known_rate(self), x.shape[-1]
        line = min(rate, LINE_RATE)
        block = rate // math.gcd(
            rate, line
        )  # samples at the clips' rate that are whole on the line
        size = 2 * block * -(-(samples + int(RINGING_S * rate)) // (2 * block))
        at = frequencies(size, rate)
        high = (at / high_hz[:, None]) ** SLOPE
        low = (low_hz[:, None] / ops.maximum(at, 1e-3)) ** SLOPE
        gain = 1 / ops.sqrt((1 + low) * (1 + high))
        gain = gain if len(x.shape) == 2 else gain[:, None]
        sent = size // block * (line * block // rate)
        return resampled(mu_law(resampled(x, size, sent, gain)), sent, size)[..., :samples]

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "low_hz": self.low_hz,
            "high_hz": self.high_hz,
            "sample_rate": self.sample_rate,
        }


def mu_law(x: Any) -> Any:
    """Round samples to the 255 values that the mu-law has from -1 to 1."""
    pressed = ops.log1p(MU * ops.minimum(ops.abs(x), 1.0)) / math.log1p(MU)
    pressed = ops.round(pressed * 127) / 127
    return ops.sign(x) * ops.expm1(pressed * math.log1p(MU)) / MU
