"""The format of clips, and arrays of sound brought to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..audio.fitting import fit_channels, fit_length
from ..audio.own_rates import has_rate, waveform_and_rate
from ..audio.resampling import resample
from ..audio.samples import as_samples, refuse_samples_first, to_float32, warn_of_clipping
from ..errors import HearingAIError


@dataclass(frozen=True)
class ClipFormat:
    """The format that every recording is converted to.

    Attributes:
        sample_rate: Hz.
        samples: Length in samples.
        channels: 1 averages the channels, 2 repeats a single one.
        crop: Which part of a longer recording is used, see `fit_length`.
    """

    sample_rate: int
    samples: int
    channels: int = 1
    crop: str = "start"

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one clip: `(samples,)`, or `(channels, samples)` of several."""
        return (self.samples,) if self.channels == 1 else (self.channels, self.samples)

    def fit(self, waveform: np.ndarray, seed: int | Sequence[int] | None = None) -> np.ndarray:
        """Convert a waveform of the right rate to the format; `seed` seeds a random crop.

        What is beyond full scale is clipped, as in training, whose clips are stored as int16.
        """
        waveform = fit_channels(waveform, self.channels)
        seed = 0 if seed is None else seed  # a fixed seed: predictions of a recording never differ
        return np.clip(fit_length(waveform, self.samples, crop=self.crop, seed=seed), -1, 1)


def as_waveforms(arrays: Any, clip_format: ClipFormat, own_rate: float | None) -> np.ndarray:
    """Convert arrays of sound to a batch of the format.

    Args:
        arrays: One waveform `(samples,)`, a batch `(n, samples)` or `(n, channels, samples)`, or a
            list of waveforms, which may be `(channels, samples)`, or pairs
            `(waveform, sample_rate)`, which know their rate.
        clip_format: The wanted `ClipFormat`.
        own_rate: The rate of `arrays`, Hz; `None` means it is the format's already.

    Returns:
        float32 `(n, samples)` or `(n, channels, samples)`.
    """
    rate, channels = clip_format.sample_rate, clip_format.channels
    rows = [clip_format.fit(sound) for sound in each_sound(arrays, rate, channels, own_rate)]
    return np.stack(rows) if rows else np.zeros((0, *clip_format.shape), "float32")


def each_sound(
    arrays: Any, sample_rate: int, channels: int, own_rate: float | None
) -> Iterator[np.ndarray]:
    """Yield each of several sounds, checked, in float32 at a rate; see `as_waveforms`.

    Args:
        arrays: Sounds.
        sample_rate: The wanted rate, Hz.
        channels: With 1, an array of two dimensions has a sound in each row.
        own_rate: The rate of `arrays`, Hz; `None` means it is the wanted one already.
    """
    if isinstance(arrays, np.ndarray):
        arrays = np.atleast_2d(as_samples(arrays, "recordings"))
        refuse_samples_first(arrays.shape, "recordings")
    elif has_rate(arrays):
        arrays = [arrays]
    peak = 0.0
    for i, row in enumerate(arrays):
        # Where an entry has rows, these can only be channels.
        alone = has_rate(row) or isinstance(arrays, list) or np.ndim(arrays) == 3
        most = 2 if alone or channels > 1 else 1
        row, rate = waveform_and_rate(row, own_rate, "recordings", item=i + 1)
        row = to_float32(as_samples(row, "recordings", item=i + 1))
        refuse_samples_first(row.shape, "recordings")
        if not 1 <= row.ndim <= most or not row.size:
            wanted = "(samples,)" if most == 1 else "(samples,) or (channels, samples)"
            raise HearingAIError(
                f"each waveform must have the shape {wanted}. Number {i + 1} has {row.shape}"
            )
        peak = max(peak, float(np.abs(row).max()))
        yield resample(row, sample_rate if rate is None else rate, sample_rate)
    warn_of_clipping(peak, "recordings")
