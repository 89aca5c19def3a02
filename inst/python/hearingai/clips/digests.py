"""Short hashes of sound, which identify clips, and sets of clips, whatever their file names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


def digests(samples: Iterable[np.ndarray]) -> list[str]:
    """A short hash of the sound of each clip, whatever its file name and its place in the clip."""
    return [digest(row) for row in samples]


def digest(clip: np.ndarray) -> str:
    """A short hash of a clip, the same wherever its sound lies among zeros."""
    sound = _without_silence(clip) if clip.dtype == np.int16 else clip
    return hashlib.sha256(sound.tobytes()).hexdigest()[:10]


def _without_silence(samples: np.ndarray) -> np.ndarray:
    """Samples without the zeros before and after the sound."""
    if samples[..., 0].any() and samples[..., -1].any():
        return samples
    sound = np.flatnonzero(samples.reshape(-1, samples.shape[-1]).any(axis=0))
    return samples[..., sound[0] : sound[-1] + 1] if len(sound) else samples[..., :0]


def fingerprint(digests: Sequence[str], truth: Any) -> str:
    """SHA-256 of the sounds and their classes or labels, see `Store`, in order."""
    hasher = hashlib.sha256("\n".join(digests).encode())
    hasher.update(np.ascontiguousarray(truth, dtype="int64").tobytes())
    return hasher.hexdigest()
