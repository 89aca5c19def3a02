"""One recording: read and written.

A waveform is a float32 array in -1...1, of shape `(samples,)` when mono.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import ArrayLike, PathLike
from ..errors import HearingAIError
from ..runtime.arguments import (
    LOWEST_RATE,
    MOST_CHANNELS,
    check_rate,
    flag,
    number,
    path_of,
    positive,
)
from .blocks import open_blocks
from .fitting import averaged, fit_channels
from .resampling import resample
from .samples import as_waveform
from .writing import sound_file, sound_format

_AT_ONCE = 2**24  # values


def audio_info(path: PathLike, *, partial: bool = False) -> dict[str, Any]:
    """Describe a recording without decoding it.

    Args:
        path: An audio file: wav, flac, ogg, opus, mp3, aiff and what else libsndfile reads.
        partial: Describe what is there of a truncated file, with a warning.

    Returns:
        A dict with `sample_rate` (Hz), `channels`, `samples` (per channel), `duration`
        (seconds), `format` and `subtype`; `samples` and `duration` are `None` where the file does
        not have them, such as a FLAC that was written to a stream.

    Raises:
        AudioFileError: The file is missing, a directory, empty, truncated or not audio.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.wav")
        >>> hearingai.write_audio(path, numpy.zeros(8000), 16000)
        >>> hearingai.audio_info(path)["duration"]
        0.5
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
    """Read a recording, or a part of it, as float32 in -1...1.

    Only the wanted part is decoded, so a second of a day-long file costs a second's memory.

    Args:
        path: An audio file of any rate, bit depth, channel count and length.
        sample_rate: Rate in Hz to resample to (soxr, high quality); `None` keeps the file's own.
        mono: Average the channels into one.
        start: Where to begin, in seconds.
        duration: How much to read, in seconds; `None` reads to the end.
        channels: How many channels to return, as by `fit_channels`; overrides `mono` when given.
        partial: Read what is there of a file that is truncated or damaged, with a warning that
            says how much that is; otherwise it is an error.

    Returns:
        `(waveform, sample_rate)`; the waveform has shape `(samples,)`, or `(channels, samples)`
        with `mono=False` or with `channels` of 2 or more.

    Raises:
        AudioFileError: The file is missing, a directory, empty, truncated, not audio, or holds
            values that are not finite.
        HearingAIError: An argument is out of range.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "tone.wav")
        >>> hearingai.write_audio(path, numpy.sin(numpy.arange(44100) / 10), 44100)
        >>> waveform, rate = hearingai.read_audio(path, sample_rate=16000)
        >>> waveform.shape, rate
        ((16000,), 16000)
        >>> hearingai.read_audio(path, channels=2)[0].shape
        (2, 44100)
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


def write_audio(
    path: PathLike, waveform: ArrayLike, sample_rate: int, *, subtype: str | None = None
) -> None:
    """Write a waveform to a file; its ending chooses the format.

    The file appears under its name only when it is complete.

    Args:
        path: The file, ending in .wav, .flac, .ogg, .opus, .mp3 or another that libsndfile writes.
        waveform: `(samples,)` or `(channels, samples)`, float in -1...1 or int16; beyond that is
            clipped.
        sample_rate: Hz.
        subtype: The encoding, such as `"PCM_16"`, `"PCM_24"` or `"FLOAT"`; `None` takes the
            format's usual one.

    Raises:
        HearingAIError: The ending names no format that can be written, the folder does not exist
            or cannot be written to, or the waveform is of another type or shape, or not finite.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "tone.wav")
        >>> wave = numpy.sin(numpy.arange(16000) / 10)
        >>> hearingai.write_audio(path, wave, 16000, subtype="PCM_24")
        >>> hearingai.audio_info(path)["subtype"]
        'PCM_24'
    """
    path = path_of("path", path)
    sample_rate = check_rate(sample_rate, low=LOWEST_RATE)
    waveform = as_waveform(waveform)
    if waveform.ndim == 2 and len(waveform) > waveform.shape[1]:
        raise HearingAIError(
            "`waveform` must have shape (samples,) or (channels, samples). "
            f"Received: {waveform.shape}, more channels than samples"
        )
    channels = 1 if waveform.ndim == 1 else len(waveform)
    with sound_file(path, sample_rate, channels, *sound_format(path, subtype)) as file:
        file.write(np.clip(waveform.T, -1, 1))
