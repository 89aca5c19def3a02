"""Add background noise to a clip."""

import os
from typing import Any

import keras
import numpy as np
import pandas as pd
from keras import ops

from ..audio.own_rates import has_rate
from ..audio.reading import read_audio
from ..audio.resampling import resample
from ..audio.samples import as_samples, to_float32
from ..errors import HearingAIError
from ..runtime.arguments import check_rate
from .base import Augmentation, per_clip
from .checks import limits


@keras.saving.register_keras_serializable(package="hearingai")
class BackgroundNoise(Augmentation):
    """Add a random stretch of noise to each clip.

    The stretch comes from one of the noise recordings, drawn in proportion to their lengths; a
    recording shorter than the clip is repeated. The noise is scaled to a drawn signal-to-noise
    ratio, the ratio of the mean powers over the clip, or by a drawn `volume`. With `snr_db` a
    silent clip gets no noise; silent noise adds nothing. All channels get the same noise; the sum
    is not clipped to -1...1.

    Args:
        noise: A recording, as a file or as float `(samples,)` in -1...1 at the rate of the clips;
            a list of them; or a table with a column `fname`, such as `background_noise` gives.
            `None` is white noise.
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
            recordings = _recordings(noise, self.sample_rate)
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

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "BackgroundNoise":
        """Rebuild the layer; in a model file the arrays are dicts."""
        noise = [
            keras.saving.deserialize_keras_object(n) if isinstance(n, dict) else n
            for n in config["noise"] or ()
        ]
        return super().from_config(config | {"noise": noise or None})

    def __reduce__(self) -> Any:
        """Pickle the config as it is: Keras would write each sample as text."""
        return self.from_config, (self.get_config(),)


def _rms(x: Any, axes: Any) -> Any:
    return ops.sqrt(ops.mean(ops.square(x), axis=axes, keepdims=True))


def _recordings(noise: Any, sample_rate: int | None) -> list[np.ndarray]:
    if isinstance(noise, pd.DataFrame) and "fname" in noise:
        noise = list(noise["fname"])
    recordings = [
        _read(n, sample_rate) if isinstance(n, (str, os.PathLike)) else _sound(n, sample_rate)
        for n in (noise if isinstance(noise, (list, tuple)) and not has_rate(noise) else [noise])
    ]
    for r in recordings:
        if r.ndim != 1 or not r.size:
            raise HearingAIError(
                "`noise` must be an array of the shape (samples,), a file, a list of them or a "
                f"table with a column `fname`. Received: an array of shape {r.shape}"
            )
    if not recordings:
        raise HearingAIError("`noise` is an empty list; `None` is white noise")
    return [to_float32(r) for r in recordings]


def _sound(noise: Any, sample_rate: int | None) -> np.ndarray:
    """A recording in memory; one that knows its rate is resampled to that of the clips."""
    if not has_rate(noise):
        return as_samples(noise, "noise")
    if sample_rate is None:
        raise HearingAIError("`noise` with its own rate needs `sample_rate`, the rate of the clips")
    return np.atleast_2d(resample(noise, to_rate=sample_rate)).mean(axis=0)


def _read(path: Any, sample_rate: int | None) -> np.ndarray:
    if sample_rate is None:
        raise HearingAIError("`noise` from files needs `sample_rate`, the rate of the clips in Hz")
    return read_audio(path, sample_rate)[0]
