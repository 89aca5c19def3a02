"""Front ends in plain arithmetic, for exported files."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PORTABLE = ContextVar("portable", default=False)


@contextmanager
def portable() -> Iterator[None]:
    """Make front ends compute with products and sums alone, within this context.

    Runtimes of exported models have no Fourier transform, or a slow one, and cannot optimise
    loops. So spectra are products with the matrices of the transform, and a batch is computed as
    a whole. The images are the same but for rounding.
    """
    before = _PORTABLE.set(True)
    try:
        yield
    finally:
        _PORTABLE.reset(before)


def is_portable() -> bool:
    """Whether front ends are to compute in plain arithmetic."""
    return _PORTABLE.get()
