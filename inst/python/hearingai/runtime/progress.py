"""One progress bar for all functions: on a terminal if the work is slow, or by a callback."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .._typing import Progress
from .arguments import flag

_QUIET_SECONDS = 2
_PAUSE = 0.2  # seconds between two calls of a function


@contextmanager
def progress_bar(
    text: str, total: float | None, progress: Progress = None
) -> Iterator[Callable[..., object]]:
    """Show the progress of some work.

    Args:
        text: What is being done.
        total: Steps in all; `None` where it is not known.
        progress: `True` or `False`; `None` shows a bar on a terminal or in a notebook only; a
            function is called with `(done, total, text)`, at most five times a second.

    Yields:
        A function `bar(done, text=None)`.
    """
    if progress is not None and not callable(progress):
        progress = flag("progress", progress)
    if callable(progress):
        yield _Throttled(progress, text, total)
        return
    with ProgressBar(text, total, show=progress) as bar:
        yield bar.update


def someone_looks() -> bool:
    """Whether standard error is a terminal or a notebook."""
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())


class ProgressBar:
    """A bar on standard error, drawn once the work has taken two seconds.

    Args:
        text: What is going on, in a few words.
        total: How much there is to do; `None` where it is not known.
        size: Whether the amounts are bytes.
        show: Whether to draw; `None` draws on a terminal or in a notebook only.
    """

    def __init__(
        self, text: str, total: float | None = None, size: bool = False, show: bool | None = None
    ) -> None:
        self.done: float = 0
        self.total, self.text, self._size = total, text, size
        self._show = someone_looks() if show is None else bool(show)
        self._bar: Any = None
        self._begin = time.monotonic()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, done: float, text: str | None = None) -> None:
        """Set the total amount done."""
        self.done, self.text = done, self.text if text is None else text
        if not self._show:
            return
        if self._bar is None and time.monotonic() - self._begin > _QUIET_SECONDS:
            self._start()
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=self.total, description=self.text)

    def advance(self) -> None:
        """Count one more as done."""
        self.update(self.done + 1)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        amount = DownloadColumn() if self._size else TextColumn("{task.percentage:>3.0f}%")
        console = Console(stderr=True)
        # The text of a training, with its validation, is 55 wide, the rest 13.
        bar = BarColumn(bar_width=max(5, min(40, console.width - 70)))
        columns = (TextColumn("{task.description}"), bar, amount, TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task(self.text, total=self.total)
        self._bar.start()


class _Throttled:
    def __init__(
        self, function: Callable[[float, float | None, str], object], text: str, total: float | None
    ) -> None:
        self.function, self.text, self.total, self.last = function, text, total, -math.inf

    def __call__(self, done: float, text: str | None = None) -> None:
        self.text = self.text if text is None else text
        now, ends = time.monotonic(), self.total is not None and done >= self.total
        if now - self.last >= _PAUSE or ends:
            self.last = now
            self.function(done, self.total, self.text)
