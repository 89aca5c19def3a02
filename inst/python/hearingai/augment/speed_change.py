"""Play a clip faster or slower."""

from typing import Any

import keras
from keras import ops

from .base import Augmentation, take_samples
from .checks import limits as _limits

BLOCK = 1024  # samples; positions inside a block keep their fractions exact in float32


@keras.saving.register_keras_serializable(package="hearingai")
class SpeedChange(Augmentation):
    """Play each clip faster or slower; its pitch changes too.

    The clip is read at other positions by cubic (Catmull-Rom) interpolation between its samples
    and keeps its length: a slower one is cut at the end, a faster one ends in silence. Played
    faster, frequencies above the Nyquist frequency divided by the speed alias, as there is no
    filter. The interpolation error of a tone is 42 dB below it at an eighth of the sample
    rate and 21 dB below at a quarter (speed 0.95).

    Args:
        limits: Lowest and highest speed; 1 is that of the recording.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `limits` are not above 0, or `probability` is not from 0 to 1.

    Source:
        Ko et al. 2015, "Audio augmentation for speech recognition"; speeds of 0.9 to 1.1.

    Example:
        >>> import hearingai, numpy
        >>> clip = numpy.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
        >>> numpy.asarray(hearingai.SpeedChange().apply(clip, speed=[2.0])).tolist()
        [[1.0, 3.0, 5.0, 0.0, 0.0]]
    """

    def __init__(
        self,
        limits: tuple[float, float] = (0.9, 1.1),
        *,
        probability: float = 1.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.limits = _limits("limits", limits, above=0)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `speed`, one per clip."""
        return {"speed": self.uniform((shape[0],), *self.limits)}

    def change(self, x: Any, speed: Any) -> Any:
        """Read the clips at their speeds."""
        return read_between(x, *positions(ops.shape(x)[-1], speed))

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"limits": self.limits}


def positions(samples: Any, speed: Any) -> tuple[Any, Any]:
    """Where each sample comes from: the sample before it, int32, and the fraction beyond.

    `n * speed` in float32 would be off by a hundredth of a sample after four seconds; computed
    block by block, it is exact.
    """
    n = ops.arange(samples, dtype="int32")[None]
    blocks, rest = n // BLOCK, ops.cast(n % BLOCK, "float32")
    stride = speed[:, None] * BLOCK
    whole_stride = ops.floor(stride)
    left = ops.cast(blocks, "float32") * (stride - whole_stride) + rest * speed[:, None]
    whole_left = ops.floor(left)
    at = blocks * ops.cast(whole_stride, "int32") + ops.cast(whole_left, "int32")
    return at, left - whole_left


def read_between(x: Any, at: Any, part: Any) -> Any:
    """Values between samples by cubic (Catmull-Rom) interpolation; 0 from the end on.

    Args:
        x: Waveforms, `(batch, samples)` or `(batch, channels, samples)`.
        at: Samples before the places to read, int32 `(batch, n)`, from 0.
        part: What the places are beyond them, from 0 to 1, `(batch, n)`.
    """
    samples = ops.shape(x)[-1]
    inside = at < samples
    if len(x.shape) == 3:
        part, inside = part[:, None], inside[:, None]
    before, here, next_, after = (
        take_samples(x, ops.clip(at + step, 0, samples - 1)) for step in (-1, 0, 1, 2)
    )
    bend = 2 * before - 5 * here + 4 * next_ - after
    twist = 3 * (here - next_) + after - before
    value = here + 0.5 * part * (next_ - before + part * (bend + part * twist))
    return ops.where(inside, value, ops.zeros_like(value))
