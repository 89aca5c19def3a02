"""One warning about all recordings that were read although something is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import TypeVar

from ..errors import first_few, readable, warn

_Result = TypeVar("_Result")


class Doubts:
    """What was doubtful about recordings while they were read.

    Attributes:
        found: Each doubt once: `(path, text, lost)`, whether the recording was read in part.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, bool], None] = {}  # in order; sets have none

    def add(self, path: object, text: str, lost: bool) -> None:
        """Add a doubt; what is known already is reported once."""
        self.found[str(path), text, lost] = None

    def notes(self) -> dict[str, str]:
        """What is missing of the recordings that were read in part, by path."""
        notes: dict[str, str] = {}
        for path, text, lost in self.found:
            if lost:
                notes[path] = f"{notes[path]}; {text}" if path in notes else text
        return notes


# Of a call; calls side by side have their own.
_collecting: ContextVar[Doubts | None] = ContextVar("hearingai_doubts", default=None)


def doubt(path: object, text: str, *, lost: bool = False) -> None:
    """Report a doubt about a recording: to the call that collects, else as a warning.

    Args:
        path: The recording.
        text: A clause, such as "is truncated: 1.00 of 2.00 s are there".
        lost: Whether the recording was read in part.
    """
    collecting = _collecting.get()
    if collecting is None:
        warn(f"{readable(path)} {text}")
    else:
        collecting.add(path, text, lost)


def for_this_call(function: Callable[..., _Result]) -> Callable[..., _Result]:
    """A function for threads, whose doubts belong to the call that gives it to them."""
    context = copy_context()
    return lambda *args: context.copy().run(function, *args)  # one thread a context


@contextmanager
def noted_doubts() -> Iterator[Doubts]:
    """Collect the doubts that are reported in the block, for one who reports them otherwise.

    Yields:
        The `Doubts`.
    """
    doubts = Doubts()
    token = _collecting.set(doubts)
    try:
        yield doubts
    finally:
        _collecting.reset(token)


@contextmanager
def collected_doubts() -> Iterator[Doubts]:
    """Collect the doubts that are reported in the block; one warning at the end names them.

    Inside another such block it is that one's to warn.

    Yields:
        The `Doubts`.
    """
    outer, doubts = _collecting.get(), Doubts()
    try:
        with noted_doubts() as doubts:
            yield doubts
    finally:
        if outer is not None:
            for path, text, lost in list(doubts.found):
                outer.add(path, text, lost)
    if outer is None and doubts.found:
        told = (f"{readable(path)} {text}" for path, text, _ in doubts.found)
        warn(first_few(told, between="; "))
