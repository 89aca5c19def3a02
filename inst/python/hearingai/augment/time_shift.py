"""Shift a clip in time."""

from typing import Any

import keras
from keras import ops

from ..runtime.arguments import choose, share
from .base import Augmentation, take_samples


@keras.saving.register_keras_serializable(package="hearingai")
class TimeShift(Augmentation):
    """Shift each clip by a random share of its length, later or earlier.

    Args:
        limit: Largest shift, as a share of the clip; shifts are drawn from `-limit` to `limit`.
        circular: Wrap around at the ends; otherwise fill with silence.
        probability: Share of the clips that are shifted.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `limit` or `probability` is not from 0 to 1, or `circular` is not a bool.

    Source:
        The step-by-step urban sound classifier, which shifts circularly by up to 40 %.

    Example:
        >>> import hearingai, numpy
        >>> clip = numpy.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
        >>> numpy.asarray(hearingai.TimeShift().apply(clip, share=[0.4])).tolist()
        [[4.0, 5.0, 1.0, 2.0, 3.0]]
    """

    def __init__(
        self,
        limit: float = 0.4,
        *,
        circular: bool = True,
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.limit = share("limit", limit)
        self.circular = bool(choose("circular", circular, (True, False)))

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `share`, the shift of each clip as a share of its length; positive is later."""
        return {"share": self.uniform((shape[0],), -self.limit, self.limit)}

    def change(self, x: Any, share: Any) -> Any:
        """Shift the clips."""
        samples = ops.shape(x)[-1]
        shift = ops.cast(ops.round(share * ops.cast(samples, "float32")), "int32")
        source = ops.arange(samples, dtype="int32")[None] - shift[:, None]
        shifted = take_samples(x, ops.mod(source, samples))
        if self.circular:
            return shifted
        inside = ops.logical_and(source >= 0, source < samples)
        inside = inside if len(x.shape) == 2 else inside[:, None]
        return ops.where(inside, shifted, ops.zeros_like(shifted))

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"limit": self.limit, "circular": self.circular}
