"""What is doubtful about recordings that are read all the same, in one warning."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import warn

_NAMED = 5  # recordings that a warning names
_lock = threading.Lock()
_open: list[list[tuple[str, str]]] = []  # of whoever collects; readers may be other threads


def doubt(path: object, text: str) -> None:
    """Say what is doubtful about a recording: to whoever collects, else as a warning."""
    with _lock:
        collecting = _open[0] if _open else None
        if collecting is not None:
            if (str(path), text) not in collecting[-_NAMED:]:  # opened twice, told once
                collecting.append((str(path), text))
            return
    warn(f"{path} {text}")


@contextmanager
def collected_doubts() -> Iterator[list[tuple[str, str]]]:
    """Collect what is doubtful while the block runs; one warning names it at the end.

    Yields:
        The list `(path, text)` that it is collected in.
    """
    found: list[tuple[str, str]] = []
    with _lock:
        _open.append(found)
    try:
        yield found
    finally:
        with _lock:
            _open[:] = [each for each in _open if each is not found]
    if found:
        shown = "; ".join(f"{path} {text}" for path, text in found[:_NAMED])
        more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        warn(shown + more)
