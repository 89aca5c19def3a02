"""eSpeak NG, the synthesiser: found, and run in a child process."""

from __future__ import annotations

import contextlib
import ctypes.util
import functools
import importlib
import os
import shutil
import struct
import tempfile
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..audio.samples import to_float32
from ..errors import HearingAIError
from ..runtime.processes import Child, ChildEndedError

_CHILD = Path(__file__).with_name("_espeak_child.py")
_LONGEST_PATH = 120  # bytes; libespeak-ng stores the path of its data in a buffer of 160


def find_espeak() -> tuple[str, str | None]:
    """Return `(library, data)`: eSpeak NG's shared library and the folder of its voices.

    The `espeakng-loader` package comes first, then the system's library, which knows its own
    data folder (`data` is then `None`).

    Raises:
        HearingAIError: There is neither.
    """
    with contextlib.suppress(ImportError, RuntimeError, OSError):
        loader = importlib.import_module("espeakng_loader")
        library, data = loader.get_library_path(), loader.get_data_path()
        if Path(library).is_file():
            return str(library), str(data)
    library = ctypes.util.find_library("espeak-ng") or ctypes.util.find_library("libespeak-ng")
    if library is None:
        raise HearingAIError(
            "words are spoken by eSpeak NG, which is not installed. Install it by one of:\n"
            '  `pip install "hearingai[demo]"`\n'
            "  `sudo apt install espeak-ng`"
        )
    return library, None


def espeak_version() -> str:
    """Return the version of the eSpeak NG that is used, such as `"1.52.0"`."""
    return _version(*find_espeak())


@functools.lru_cache
def _version(library: str, data: str | None) -> str:
    return _about(library, data)["version"]


def voices() -> list[tuple[str, str]]:
    """Return `(language, name)` of every voice, such as `("en-us", "English (America)")`."""
    return list(_voices(*find_espeak()))


@functools.lru_cache
def _voices(library: str, data: str | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (language, name) for language, name in _about(library, data, voices=True)["voices"]
    )


def phonemes(texts: Sequence[str], voice: str) -> list[str]:
    """Return how a voice says texts, in eSpeak's names of phonemes with `_` between.

    Other languages that it turns to are named in brackets, as in `"(en)_h_@_l_'oU_(ru)"`.

    Raises:
        HearingAIError: eSpeak NG is missing, or has no such voice.
    """
    return _about(*find_espeak(), texts=list(texts), voice=voice)["phonemes"]


def _about(library: str, data: str | None, **asked: Any) -> dict[str, Any]:
    with _child(library, data, 0, [], **asked) as (about, _):
        return about


def speak(jobs: Sequence[tuple], seed: int) -> Generator[tuple[np.ndarray, int], None, None]:
    """Speak texts in a new process; the same jobs and seed give the same sound.

    Args:
        jobs: A list of `(voice, text, speed, pitch, range, seconds)`: an eSpeak voice such as
            `"en-us+f2"`, the text, in which `[[...]]` are phonemes, the speed in words a minute,
            pitch and pitch range in 0...99, and how long it may last.
        seed: Whole number for eSpeak's own random numbers.

    Yields:
        `(waveform, sample_rate)` a job: float32 of shape `(samples,)`.

    Raises:
        HearingAIError: eSpeak NG is missing or ends unexpectedly.
    """
    with _child(*find_espeak(), seed, jobs) as (about, out):
        for _ in jobs:
            (size,) = struct.unpack("<I", _exactly(out, 4))
            yield to_float32(np.frombuffer(_exactly(out, size), "<i2")), about["sample_rate"]


@contextlib.contextmanager
def _child(
    library: str, data: str | None, seed: int, jobs: Sequence[tuple], **asked: Any
) -> Iterator[tuple[dict[str, Any], IO[bytes]]]:
    """Start the process; yields its version and rate, and the pipe of its sounds."""
    with _short_path(data) as voices:
        task = {"library": library, "data": voices, "seed": seed, "jobs": jobs} | asked
        with Child(_CHILD, task) as child:
            try:
                yield child.answer(), child.output
            except (EOFError, ChildEndedError):
                message = child.last_words() or "no message"
                raise HearingAIError(
                    f"eSpeak NG ended unexpectedly (exit status {child.process.returncode}): "
                    f"{message}"
                ) from None


def _exactly(file: IO[bytes], size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data


@contextlib.contextmanager
def _short_path(data: str | None) -> Iterator[str | None]:
    """Yield a path to the folder `data` that libespeak-ng has room for."""
    if data is None or len(os.fsencode(data)) <= _LONGEST_PATH:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="es-") as place:
        short = Path(place) / "d"
        try:
            short.symlink_to(data, target_is_directory=True)
        except (OSError, NotImplementedError):
            shutil.copytree(data, short)
        yield str(short)
