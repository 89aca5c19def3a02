"""What libsndfile decodes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import soundfile

from ..runtime.remote_files import RemoteFile, Source, open_binary, size_of
from ._sections import Part, Section, Spliced
from ._sound import BrokenSoundError

_MP3_LEAD = 40_000  # samples; an mp3 frame may use bits of some thirty frames before it
_FRAMES = {"MPEG_LAYER_III": 1152, "GSM610": 320, "IMA_ADPCM": 4096, "MS_ADPCM": 4096}  # samples
_UNKNOWN = 2**62  # samples; the number in files that were written to a stream


class _Forward(soundfile.SoundFile):
    """A file that cannot seek: else soundfile seeks after each block, and an mp3 loses bits."""

    def seekable(self) -> bool:
        return False


@contextmanager
def open_sndfile(path: Source, section: Section) -> Iterator[SndfileSound]:
    """Open a section of a file, without its name: by some endings libsndfile guesses a format.

    Raises:
        BrokenSoundError: libsndfile does not know it.
    """
    with ExitStack() as stack:
        source: Any
        here = path.here() if isinstance(path, RemoteFile) else path
        if here is path and str(path).lower().endswith(".sd2"):  # its header is beside it
            source = os.fsencode(path) if os.name == "posix" else os.fspath(path)
        elif section.parts or here is None or os.name != "posix":
            source = stack.enter_context(Spliced(path, section.parts or _all_of(path)))
        else:
            source = stack.enter_context(open(here, "rb", buffering=0)).fileno()
        with _refused():
            sound = stack.enter_context(_Forward(source, closefd=False))
        yield SndfileSound(sound, section)


class SndfileSound:
    """A `Sound`, made by `open_sndfile`."""

    def __init__(self, sound: soundfile.SoundFile, section: Section) -> None:
        self._sound = sound
        self.sample_rate, self.channels = sound.samplerate, sound.channels
        self.format, self.subtype = sound.format, sound.subtype
        self.samples: int | None = section.samples
        if section.samples is None:
            self.samples = sound.frames if sound.frames < _UNKNOWN else None
        coded = self.format in ("WAV", "WAVEX", "W64")  # less than a frame
        self.slack = _FRAMES.get(self.subtype, 1) - 1 if coded else 0

    def go_to(self, place: int, size: int) -> None:
        """Go to a sample; where seeking is impossible, samples are read and dropped."""
        drop = place
        if soundfile.SoundFile.seekable(self._sound):
            drop = min(place, _MP3_LEAD) if self.format == "MP3" else 0
            if place:
                with _refused():
                    self._sound.seek(place - drop)
        while drop:
            drop -= len(self.read(min(size, drop))) or drop

    def read(self, size: int) -> np.ndarray:
        """At most so many samples, float32 `(samples, channels)`; none at the end."""
        with _refused():
            return self._sound.read(size, dtype="float32", always_2d=True)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except soundfile.SoundFileError as error:
        raise BrokenSoundError(_reason(error)) from None


def _all_of(path: Source) -> tuple[Part, ...]:
    with open_binary(path) as file:
        return ((0, size_of(file)),)


def _reason(error: Exception) -> str:
    text = getattr(error, "error_string", None) or str(error)
    if "does not exist" in text:  # libsndfile's text for what begins like an mp3 but is not one
        text = "format not recognised"
    text = text.split(": ")[-1].strip().rstrip(".")
    return f"is not audio that can be read ({text[0].lower()}{text[1:]})"
