"""Add synthetic noise of a random colour to a clip."""

from typing import Any

import keras
from keras import ops

from .base import Augmentation, per_clip
from .checks import limits


@keras.saving.register_keras_serializable(package="hearingai")
class ColouredNoise(Augmentation):
    """Add noise whose power falls with the frequency as `1 / f ** slope`.

    White noise has the slope 0, pink noise 1, brown noise 2. The noise is scaled to a drawn
    signal-to-noise ratio, the ratio of the mean powers over the clip; a silent clip gets none. All
    channels get the same noise; the sum is not clipped to -1...1.

    Args:
        snr_db: Lowest and highest signal-to-noise ratio, dB; one number is that ratio for all.
        slope: Lowest and highest slope; one number is that slope for all.
        probability: Share of the clips that get noise.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: An argument is out of range.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.augment.ColouredNoise()
        >>> noise = [[1.0, -1.0, 1.0, -1.0]]
        >>> mixed = layer.apply(numpy.ones((1, 4)), noise=noise, slope=[0.0], snr_db=[20.0])
        >>> print(numpy.asarray(mixed).round(3))
        [[1.1 0.9 1.1 0.9]]
    """

    def __init__(
        self,
        snr_db: float | tuple[float, float] = (0, 30),
        slope: float | tuple[float, float] = (0, 1.2),
        *,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.snr_db = limits("snr_db", snr_db)
        self.slope = limits("slope", slope, lowest=0)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw white `noise` for each clip, its `slope` and its `snr_db`."""
        batch = shape[0]
        noise = keras.random.normal((batch, shape[-1]), dtype="float32", seed=self.seed_generator)
        slope = self.uniform((batch,), *self.slope)
        return {"noise": noise, "slope": slope, "snr_db": self.uniform((batch,), *self.snr_db)}

    def change(self, x: Any, noise: Any, slope: Any, snr_db: Any) -> Any:
        """Colour the noise and add it to the clips."""
        noise = coloured(noise, slope)
        noise = noise if len(x.shape) == 2 else noise[:, None]
        axes = tuple(range(1, len(x.shape)))
        power = ops.mean(ops.square(x), axis=axes, keepdims=True)
        of_noise = ops.mean(ops.square(noise), axis=axes, keepdims=True)
        ratio = power / ops.maximum(of_noise, 1e-30) * per_clip(10.0 ** (-snr_db / 10), x)
        return x + noise * ops.sqrt(ratio)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"snr_db": self.snr_db, "slope": self.slope}


def coloured(noise: Any, slope: Any) -> Any:
    """White noise `(batch, samples)` with its spectrum tilted; the mean stays out of it."""
    samples = noise.shape[-1]
    real, imaginary = ops.rfft(noise)
    place = ops.arange(samples // 2 + 1, dtype="float32")
    gain = ops.maximum(place, 1.0)[None] ** (-slope[:, None] / 2)
    gain = gain * ops.cast(place > 0, "float32")
    return ops.irfft((real * gain, imaginary * gain), fft_length=samples)
