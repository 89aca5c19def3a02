"""The one family of exceptions and warnings."""

from __future__ import annotations

import contextlib
import sys
import warnings
from pathlib import Path
from types import FrameType

_PACKAGE = str(Path(__file__).parent)
_CONTEXTS = contextlib.__file__  # lies between us when a block warns at its begin or end


class HearingAIError(ValueError):
    """Something given to hearingai cannot be used; the message says what, and what would do."""


class AudioFileError(HearingAIError):
    """A recording cannot be read.

    Attributes:
        path: The file, as it was given.
        reason: Why it cannot be read, in a few words.
    """

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = str(path)
        self.reason = reason


class MissingBackendError(HearingAIError, ImportError):
    """Keras, or the library that it computes with, cannot be imported."""


class HearingAIWarning(UserWarning):
    """The work goes on, but its result deserves a second look."""


def warn(message: str) -> None:
    """Warn, naming the line outside the package that led here."""
    frame: FrameType | None = sys._getframe(1)
    depth = 2
    while frame is not None and frame.f_code.co_filename.startswith((_PACKAGE, _CONTEXTS)):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, HearingAIWarning, stacklevel=depth)
