"""Workers on Ray: processes on any machine of a cluster, which go through what they are given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from ..errors import HearingAIError, warn
from ..version import __version__
from .backend import same_backend, usable_cores, with_threads
from .ray_actor import Answer, Worker
from .ray_cluster import Cluster, connected

_STARTS = 3  # workers that may end before they are ready
_MOVES = 3  # machines that may go while they do an item, before the item is taken for the cause
_LOOK = 0.1  # seconds between two looks whether there was a Ctrl-C
_PAUSE = 0.5  # seconds between two reports of a worker
_PATIENCE = 30  # seconds until it is told that no machine has room for a worker

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Done(Generic[_Item]):
    """What became of an item: its value, or why the process ended that was at it."""

    item: _Item
    value: Any = None
    died: str | None = None


class RayPool:
    """Workers on a cluster of Ray, each with what it opened once; a context manager.

    Ray's own pools start what ended again, with the same item, until they give up all; here a
    process that ends is an answer, and a machine that goes costs its items a second try.

    Args:
        make: `"hearingai.module:function"`, a function of `start` that is called once in each
            worker; it returns a function of `(item, tell)` that does an item.
        start: What that function needs; anything that can be pickled.
        n: How many workers, at most; `None` takes one for each core of the cluster.
        address: The cluster, see `connected`.
        gpus: The share of a GPU that each worker has.
        called: What an item is called in errors and warnings.
    """

    def __init__(
        self,
        make: str,
        start: Any,
        n: int | None,
        address: str | None,
        gpus: float = 0,
        called: Callable[[Any], str] | None = None,
    ) -> None:
        self._make, self._start, self._n = make, start, n
        self._address, self._gpus, self._called = address, gpus, called
        self._workers: list[_Worker] = []
        self._failures = 0

    def __enter__(self) -> RayPool:
        self._ending = ExitStack()
        self._cluster = self._ending.enter_context(connected(self._address))
        ray = self._cluster.ray
        try:
            n = self._cluster.cores() if self._n is None else self._n
            self._most, self._cores = n, _cores_each(self._cluster, n)
            self._begin = ray.put((__version__, str(Path.cwd()), self._make, self._start))
        except BaseException:
            self._ending.close()
            raise
        self._actors = ray.remote(
            num_cpus=self._cores,
            num_gpus=self._gpus,
            max_restarts=0,
            max_concurrency=2,  # one works, one tells
            scheduling_strategy="SPREAD",
            runtime_env={"env_vars": with_threads(int(self._cores)) | same_backend()},
        )(Worker)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            self._cluster.ray.kill(worker.actor)
        self._ending.close()

    def work(
        self, items: Iterable[_Item], tell: Callable[[_Item, float], object]
    ) -> Iterator[Done[_Item]]:
        """Have items done; yields what became of each, in the order of their ends.

        Args:
            items: The items.
            tell: Is told, now and then, what the function told that does an item.

        Raises:
            HearingAIError: It was raised by an item, or no worker starts.
        """
        waiting = [_Ticket(item) for item in items][::-1]
        began, told = time.monotonic(), False
        while waiting or any(worker.busy for worker in self._workers):
            self._fill(len(waiting))
            for worker in self._workers:
                if waiting and worker.idle:
                    worker.give(waiting.pop())
            for worker, answer in self._answers(tell):
                done = self._heard(worker, answer, waiting)
                if done is not None:
                    yield done
            if not told and not any(w.ready for w in self._workers):
                told = time.monotonic() - began > _PATIENCE
                self._check_room(told)

    def values(
        self, items: Iterable[_Item], tell: Callable[[_Item, float], object]
    ) -> Iterator[tuple[_Item, Any]]:
        """Have items done that end no process: yields each with its value.

        Args:
            items: The items.
            tell: See `work`.

        Raises:
            HearingAIError: See `work`, and where a process ended twice at the same item.
        """
        again = []
        for done in self.work(items, tell):
            if done.died is None:
                yield done.item, done.value
            else:
                again.append(done.item)
        for done in self.work(again, tell):
            if done.died is not None:
                name = self._called(done.item) if self._called else "an item"
                raise HearingAIError(f"{name} ended the process that did it twice ({done.died})")
            yield done.item, done.value

    def _fill(self, waiting: int) -> None:
        free = sum(not worker.busy for worker in self._workers)
        while free < waiting and len(self._workers) < self._most:
            self._workers.append(_Worker(self._actors.remote(), self._begin))
            free += 1

    def _answers(self, tell: Callable[[Any, float], object]) -> Iterator[tuple[_Worker, Any]]:
        """Wait a moment; yields the workers that answered, and passes on how far others are."""
        asked: dict[Any, _Worker] = {}
        for worker in self._workers:
            asked.update(dict.fromkeys(worker.asked(), worker))
        ready, _ = self._cluster.ray.wait(list(asked), num_returns=1, timeout=_LOOK)
        for reference in ready:
            worker = asked[reference]
            answer = self._taken(reference)
            if reference == worker.pending:
                yield worker, answer
            else:
                worker.telling = None
                if worker.ticket is not None and isinstance(answer, float):
                    tell(worker.ticket.item, answer)

    def _taken(self, reference: Any) -> Any:
        """What was answered; an exception of Ray's where nothing was."""
        ray = self._cluster.ray
        try:
            return ray.get(reference)
        except ray.exceptions.RayError as error:
            return error
        except ConnectionError:
            raise HearingAIError("the connection to the cluster of Ray was lost") from None

    def _heard(self, worker: _Worker, answer: Any, waiting: list[_Ticket]) -> Done[Any] | None:
        if not isinstance(answer, Answer):
            return self._lost(worker, answer, waiting)
        named = f"{self._called(worker.ticket.item)}: " if self._called and worker.ticket else ""
        for text in answer.warnings:
            warn(f"{named}{text}")
        if answer.error is not None:
            raise HearingAIError(f"{named}{answer.error}") if named else answer.error
        worker.pending = None
        if not worker.ready:
            worker.ready, worker.node = True, answer.value
            return None
        ticket, worker.ticket = worker.ticket, None
        return None if ticket is None else Done(ticket.item, value=answer.value)

    def _lost(self, worker: _Worker, error: Exception, waiting: list[_Ticket]) -> Done[Any] | None:
        """A worker ended."""
        self._workers.remove(worker)
        self._cluster.ray.kill(worker.actor)
        reason, ticket = _reason(error), worker.ticket
        if ticket is not None:
            if self._cluster.has_node(worker.node):
                return Done(ticket.item, died=reason)
            ticket.moves += 1
            if ticket.moves > _MOVES:
                return Done(ticket.item, died="the machines that did it were lost")
            waiting.append(ticket)
            return None
        self._failures += 1
        if self._failures >= _STARTS:
            raise HearingAIError(
                f"a worker of Ray did not start: {reason}. Its machine needs hearingai "
                f"{__version__}"
            )
        return None

    def _check_room(self, late: bool) -> None:
        if (not self._cluster.ours and not late) or self._cluster.has_machine(
            self._cores, self._gpus
        ):
            return
        wanted = f"{self._cores:g} free cores" + f" and {self._gpus:g} GPUs" * bool(self._gpus)
        text = f"no machine of the cluster of Ray has {wanted} for a worker"
        if self._cluster.ours:
            raise HearingAIError(text)
        warn(f"{text}; this waits for one")


