"""Classifiers in other processes: how one is handed over, and opened there."""

from __future__ import annotations

import importlib
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
