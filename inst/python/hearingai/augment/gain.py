"""Make a clip louder or softer."""

from typing import Any

import keras

from .base import Augmentation, per_clip
from .checks import limits


@keras.saving.register_keras_serializable(package="hearingai")
class Gain(Augmentation):
    """Make each clip louder or softer by a random number of decibels.

    The result is not clipped to -1...1; the default only attenuates.

    Args:
        gain_db: Lowest and highest gain, dB; one number is that gain for all.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `gain_db` is no pair of numbers, or `probability` is not from 0 to 1.

    Example:
        >>> import hearingai, numpy
        >>> clip = numpy.array([[0.5, -1.0]])
        >>> print(numpy.asarray(hearingai.Gain().apply(clip, gain_db=[-20.0])))
        [[ 0.05 -0.1 ]]
    """

    def __init__(
        self,
        gain_db: float | tuple[float, float] = (-12, 0),
        *,
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.gain_db = limits("gain_db", gain_db)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `gain_db`, dB, one per clip."""
        return {"gain_db": self.uniform((shape[0],), *self.gain_db)}

    def change(self, x: Any, gain_db: Any) -> Any:
        """Scale the clips."""
        return x * per_clip(10.0 ** (gain_db / 20), x)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"gain_db": self.gain_db}
