"""One recording: described and read.

A waveform is a float32 array in -1...1, of shape `(samples,)` when mono.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import PathLike
from ..runtime.arguments import (
    MOST_CHANNELS,
    check_rate,
    flag,
    number,
    positive,
)
from .blocks import open_blocks
from .fitting import averaged, fit_channels
from .resampling import resample

_AT_ONCE = 2**24  # values
_BLOCK = 2**18  # samples


def audio_info(path: PathLike, *, partial: bool = False) -> dict[str, Any]:
    """Describe a recording without decoding it, see `hearingai.audio_info`.

    Args:
        path: An audio file.
        partial: Describe what is there of a truncated file, with a warning.

    Returns:
        A dict with `sample_rate` (Hz), `channels`, `samples` (per channel), `duration`
        (seconds), `format` and `subtype`; `samples` and `duration` are `None` where the file does
        not have them.

    Raises:
        AudioFileError: The file is missing, a directory, empty, truncated or not audio.
    """
    with open_blocks(path, partial=partial) as sound:
        samples, rate = sound.samples, sound.sample_rate
        return {
            "sample_rate": rate,
            "channels": sound.channels,
            "samples": samples,
            "duration": None if samples is None else samples / rate,
            "format": sound.format,
            "subtype": sound.subtype,
        }


def seconds_in(path: PathLike, *, partial: bool = False) -> float:
    """The length of a recording in seconds: as its header says, else by reading it to its end.

    Args:
        path: An audio file.
        partial: Measure what is there of a truncated or damaged file.

    Raises:
        AudioFileError: The file cannot be read.
    """
    with open_blocks(path, partial=partial) as sound:
        samples = sound.samples
        if samples is None:
            samples = sum(len(block) for block in sound.read(_BLOCK))
        return samples / sound.sample_rate


def read_audio(
    path: PathLike,
    sample_rate: int | None = None,
    *,
    mono: bool = True,
    start: float = 0.0,
    duration: float | None = None,
    channels: int | None = None,
    partial: bool = False,
) -> tuple[np.ndarray, int]:
    """Read a recording, or a part of it, as float32 in -1...1, see `hearingai.read_audio`.

    Args:
        path: An audio file.
        sample_rate: Rate in Hz to resample to; `None` keeps the file's own.
        mono: Average the channels into one.
        start: Where to begin, in seconds.
        duration: How much to read, in seconds; `None` reads to the end.
        channels: How many channels to return, as by `fit_channels`; overrides `mono` when given.
        partial: Read what is there of a file that is truncated or damaged, with a warning.

    Returns:
        `(waveform, sample_rate)`; the waveform has shape `(samples,)`, or `(channels, samples)`
        with `mono=False` or with `channels` of 2 or more.

    Raises:
        AudioFileError: The file cannot be read, or holds values that are not finite.
        HearingAIError: An argument is out of range.
    """
    if sample_rate is not None:
        sample_rate = check_rate(sample_rate)
    if channels is not None:
        channels = positive("channels", channels, whole=True, most=MOST_CHANNELS)
    start, mono = number("start", start, low=0), flag("mono", mono)
    data, own_rate = _decode(path, start, duration, partial)
    one = mono if channels is None else channels != data.shape[1]
    waveform = averaged(data, path) if one else np.ascontiguousarray(data.T)
    if sample_rate is not None:
        waveform = resample(waveform, own_rate, sample_rate)
    if channels is not None:  # after resampling, so that a repeated channel is resampled once
        waveform = fit_channels(waveform, channels)
    return waveform, sample_rate or own_rate


def _decode(
    path: PathLike, start: float, duration: float | None, partial: bool
) -> tuple[np.ndarray, int]:
    """Return `(data, sample_rate)`: float32 of shape `(samples, channels)`."""
    with open_blocks(path, start, duration, partial=partial) as sound:
        # A header may declare more than fits into memory.
        size = min(sound.samples or _AT_ONCE, max(1, _AT_ONCE // sound.channels))
        blocks = list(sound.read(size))
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks), sound.sample_rate
