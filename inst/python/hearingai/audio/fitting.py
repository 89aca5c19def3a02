"""Convert a waveform to a number of channels and a length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._typing import ArrayLike, PathLike
from ..errors import HearingAIError
from ..runtime.arguments import MOST_CHANNELS, check_seed, choose, positive, whole
from .doubts import doubt
from .samples import as_samples, as_waveform, refuse_samples_first, to_float32

_SILENCE = 1e-9  # mean square below which sound is none
_CANCELLED = 0.01  # of the channels' power, in their average


def fit_channels(waveform: ArrayLike, channels: int) -> np.ndarray:
    """Convert a waveform to a number of channels.

    As many channels as wanted stay as they are; otherwise they are averaged into one, and that
    one is repeated.

    Args:
        waveform: `(samples,)` or `(channels, samples)`, float.
        channels: The wanted number.

    Returns:
        float32 of shape `(samples,)` for one channel, else `(channels, samples)`.

    Raises:
        HearingAIError: `channels` is not a positive whole number, or the waveform has another
            shape.

    Example:
        >>> import hearingai
        >>> hearingai.fit_channels([0.5, 1.0], 2).tolist()
        [[0.5, 1.0], [0.5, 1.0]]
        >>> hearingai.fit_channels([[0.5, 1.0], [0.0, 0.5]], 1).tolist()
        [0.25, 0.75]
    """
    channels = positive("channels", channels, whole=True, most=MOST_CHANNELS)
    waveform = to_float32(as_waveform(waveform))
    if waveform.ndim == 2 and channels == len(waveform) > 1:
        return waveform
    one = waveform if waveform.ndim == 1 else waveform.mean(axis=0, dtype="float32")
    return one if channels == 1 else np.tile(one, (channels, 1))


def averaged(sound: np.ndarray, path: PathLike | None = None) -> np.ndarray:
    """The mean of the channels of a recording, which is doubted where they cancel each other.

    Args:
        sound: float32 `(samples, channels)`.
        path: The recording, for the doubt; `None` for sound of no file.

    Returns:
        float32 of shape `(samples,)`.
    """
    mean = sound.mean(axis=1, dtype="float32")
    if path is not None and sound.shape[1] > 1:
        power = np.vdot(sound, sound) / max(1, sound.size)
        if power > _SILENCE and np.vdot(mean, mean) / len(mean) < _CANCELLED * power:
            doubt(path, "has channels that cancel each other: their average is nearly silent")
    return mean


CROPS = ("start", "end", "loudest", "random")
PLACES = ("start", "end", "random")


def fit_length(
    waveform: ArrayLike,
    samples: int,
    *,
    crop: str = "start",
    pad: str = "zero",
    place: str = "start",
    seed: int | Sequence[int] | np.random.Generator | None = None,
) -> np.ndarray:
    """Bring a waveform to an exact length: pad a shorter one, crop a longer one.

    Args:
        waveform: `(..., samples)`, float. Random choices are the same for all its rows.
        samples: The wanted length.
        crop: Which part of a longer waveform to keep: its `"start"`, its `"end"`, the
            `"loudest"`, that of the most energy (the word in a recording with silence around it),
            or a `"random"` one.
        pad: What to pad a shorter one with: `"zero"` for silence, or `"loop"` to repeat the sound.
            An empty waveform is padded with zeros.
        place: Where a shorter one lies within the padding: at the `"start"`, at the `"end"`, or at
            a `"random"` place, with some padding before it and some after.
        seed: Seed of the random choices: a whole number or several (such as a number and the clip's
            position, so that clips differ), a NumPy `Generator`, or `None` for a fresh draw.

    Returns:
        A float32 array of shape `(..., samples)`.

    Raises:
        HearingAIError: `samples` is not a positive whole number, an argument is unknown, or the
            waveform is a single number.

    Example:
        >>> import hearingai
        >>> hearingai.fit_length([1.0, 2.0], 4).tolist()
        [1.0, 2.0, 0.0, 0.0]
        >>> hearingai.fit_length([1.0, 2.0], 5, pad="loop").tolist()
        [1.0, 2.0, 1.0, 2.0, 1.0]
        >>> hearingai.fit_length([0.0, 0.1, 2.0, 3.0, 0.1], 2, crop="loudest").tolist()
        [2.0, 3.0]
    """
    samples = positive("samples", samples, whole=True)
    choose("crop", crop, CROPS)
    choose("pad", pad, ("zero", "loop"))
    choose("place", place, PLACES)
    if isinstance(seed, (list, tuple)) and seed:
        seed = [whole("seed", part) for part in seed]
    elif not (seed is None or isinstance(seed, np.random.Generator)):
        seed = check_seed(seed)
    waveform = to_float32(as_samples(waveform))
    refuse_samples_first(waveform.shape, "waveform")
    if not waveform.ndim:
        raise HearingAIError(f"`waveform` must have shape (..., samples). Received: {waveform}")
    length = waveform.shape[-1]
    if length >= samples:
        first = offset(crop, length - samples, seed, waveform)
        return waveform[..., first : first + samples]
    before = offset(place, samples - length, seed)
    if pad == "loop" and length:
        return waveform[..., (np.arange(samples) - before) % length]
    around = (before, samples - length - before)
    return np.pad(waveform, [(0, 0)] * (waveform.ndim - 1) + [around])


def offset(where: str, room: int, seed: Any = None, waveform: Any = None) -> int:
    """Choose an offset from 0 to `room`, the samples left over."""
    if where == "random":
        return int(np.random.default_rng(seed).integers(room, endpoint=True))
    if where == "loudest" and room:
        energy = np.square(waveform, dtype="float64").reshape(-1, waveform.shape[-1]).sum(axis=0)
        total = np.concatenate([[0.0], np.cumsum(energy)])
        return int(np.argmax(total[-room - 1 :] - total[: room + 1]))
    return room if where == "end" else 0
