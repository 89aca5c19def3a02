"""Front ends of plain arithmetic, as files for other runtimes want them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PORTABLE = ContextVar("portable", default=False)


@contextmanager
def portable() -> Iterator[None]:
    """Let front ends compute with products and sums alone, as long as this lasts.

    Runtimes of exported models have no Fourier transform, or a slow one, and loops keep them from
    arranging the work. So spectra become products with the matrix of the transform, and a batch
    is taken as a whole. The images are the same but for rounding.
    """
    before = _PORTABLE.set(True)
    try:
        yield
    finally:
        _PORTABLE.reset(before)


def is_portable() -> bool:
    """Whether front ends are to keep to plain arithmetic."""
    return _PORTABLE.get()
