"""Classifiers in other processes: how one is handed over, and opened there."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import HearingAIError
from ..runtime.generators import kept_generators

Handed: TypeAlias = dict[str, Any]
"""Plain values: `open`, a function as `"module:name"`, and its `arguments`."""


def handed_over(classifier: Any, folder: Path, name: str = "classifier") -> Handed:
    """What another process needs to open a classifier.

    Args:
        classifier: The classifier.
        folder: A folder that the other process sees; what is in no file yet is saved there.
        name: The start of the names of files in it.

    Raises:
        HearingAIError: It is of a kind that only this process has.
    """
    if not hasattr(classifier, "handed_over"):
        raise HearingAIError(
            f"`classifier` must be one that other processes can open: an AudioClassifier, an "
            f"exported one or an ensemble. Received: {type(classifier).__name__}"
        )
    return classifier.handed_over(folder, name)


def saved(model: Any, path: Path) -> Handed:
    """What another process needs to open a Keras model of ours, which is saved at the path."""
    with kept_generators():
        model.save(path)
    return {"open": "hearingai.classifier.saving:load_classifier", "arguments": {"path": str(path)}}


def opened(handed: Handed) -> Any:
    """Open what `handed_over` returned.

    Raises:
        HearingAIError: It cannot be opened here.
    """
    module, _, name = handed["open"].partition(":")
    return getattr(importlib.import_module(module), name)(**handed["arguments"])


@dataclass(frozen=True)
class Parcel:
    """A classifier as values alone, for machines that do not see the files of this one.

    Attributes:
        handed: What `handed_over` returned, with numbers in the place of paths.
        files: Of each number the files, by their paths below.
    """

    handed: Handed
    files: dict[str, dict[str, bytes]]

    def open(self) -> Any:
        """Open it here."""
        with tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True) as folder:
            for number, files in self.files.items():
                for name, data in files.items():
                    path = Path(folder, number, name)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
            at = {n: str(next(Path(folder, n).iterdir())) for n in self.files}
            return opened(_with_paths(self.handed, at.__getitem__))


def parcel(classifier: Any) -> Parcel | None:
    """Pack a classifier, see `Parcel`; `None` where there is none.

    Raises:
        HearingAIError: It is of a kind that only this process has.
    """
    if classifier is None:
        return None
    files: dict[str, dict[str, bytes]] = {}

    def packed(path: str) -> str:
        number, top = str(len(files)), Path(path)
        below = [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file())
        files[number] = {p.relative_to(top.parent).as_posix(): p.read_bytes() for p in below}
        return number

    with tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True) as folder:
        handed = _with_paths(handed_over(classifier, Path(folder)), packed)
    return Parcel(handed, files)


def _with_paths(value: Any, change: Callable[[str], str]) -> Any:
    """What is handed over, with another `path` wherever a classifier has one."""
    if isinstance(value, list):
        return [_with_paths(one, change) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: change(one) if name == "path" else _with_paths(one, change)
        for name, one in value.items()
    }
