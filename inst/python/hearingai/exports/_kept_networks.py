"""Networks converted for other runtimes, and which is fastest: files in the cache."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from ..classifier.model import AudioClassifier
from ..runtime.cache import cache_dir
from ..runtime.files import made_folder
from ..version import __version__

_KEPT = 64  # files, those used last


def name_of(classifier: AudioClassifier, *more: object) -> str:
    """A name for what belongs to a classifier, and to what converts and runs it here."""
    told: list[object] = [classifier.fingerprint(), classifier.configuration(), __version__, *more]
    for library in ("onnxruntime", "ai-edge-litert", "tensorflow", "keras"):
        with suppress(metadata.PackageNotFoundError):
            told.append(f"{library} {metadata.version(library)}")
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def home() -> Path:
    """The folder, made if need be."""
    return made_folder(cache_dir() / "networks")


def touch(path: Path) -> None:
    """Note that a file was used."""
    with suppress(OSError):  # in a cache that only others may write
        os.utime(path)


def tidy() -> None:
    """Delete the files of the cache that were not used for longest, beyond its limit."""
    files = []
    for path in home().iterdir():
        with suppress(OSError):  # another process deletes too
            if path.is_file():
                files.append((path.stat().st_mtime, path))
    for _, path in sorted(files)[:-_KEPT]:
        with suppress(OSError):
            path.unlink()
