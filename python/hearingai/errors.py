"""The exceptions and the warning of the package."""

from __future__ import annotations

import contextlib
import sys
import warnings
from pathlib import Path
from types import FrameType

_PACKAGE = str(Path(__file__).parent)
_CONTEXTS = contextlib.__file__  # a frame of it is on the stack when a `with` block warns


class HearingAIError(ValueError):
    """An argument or a file cannot be used; the message names it and says what is valid."""


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
    """Keras or its backend cannot be imported."""


class HearingAIWarning(UserWarning):
    """The call succeeds, but its result needs attention."""


def warn(message: str) -> None:
    """Warn, with the line outside the package that made the call."""
    frame: FrameType | None = sys._getframe(1)
    depth = 2
    while frame is not None and frame.f_code.co_filename.startswith((_PACKAGE, _CONTEXTS)):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, HearingAIWarning, stacklevel=depth)
