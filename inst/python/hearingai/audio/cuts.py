"""Clips that overlap, kept as the sound that they are cut from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Cuts:
    """Clips of equal length, as a sound and the places where they begin in it.

    Clips that overlap have samples in common: what is computed of these is computed once.

    Args:
        sound: `(samples,)` or `(channels, samples)`, float32 in -1...1.
        starts: Where the clips begin, samples: ascending from 0, and each lies within the sound.
        samples: Samples of a clip.

    Example:
        >>> import numpy
        >>> cuts = Cuts(numpy.arange(6, dtype="float32"), numpy.array([0, 2]), 4)
        >>> len(cuts), cuts.clips().tolist(), cuts.are_spaced_by(2)
        (2, [[0.0, 1.0, 2.0, 3.0], [2.0, 3.0, 4.0, 5.0]], True)
    """

    sound: np.ndarray
    starts: np.ndarray
    samples: int

    @staticmethod
    def of(clips: np.ndarray) -> Cuts:
        """Clips `(batch, samples)` or `(batch, channels, samples)`, laid one after the other."""
        n, samples = len(clips), clips.shape[-1]
        sound = clips.reshape(-1) if clips.ndim == 2 else np.concatenate([*clips], axis=-1)
        return Cuts(sound, np.arange(n) * samples, samples)

    def __len__(self) -> int:
        """How many clips there are."""
        return len(self.starts)

    def __iter__(self) -> Iterator[np.ndarray]:
        """Each clip, without a copy."""
        for start in self.starts:
            yield self.sound[..., start : start + self.samples]

    def clips(self) -> np.ndarray:
        """The clips as an array `(batch, samples)`, or `(batch, channels, samples)`."""
        return np.stack([*self])

    def are_spaced_by(self, unit: int) -> bool:
        """Whether the clips begin whole multiples of so many samples apart, and overlap."""
        steps = np.diff(self.starts)
        return bool(len(steps) and (steps % unit == 0).all() and steps.min() < self.samples)


def as_array(clips: Any) -> Any:
    """Clips as an array, if they are `Cuts`."""
    return clips.clips() if isinstance(clips, Cuts) else clips
