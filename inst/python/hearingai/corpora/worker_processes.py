"""Processes of this machine that do the shards of a run: begun anew, never forked."""

from __future__ import annotations

import base64
import pickle
import queue
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from ..classifier.handing_over import handed_over, opened
from ..errors import AudioFileError, HearingAIError, HearingAIWarning, warn
from ..runtime.backend import same_backend, sharing_cores
from ..runtime.places import Place
from ..runtime.processes import Child, ChildEndedError, tasks
from .engines import TellOf
from .jobs import Job, Outcome, ShardWorker, Task

_WORK = "hearingai.corpora.worker_processes:work"
_STARTS = 3  # processes that may end before they are ready
_PAUSE = 0.2  # seconds between two reports of a worker
_LOOK = 0.1  # seconds between two looks whether there was a Ctrl-C

_Message: TypeAlias = "tuple[_Worker, dict[str, Any] | HearingAIError]"


class Processes:
    """Does tasks in processes of this machine.

    Args:
        job: The `Job`.
        place: The run's folder.
        classifier: The classifier; it is saved to a temporary file, which each process opens.
        n: How many processes, at most.
    """

    def __init__(self, job: Job, place: Place, classifier: Any, n: int) -> None:
        self._job, self._place, self._classifier, self._n = job, place, classifier, n
        self._workers: list[_Worker] = []
        self._inbox: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._failures = 0

    def __enter__(self) -> Processes:
        self._folder = tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True)
        handed = None
        if self._classifier is not None:
            handed = handed_over(self._classifier, Path(self._folder.name))
        self._start = _packed((self._job, self._place, handed))
        self._environment = sharing_cores(self._n) | same_backend()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.child.close()
        self._folder.cleanup()

    def work(self, tasks: Iterable[Task], tell: TellOf) -> Iterator[Outcome]:
        """Do tasks and yield what became of each, in the order of their ends."""
        waiting = list(tasks)[::-1]
        while waiting or any(worker.task for worker in self._workers):
            while len(self._workers) < min(self._n, len(waiting)):
                self._workers.append(_Worker(self._start, self._environment, self._inbox))
            for worker in self._workers:
                if waiting and worker.idle:
                    worker.give(waiting.pop())
            try:
                worker, message = self._inbox.get(timeout=_LOOK)
            except queue.Empty:
                continue
            outcome = self._heard(worker, message, tell)
            if outcome is not None:
                yield outcome

    def _heard(
        self, worker: _Worker, message: dict[str, Any] | HearingAIError, tell: TellOf
    ) -> Outcome | None:
        """What a worker said; an outcome where it was the end of its task."""
        task = worker.task
        if isinstance(message, ChildEndedError):
            self._workers.remove(worker)
            worker.child.close()
            return self._lost(worker, str(message))
        if isinstance(message, HearingAIError):
            raise message
        if "unreadable" in message:
            raise AudioFileError(*message["unreadable"])
        if "ready" in message:
            worker.ready = True
        if task is None:
            return None
        if "seconds" in message:
            tell(task, message["seconds"])
            return None
        worker.task = None
        for text in message["warnings"]:
            warn(text)
        doubts = tuple(tuple(found) for found in message["doubts"])
        return Outcome(task, seconds=message["done"], doubts=doubts)

    def _lost(self, worker: _Worker, reason: str) -> Outcome | None:
        """A worker ended."""
        if worker.task is not None:
            return Outcome(worker.task, died=reason)
        if not worker.ready:
            self._failures += 1
            if self._failures >= _STARTS:
                raise HearingAIError(f"a worker process did not start: {reason}")
        return None


class _Worker:
    """A process, what it does, and a thread that listens to it."""

    def __init__(
        self, start: str, environment: dict[str, str], inbox: queue.SimpleQueue[_Message]
    ) -> None:
        self.task: Task | None = None
        self.ready = False
        self.child = Child(_WORK, start, detached=True, **environment)
        self._inbox = inbox
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def idle(self) -> bool:
        """Whether it can be given a task."""
        return self.ready and self.task is None

    def give(self, task: Task) -> None:
        """Give it a task."""
        self.task = task
        self.child.send(_packed(task))

    def _listen(self) -> None:
        while True:
            try:
                message = self.child.answer()
            except HearingAIError as error:
                self._inbox.put((self, error))
                return
            except ValueError:  # it was closed
                return
            self._inbox.put((self, message))


def work(start: str, answer: Callable[[dict[str, Any]], None]) -> None:
    """Do the tasks that the parent sends, in a process of its own."""
    coming = tasks()  # from now on this process ends with its parent
    job, place, handed = _unpacked(start)
    worker = ShardWorker(job, place, None if handed is None else opened(handed))
    answer({"ready": True})
    for packed in coming:
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", HearingAIWarning)
                outcome = worker.do(_unpacked(packed), _teller(answer))
        except AudioFileError as error:
            answer({"unreadable": [error.path, error.reason]})
            continue
        texts = [str(w.message) for w in caught if issubclass(w.category, HearingAIWarning)]
        doubts = [list(found) for found in outcome.doubts]
        answer({"done": outcome.seconds, "doubts": doubts, "warnings": texts})


def _teller(answer: Callable[[dict[str, Any]], None]) -> Callable[[float], None]:
    last = time.monotonic()

    def tell(seconds: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            answer({"seconds": seconds})

    return tell


def _packed(value: object) -> str:
    """A value of ours as text; `_unpacked` reads it in a process of this very package."""
    return base64.b64encode(pickle.dumps(value)).decode()


def _unpacked(text: str) -> Any:
    return pickle.loads(base64.b64decode(text))
