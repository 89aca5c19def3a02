"""Add background noise to a clip."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ..runtime.arguments import check_rate
from .base import per_clip
from .checks import limits
from .recordings import HoldsRecordings, recordings_of


@keras.saving.register_keras_serializable(package="hearingai")
class BackgroundNoise(HoldsRecordings):
    """Add a random stretch of noise to each clip.

    The stretch comes from one of the noise recordings, drawn in proportion to their lengths; a
    recording shorter than the clip is repeated. The noise is scaled to a drawn signal-to-noise
    ratio, the ratio of the mean powers over the clip, or by a drawn `volume`. With `snr_db` a
    silent clip gets no noise; silent noise adds nothing. All channels get the same noise; the sum
    is not clipped to -1...1.

    Args:
        noise: A recording, as a file or as float `(samples,)` in -1...1 at the rate of the clips;
            a folder of files; a list of them; or a table with a column `fname`, such as
            `background_noise` gives. `None` is white noise.
        snr_db: Lowest and highest signal-to-noise ratio, dB; one number is that ratio for all.
        volume: Lowest and highest factor of the noise; takes the place of `snr_db` where given.
        sample_rate: Rate of the clips, Hz, at which files are read. In training, an augmentation
            given by name gets it from the classifier.
        probability: Share of the clips that get noise.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `noise` holds something other than finite float recordings of one channel
            and files, a file cannot be read or comes without `sample_rate`, or another argument
            is out of range.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.BackgroundNoise(snr_db=20)
        >>> mixed = layer.apply(numpy.ones((1, 3)), noise=[[1.0, -1.0, 1.0]], snr_db=[20.0])
        >>> print(numpy.asarray(mixed))
        [[1.1 0.9 1.1]]
        >>> noise = hearingai.background_noise("speech_commands")  # doctest: +SKIP
        >>> augment = [("background_noise", {"noise": noise})]  # doctest: +SKIP
        >>> hearingai.fit("speech-commands", clips, augment=augment)  # doctest: +SKIP
    """

    def __init__(
        self,
        noise: Any = None,
        snr_db: float | tuple[float, float] = (0, 20),
        *,
        volume: float | tuple[float, float] | None = None,
        sample_rate: int | None = None,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.snr_db = limits("snr_db", snr_db)
        self.volume = None if volume is None else limits("volume", volume, lowest=0)
        self.sample_rate = sample_rate
        if sample_rate is not None:
            self.sample_rate = check_rate(sample_rate)
        self._pool = None
        if noise is not None:
            recordings = recordings_of("noise", noise, self.sample_rate)
            lengths = np.array([len(r) for r in recordings], "int32")
            self._total = int(lengths.sum())
            # As tensors they are inputs of a compiled step, not constants in it.
            self._lengths = ops.convert_to_tensor(lengths)
            self._ends = ops.convert_to_tensor(np.cumsum(lengths).astype("int32"))
            self._pool = ops.convert_to_tensor(np.concatenate(recordings))

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `noise`, the stretch for each clip, and its `snr_db` or `volume`."""
        batch, samples = shape[0], shape[-1]
        if self._pool is None:
            noise = keras.random.normal((batch, samples), dtype="float32", seed=self.seed_generator)
        else:
            noise = self._stretch(batch, samples)
        name = "snr_db" if self.volume is None else "volume"
        return {"noise": noise, name: self.uniform((batch,), *getattr(self, name))}

    def change(self, x: Any, noise: Any, snr_db: Any = None, volume: Any = None) -> Any:
        """Add the noise to the clips."""
        noise = noise if len(x.shape) == 2 else noise[:, None]
        if volume is None:
            axes = tuple(range(1, len(x.shape)))
            rms, noise_rms = _rms(x, axes), ops.maximum(_rms(noise, axes), 1e-15)
            volume = rms / noise_rms * per_clip(10.0 ** (-snr_db / 20), x)
        return x + noise * per_clip(volume, x)

    def _stretch(self, batch: Any, samples: Any) -> Any:
        """Draw a stretch of the recordings for each clip, `(batch, samples)`."""
        at = self.whole((batch,), self._total)
        recording = ops.sum(ops.cast(at[:, None] >= self._ends[None], "int32"), axis=1)
        length = ops.take(self._lengths, recording)
        starts = ops.where(length >= samples, length - samples + 1, length)
        start = self.whole((batch,), starts)
        inside = ops.mod(start[:, None] + ops.arange(samples, dtype="int32"), length[:, None])
        return ops.take(
            self._pool, ops.take(self._ends, recording)[:, None] - length[:, None] + inside
        )

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer, the noise as a list of arrays."""
        noise = None
        if self._pool is not None:
            ends = ops.convert_to_numpy(self._ends)
            noise = np.split(ops.convert_to_numpy(self._pool), ends[:-1])
        return super().get_config() | {
            "noise": noise,
            "snr_db": self.snr_db,
            "volume": self.volume,
            "sample_rate": self.sample_rate,
        }


def _rms(x: Any, axes: Any) -> Any:
    return ops.sqrt(ops.mean(ops.square(x), axis=axes, keepdims=True))
