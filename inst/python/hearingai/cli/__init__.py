"""The `hearingai` command: the package's functions at the shell, one file a group of commands."""

# ruff: noqa: F401, I001, in the order of the help
from . import corpora, models, recordings, page, gates, exports, inside, transfer, experiments
from . import (
    detection,
    annotations,
    surveys,
    word_detectors,
    false_alarms,
    calibration,
    runs,
    sharing,
    about,
)
from .root import app, main

__all__ = ["app", "main"]
