"""Find eSpeak NG and have a fresh process speak with it."""

import contextlib
import ctypes.util
import functools
import importlib
import json
import os
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import numpy as np

from ..errors import HearingAIError

_CHILD = Path(__file__).with_name("_espeak_child.py")
_LONGEST_PATH = 120  # bytes; libespeak-ng keeps the path of its data in a buffer of 160


def find_espeak():
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
            "spoken_words() needs eSpeak NG, which is not installed. One of these lines mends it:\n"
            '  `pip install "hearingai[demo]"`\n'
            "  `sudo apt install espeak-ng`"
        )
    return library, None


def espeak_version():
    """Return the version of the eSpeak NG that would speak, such as `"1.52.0"`."""
    return _version(*find_espeak())


@functools.lru_cache
def _version(library, data):
    with _child(library, data, 0, []) as (about, _):
        return about["version"]


def speak(jobs, seed):
    """Speak words in a fresh process; the same jobs and seed give the same sound.

    Args:
        jobs: A list of `(voice, word, speed, pitch, range, seconds)`: an eSpeak voice such as
            `"en-us+f2"`, the speed in words a minute, pitch and pitch range in 0...99, and how
            long the word may last.
        seed: Whole number for eSpeak's own random numbers.

    Yields:
        `(waveform, sample_rate)` a job: float32 of shape `(samples,)`.

    Raises:
        HearingAIError: eSpeak NG is missing or ends before its time.
    """
    with _child(*find_espeak(), seed, jobs) as (about, out):
        for _ in jobs:
            (size,) = struct.unpack("<I", _exactly(out, 4))
            sound = np.frombuffer(_exactly(out, size), "<i2")
            yield sound.astype("float32") / 32768, about["sample_rate"]


@contextlib.contextmanager
def _child(library, data, seed, jobs):
    """Start the process; yields what it says of itself and the pipe its sounds come from."""
    task = {"library": library, "seed": seed, "jobs": jobs}
    command = [_python(), "-I", str(_CHILD)]
    pipe = subprocess.PIPE
    with (
        _short_path(data) as task["data"],
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said) as process,
    ):
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(json.dumps(task).encode())
                process.stdin.close()
            yield json.loads(process.stdout.readline()), process.stdout
        except (EOFError, json.JSONDecodeError):
            status = process.wait()
            said.seek(0)
            words = said.read().decode(errors="replace").strip()[-500:]
            raise HearingAIError(
                f"eSpeak NG ended before its time (exit status {status}): {words or 'no message'}"
            ) from None
        finally:
            process.kill()


def _exactly(file, size):
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data


@contextlib.contextmanager
def _short_path(data):
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


def _python():
    """A Python to run the script with; in R's process `sys.executable` may be R."""
    names = (f"python{sys.version_info.major}.{sys.version_info.minor}", "python3", "python.exe")
    places = (sysconfig.get_config_var("BINDIR"), Path(sys.prefix, "bin"), sys.base_prefix)
    candidates = [sys.executable, getattr(sys, "_base_executable", None)]
    candidates += [Path(place, name) for place in places if place for name in names]
    candidates += [shutil.which("python3"), shutil.which("python")]
    for candidate in filter(None, candidates):
        path = Path(candidate)
        if path.name.lower().startswith("python") and path.is_file():
            return str(path)
    raise HearingAIError(
        f"no Python program to run eSpeak NG with was found. `sys.executable` is {sys.executable!r}"
    )
