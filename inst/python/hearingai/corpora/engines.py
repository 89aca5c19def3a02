"""Who does the shards of a run: this process, processes of this machine, or others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol, TypeAlias

from ..runtime.places import Place
from .jobs import Job, Outcome, ShardWorker, Task

TellOf: TypeAlias = Callable[[Task, float], object]
"""Is told, now and then, the seconds of sound that are done of a task."""


class Engine(Protocol):
    """Does tasks; a context manager, which ends what it began however its block ends.

    An error that is raised in the work (`HearingAIError`) is raised by `work`. Where a process
    ends that does a task, its outcome says so, and the caller decides what becomes of the task.
    """

    def __enter__(self) -> Engine:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """End all that was begun, at once."""

    def work(self, tasks: Iterable[Task], tell: TellOf) -> Iterator[Outcome]:
        """Do tasks and yield what became of each, in any order.

        Args:
            tasks: The tasks; it may be called again, with others, when these are done.
            tell: Called in this thread only.
        """


class Serial:
    """Does one task after the other in this process.

    Args:
        job: The `Job`.
        place: The run's folder.
        classifier: The classifier.
    """

    def __init__(self, job: Job, place: Place, classifier: Any) -> None:
        self._worker = ShardWorker(job, place, classifier)

    def __enter__(self) -> Serial:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def work(self, tasks: Iterable[Task], tell: TellOf) -> Iterator[Outcome]:
        """Do tasks and yield what became of each, in their order."""
        for task in tasks:
            yield self._worker.do(task, partial(tell, task))
