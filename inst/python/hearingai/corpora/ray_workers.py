"""Workers on a cluster of Ray that do the shards of a run."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from ..classifier.handing_over import Parcel, parcel
from ..errors import HearingAIError, readable
from ..runtime.places import Place
from ..runtime.ray_pool import RayPool
from .engines import TellOf
from .jobs import Job, Outcome, ShardWorker, Task, Tell
from .run_folder import account_of

_MAKE = "hearingai.corpora.ray_workers:shard_worker"

_Doubts: TypeAlias = tuple[tuple[str, str, bool], ...]


class RayWorkers:
    """Does tasks on a cluster of Ray. The workers themselves write the shards.

    Args:
        job: The `Job`.
        place: The run's folder, which all machines see.
        classifier: The classifier; it is sent.
        n: How many workers, at most; `None` takes one for each core of the cluster.
        address: The cluster.
        gpus: The share of a GPU that each worker has.
    """

    def __init__(
        self,
        job: Job,
        place: Place,
        classifier: Any,
        n: int | None,
        address: str | None,
        gpus: float,
    ) -> None:
        self._run, self._classifier = (job, place, account_of(place)), classifier
        self._cluster = (n, address, gpus)

    def __enter__(self) -> RayWorkers:
        self._pool = RayPool(_MAKE, (*self._run, parcel(self._classifier)), *self._cluster)
        self._pool.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.__exit__()

    def work(self, tasks: Iterable[Task], tell: TellOf) -> Iterator[Outcome]:
        """Do tasks and yield what became of each, in the order of their ends."""
        for done in self._pool.work(tasks, tell):
            if done.died is not None:
                yield Outcome(done.item, died=done.died)
            else:
                seconds, doubts = done.value
                yield Outcome(done.item, seconds=seconds, doubts=doubts)


def shard_worker(start: tuple[Job, Place, bytes, Parcel | None]) -> Callable[[Task, Tell], Any]:
    """What does shards, in a worker: a function of `(task, tell)`."""
    job, place, account, sent = start
    if account_of(place) != account:
        raise HearingAIError(
            f"`out`: `{readable(place)}` is not the folder of this run on the machine "
            f"{platform.node()} of the cluster: `out` must be on a disk that all machines share"
        )
    worker = ShardWorker(job, place, None if sent is None else sent.open())

    def do(task: Task, tell: Tell) -> tuple[float, _Doubts]:
        outcome = worker.do(task, tell)
        return outcome.seconds, outcome.doubts

    return do