@dataclass(eq=False)
class _Ticket:
    """An item, and how many machines went while they were at it."""

    item: Any
    moves: int = 0


@dataclass(eq=False)
class _Worker:
    """A worker as its caller sees it.

    Attributes:
        actor: Its handle.
        begin: What it begins with.
        pending: The answer that is awaited: that it is ready, or what became of its item.
        telling: The answer that is awaited to how far it is.
        ticket: What it is at.
        ready: Whether it has begun.
        node: The machine it is on, when it is ready.
    """

    actor: Any
    begin: Any
    pending: Any = None
    telling: Any = None
    ticket: _Ticket | None = None
    ready: bool = False
    node: str = ""
    last: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.pending = self.actor.begin.remote(self.begin)

    @property
    def busy(self) -> bool:
        """Whether it has an item."""
        return self.ticket is not None

    @property
    def idle(self) -> bool:
        """Whether it can be given an item."""
        return self.ready and not self.busy

    def give(self, ticket: _Ticket) -> None:
        """Give it an item."""
        self.ticket, self.pending = ticket, self.actor.do.remote(ticket.item)

    def asked(self) -> Iterator[Any]:
        """The answers that are awaited."""
        if self.pending is not None:
            yield self.pending
        if self.busy and self.telling is None and time.monotonic() - self.last > _PAUSE:
            self.telling, self.last = self.actor.told.remote(), time.monotonic()
        if self.telling is not None:
            yield self.telling


def _cores_each(cluster: Cluster, n: int) -> float:
    """The cores of a worker: a share of this machine's, or one of a cluster's."""
    if not cluster.ours:
        return 1
    return usable_cores() // n or usable_cores() / n


def _reason(error: Exception) -> str:
    """Why a worker ended, in words."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, Exception):
        return f"{type(cause).__name__}: {cause}"
    text = str(error)
    if "OutOfMemory" in type(error).__name__ or "OUT_OF_MEMORY" in text:
        return "memory ran out"
    lines = [line.strip() for line in text.splitlines() if "Error: " in line]
    return lines[-1] if lines else "it was killed"
