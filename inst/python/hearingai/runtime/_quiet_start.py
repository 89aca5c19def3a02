"""The start of Keras without the two lines that TensorFlow writes whenever it is loaded."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

_AT_EVERY_START = (b"before absl::InitializeLog() is called", b"oneDNN custom operations are on")
_starting = threading.Lock()


@contextmanager
def quiet_start() -> Iterator[None]:
    """Leave the two lines out.

    They bypass Python and come before TensorFlow reads its log level, so standard error itself is
    redirected to a file. What else is in it is shown at the end, also after an error; only a crash
    loses it. With TF_CPP_MIN_LOG_LEVEL=0 everything is shown, and at once.
    """
    loud = os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0"
    # A second thread would save the first one's file as standard error, and restore that.
    if loud or not _starting.acquire(blocking=False):
        yield
        return
    try:
        swapped = _swap()
        try:
            yield
        finally:
            if swapped is not None:
                _put_back(*swapped)
    finally:
        _starting.release()


def _swap() -> tuple[int, IO[bytes]] | None:
    """Redirect standard error to a file; returns `(standard error, file)`.

    `None` where the program has no standard error, or no folder for such a file.
    """
    try:
        stderr = os.dup(2)
    except OSError:
        return None
    try:
        said = tempfile.TemporaryFile()  # noqa: SIM115
    except OSError:
        os.close(stderr)
        return None
    os.dup2(said.fileno(), 2)
    return stderr, said


def _put_back(stderr: int, said: IO[bytes]) -> None:
    os.dup2(stderr, 2)
    os.close(stderr)
    with (
        said,
        suppress(OSError),
        open(2, "wb", closefd=False) as shown,
    ):  # standard error may be closed
        said.seek(0)
        shown.writelines(line for line in said if not any(w in line for w in _AT_EVERY_START))
