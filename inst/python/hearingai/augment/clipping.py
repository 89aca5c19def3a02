"""Overdrive a clip, as a microphone too close does."""

from typing import Any

import keras
from keras import ops

from .base import Augmentation, per_clip, with_power_of
from .checks import limits


@keras.saving.register_keras_serializable(package="hearingai")
class Clipping(Augmentation):
    """Amplify each clip beyond full scale, cut off what is beyond, and restore the level.

    The loudest sample of the clip, of all its channels, comes to lie `drive_db` above full scale;
    what is above full scale is cut to it. Then the clip is scaled to the mean power that it had, so
    that it may be beyond -1...1. Silence stays silence.

    Args:
        drive_db: Lowest and highest level of the loudest sample above full scale, dB; one number
            is that level for all. 0 changes nothing.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `drive_db` is below 0 or above 100, or another argument is out of range.

    Example:
        >>> import hearingai, numpy
        >>> clip = numpy.array([[0.1, -0.5, 0.5, -0.7]])
        >>> print(numpy.asarray(hearingai.Clipping().apply(clip, drive_db=[20.0])).round(3))
        [[ 0.5 -0.5  0.5 -0.5]]
    """

    def __init__(
        self,
        drive_db: float | tuple[float, float] = (0, 20),
        *,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.drive_db = limits("drive_db", drive_db, lowest=0, highest=100)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `drive_db`, dB, one per clip."""
        return {"drive_db": self.uniform((shape[0],), *self.drive_db)}

    def change(self, x: Any, drive_db: Any) -> Any:
        """Cut the peaks off."""
        axes = tuple(range(1, len(x.shape)))
        peak = ops.max(ops.abs(x), axis=axes, keepdims=True)
        limit = peak * per_clip(10.0 ** (-drive_db / 20), x)
        return with_power_of(x, ops.clip(x, -limit, limit))

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"drive_db": self.drive_db}
