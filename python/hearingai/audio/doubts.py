"""One warning about all recordings that were read although something is wrong with them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import warn

_NAMED = 5  # recordings that a warning names
_lock = threading.Lock()
_open: list[list[tuple[str, str]]] = []  # of the collecting block; readers may be other threads


def doubt(path: object, text: str) -> None:
    """Report a doubt about a recording: to the collecting block, else as a warning."""
    with _lock:
        collecting = _open[0] if _open else None
        if collecting is not None:
            if (str(path), text) not in collecting[-_NAMED:]:  # opened twice, reported once
                collecting.append((str(path), text))
            return
    warn(f"{path} {text}")


@contextmanager
def collected_doubts() -> Iterator[list[tuple[str, str]]]:
    """Collect the doubts that are reported in the block; one warning at the end names them.

    Yields:
        The list of `(path, text)` that collects them.
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
