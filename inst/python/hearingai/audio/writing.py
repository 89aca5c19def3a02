"""Write sound files, complete or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from .._typing import PathLike, Sounded
from ..errors import HearingAIError
from ..runtime.arguments import LOWEST_RATE, check_rate, choose, path_of
from ..runtime.files import refuse_to_replace, written
from .own_rates import waveform_and_rate
from .samples import as_waveform, warn_of_clipping

_KINDS = {".aif": ("AIFF", None), ".oga": ("OGG", None), ".opus": ("OGG", "OPUS")}


def write_audio(
    waveform: Sounded | PathLike,
    path: PathLike | Sounded,
    sample_rate: int | None = None,
    *,
    subtype: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write a waveform to a file; its ending chooses the format.

    The file appears under its name only when it is complete. The path may come first too.

    Args:
        waveform: `(samples,)` or `(channels, samples)`, float in -1...1 or int16; or a pair of it
            and its rate, as `read_audio` returns it.
        path: The file, ending in .wav, .flac, .ogg, .opus, .mp3 or another that libsndfile writes.
        sample_rate: Hz; `None` where the waveform comes with its own.
        subtype: The encoding, such as `"PCM_16"`, `"PCM_24"` or `"FLOAT"`; `None` takes the
            format's usual one.
        overwrite: Replace `path`.

    Raises:
        HearingAIError: The file exists, its ending names no format that can be written, the folder
            does not exist or cannot be written to, or the waveform is empty, of another type or
            shape, or not finite.

    Warns:
        HearingAIWarning: Samples beyond -1...1 were clipped.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "tone.wav")
        >>> wave = numpy.sin(numpy.arange(16000) / 10)
        >>> hearingai.write_audio(wave, path, 16000, subtype="PCM_24")
        >>> hearingai.audio_info(path)["subtype"]
        'PCM_24'
        >>> hearingai.write_audio(hearingai.read_audio(path), path, overwrite=True)
    """
    if isinstance(waveform, (str, os.PathLike)) and not isinstance(path, (str, os.PathLike)):
        waveform, path = path, waveform
    path = path_of("path", path)
    samples, rate = waveform_and_rate(waveform, sample_rate, "waveform")
    rate = check_rate(rate, low=LOWEST_RATE)
    samples = as_waveform(samples)
    if not samples.size:
        raise HearingAIError(f"`waveform` holds no samples. Received: shape {samples.shape}")
    if samples.ndim == 2 and len(samples) > samples.shape[1]:
        raise HearingAIError(
            "`waveform` must have shape (samples,) or (channels, samples). "
            f"Received: {samples.shape}, more channels than samples"
        )
    channels = 1 if samples.ndim == 1 else len(samples)
    form = sound_format(path, subtype)
    holds_more = form[1] in ("FLOAT", "DOUBLE")  # than -1...1
    refuse_to_replace(path, overwrite)
    with sound_file(path, rate, channels, *form) as file:
        file.write(samples.T if holds_more else np.clip(samples.T, -1, 1))
    if not holds_more:
        warn_of_clipping(float(np.abs(samples).max(initial=0)), "waveform")


def sound_format(
    path: PathLike, subtype: str | None = None, *, argument: str = "path"
) -> tuple[str, str | None]:
    """Return `(format, encoding)` of a file to be written, by its ending, in libsndfile's terms.

    Args:
        path: The file.
        subtype: The encoding; `None` takes the format's usual one, which is `None`
            where libsndfile chooses it.
        argument: What the path is called, for the error.

    Raises:
        HearingAIError: The ending names no format that can be written, the format has no such
            encoding, or there is no folder.
    """
    path = path_of(argument, path)
    kind, usual = _KINDS.get(path.suffix.lower(), (path.suffix[1:].upper(), None))
    if kind not in soundfile.available_formats():
        raise HearingAIError(
            f"`{argument}` must end in a format's name, such as .wav. Received: {path}"
        )
    if not path.parent.is_dir():
        raise HearingAIError(f"cannot write `{path}`: its folder does not exist")
    if subtype is None:
        return kind, usual
    subtype = subtype.upper() if isinstance(subtype, str) else subtype
    return kind, choose("subtype", subtype, tuple(soundfile.available_subtypes(kind)))


def can_write(sample_rate: int, channels: int, format: str, subtype: str) -> bool:
    """Whether libsndfile writes an encoding; it reads some that it names and does not write."""
    try:
        with soundfile.SoundFile(
            io.BytesIO(), "w", sample_rate, channels, format=format, subtype=subtype
        ):
            return True
    except (soundfile.SoundFileError, ValueError):
        return False


@contextmanager
def sound_file(
    path: Path, sample_rate: int, channels: int, format: str, subtype: str | None
) -> Iterator[soundfile.SoundFile]:
    """Yield a `SoundFile` to write to; the file takes its name when it is complete on the disk.

    Args:
        path: The `Path` of the file, see `written`.
        sample_rate: Hz.
        channels: How many.
        format: As `sound_format` says.
        subtype: As `sound_format` says.

    Raises:
        HearingAIError: It cannot be written, or not to its end.
    """
    with written(path) as partial, _Disk(partial, "w+") as disk:
        form = {"format": format, "subtype": subtype}
        try:
            with soundfile.SoundFile(disk, "w", sample_rate, channels, **form) as file:
                yield file
        except Exception as error:  # a full disk does not always raise libsndfile's error
            if disk.error is None and not isinstance(error, soundfile.SoundFileError):
                raise
            raise disk.error or OSError(str(error)) from None
        if disk.error is not None:
            raise disk.error


class _Disk(io.FileIO):
    """A file that stores the system's error: libsndfile gives no reason, and no error on closing.

    Attributes:
        error: The `OSError` of the first write that failed, or `None`.
    """

    error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write all of `data`; returns how much of it is written."""
        done = 0
        try:
            while done < len(data):
                done += super().write(data[done:])
        except OSError as error:
            self.error = self.error or error
        return done
