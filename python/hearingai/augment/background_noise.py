"""Lay noise under a clip."""

import keras
import numpy as np
from keras import ops

from ..errors import HearingAIError
from .base import Augmentation, per_clip
from .checks import limits


@keras.saving.register_keras_serializable(package="hearingai")
class BackgroundNoise(Augmentation):
    """Add a random stretch of noise to each clip.

    The stretch comes from one of the noise recordings, drawn in proportion to their lengths; a
    recording shorter than the clip is repeated. The noise is scaled to a drawn signal-to-noise
    ratio, the ratio of the mean powers over the clip, or by a drawn `volume`. A silent clip gets
    no noise by ratio, silent noise none at all. All channels get the same noise; the sum is not
    cut off at -1 and 1.

    Args:
        noise: One recording, float `(samples,)` in -1...1 at the rate of the clips, or a list of
            them; `None` is white noise. It is not part of the layer's config: a layer rebuilt
            from that has white noise until it is made with recordings again.
        snr_db: Lowest and highest signal-to-noise ratio, dB; one number is that ratio for all.
        volume: Lowest and highest factor of the noise; takes the place of `snr_db` where given.
        probability: Share of the clips that get noise.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `noise` holds something other than finite float recordings of one channel,
            or another argument is out of range.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.BackgroundNoise(snr_db=20)
        >>> mixed = layer.apply(numpy.ones((1, 3)), noise=[[1.0, -1.0, 1.0]], snr_db=[20.0])
        >>> print(numpy.asarray(mixed))
        [[1.1 0.9 1.1]]
    """

    def __init__(
        self, noise=None, snr_db=(0, 20), volume=None, probability=0.5, seed=None, **kwargs
    ):
        super().__init__(probability, seed, **kwargs)
        self.snr_db = limits("snr_db", snr_db)
        self.volume = None if volume is None else limits("volume", volume, lowest=0)
        self._pool = None
        if noise is not None:
            recordings = _recordings(noise)
            lengths = np.array([len(r) for r in recordings], "int32")
            self._total = int(lengths.sum())
            # Tensors made here enter a compiled step as its inputs, not as a part of its code.
            self._lengths = ops.convert_to_tensor(lengths)
            self._ends = ops.convert_to_tensor(np.cumsum(lengths).astype("int32"))
            self._pool = ops.convert_to_tensor(np.concatenate(recordings))

    def parameters(self, shape):
        """Draw `noise`, the stretch for each clip, and its `snr_db` or `volume`."""
        batch, samples = shape[0], shape[-1]
        if self._pool is None:
            noise = keras.random.normal((batch, samples), dtype="float32", seed=self.seed_generator)
        else:
            noise = self._stretch(batch, samples)
        name = "snr_db" if self.volume is None else "volume"
        return {"noise": noise, name: self.uniform((batch,), *getattr(self, name))}

    def change(self, x, noise, snr_db=None, volume=None):
        """Add the noise to the clips."""
        noise = noise if len(x.shape) == 2 else noise[:, None]
        if volume is None:
            axes = tuple(range(1, len(x.shape)))
            rms, noise_rms = _rms(x, axes), ops.maximum(_rms(noise, axes), 1e-15)
            volume = rms / noise_rms * per_clip(10.0 ** (-snr_db / 20), x)
        return x + noise * per_clip(volume, x)

    def _stretch(self, batch, samples):
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

    def get_config(self):
        """Arguments that rebuild the layer, without the noise."""
        return super().get_config() | {
            "noise": None,
            "snr_db": self.snr_db,
            "volume": self.volume,
        }


def _rms(x, axes):
    return ops.sqrt(ops.mean(ops.square(x), axis=axes, keepdims=True))


def _recordings(noise):
    recordings = [np.asarray(n) for n in (noise if isinstance(noise, (list, tuple)) else [noise])]
    for r in recordings:
        if r.ndim != 1 or not r.size or r.dtype.kind != "f" or not np.isfinite(r).all():
            raise HearingAIError(
                "`noise` must be a float array of finite numbers with the shape (samples,), or a "
                f"list of them. Received: {r.dtype} with the shape {r.shape}"
            )
    if not recordings:
        raise HearingAIError("`noise` is an empty list; None is white noise")
    return [r.astype("float32") for r in recordings]
