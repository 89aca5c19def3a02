"""A run: plan it or find it begun, have its missing shards done, and sum it up."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .._typing import Progress
from ..audio.doubts import doubt
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import positive
from ..runtime.backend import usable_cores
from ..runtime.places import Place, place_of
from ..runtime.progress import progress_bar
from ..runtime.ray_cluster import check_engine
from .engines import Engine, Serial
from .jobs import Job, Outcome, Task, work_of
from .manifest import costs, planned
from .ray_workers import RayWorkers
from .run_folder import RunFolder, begun
from .slices import Slice, slice_of
from .tables import as_arrow, from_arrow, parquet
from .worker_processes import Processes

_TABLES = (".csv", ".tsv", ".txt", ".json", ".parquet", ".xlsx")  # endings that mean one file
_TRIES = 2  # of a shard, and of a recording alone, before the recording is given up


class Run:
    """A run, as far as a call brought it.

    Attributes:
        folder: The `RunFolder`.
        shards: The shards of this call's slice.
        speed: Seconds of sound done a second; `None` where nothing was left to do.
        empty: Of a slice that has no shards its tables.
    """

    def __init__(
        self,
        folder: RunFolder,
        shards: np.ndarray,
        speed: float | None,
        empty: Mapping[str, pd.DataFrame],
    ) -> None:
        self.folder, self.shards, self.speed, self.empty = folder, shards, speed, empty

    def read(self, table: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table of this call's slice, with `row`; or some of its columns."""
        if not len(self.shards):
            return self.empty[table][columns or self.empty[table].columns]
        return self.folder.read(table, self.shards, columns)

    def errors(self) -> pd.DataFrame:
        """The recordings of this slice that could not be read: `fname`, `error`."""
        return self.folder.errors(self.shards)

    def notes(self) -> pd.DataFrame:
        """What is missing of the recordings of this slice read in part: `fname`, `note`."""
        return self.folder.notes(self.shards)


def run_job(
    job: Job,
    recordings: pd.DataFrame,
    classifier: Any,
    options: Mapping[str, Any],
    *,
    progress: Progress = None,
    text: str = "Working",
) -> Run:
    """Do a job on recordings, as far as it is not done, into a folder.

    Args:
        job: The `Job`.
        recordings: A table with `fname`, see `planned`.
        classifier: The classifier.
        options: The `RunOptions`; `out` is given.
        progress: See `progress_bar`.
        text: What is done, for the progress bar.

    Raises:
        HearingAIError: An option is out of range, `out` holds another run, or the work fails.
    """
    parquet()
    part = slice_of(options["shard"])
    check_engine(options["engine"], options["address"], options["gpus_per_worker"])
    _workers(options["workers"])
    place = _place_for_a_run(options["out"])
    folder = begun(place, job, planned(recordings, job.step))
    tasks, total = _missing(folder, part)
    meter = _Meter(total)
    if tasks:
        with (
            _engine(job, place, classifier, options, tasks) as engine,
            progress_bar(text, total, progress) as bar,
        ):
            meter.show = bar
            meter.text = text
            for outcome in _finished(engine, tasks, meter.tell):
                meter.done(outcome)
                for path, told, lost in outcome.doubts:
                    doubt(path, told, lost=lost)
    if tasks or not folder.summary():
        folder.finish()
    shards = part.of(np.arange(folder.shards))
    return Run(folder, shards, meter.speed, {} if len(shards) else _empty(job, classifier, folder))


def _empty(job: Job, classifier: Any, folder: RunFolder) -> dict[str, pd.DataFrame]:
    """The tables of no recordings, by the work itself: it knows their columns."""
    tables = work_of(job, classifier)(folder.manifest.iloc[:0], lambda _: None)
    return {name: from_arrow(as_arrow(table)) for name, table in tables.items()}


def raise_first(errors: pd.DataFrame) -> None:
    """Raise the first of a run's errors, which an earlier call may have met."""
    for fname, reason in errors.head(1).itertuples(index=False):
        raise AudioFileError(fname, reason)


def _engine(
    job: Job, place: Place, classifier: Any, options: Mapping[str, Any], tasks: list[Task]
) -> Engine:
    workers = _workers(options["workers"])
    if options["engine"] == "ray":
        n = None if options["workers"] in (None, "auto") else workers
        return RayWorkers(job, place, classifier, n, options["address"], options["gpus_per_worker"])
    if workers is None:
        return Serial(job, place, classifier)
    return Processes(job, place, classifier, min(workers, len(tasks)))


def _place_for_a_run(out: Any) -> Place:
    """The folder that `out` names, which is no file of a table and not the working directory."""
    name = str(out).rstrip("/")
    if not name or name.lower().endswith(_TABLES):
        raise HearingAIError(
            f"`out` must name the folder of a run. Received: {str(out)!r}; tables are written of "
            f"what is returned, and events by write_events()"
        )
    return place_of("out", out)


def _workers(workers: Any) -> int | None:
    """How many processes an option means; `None` for this one."""
    if workers is None:
        return None
    if isinstance(workers, str) and workers == "auto":
        return usable_cores()
    return positive("workers", workers, whole=True)


def _missing(folder: RunFolder, part: Slice) -> tuple[list[Task], float]:
    """The tasks of a slice that are to be done, also again, and what they cost."""
    shards = part.of(np.arange(folder.shards))
    again = folder.to_try_again(shards)
    wanted = np.union1d(np.setdiff1d(shards, folder.done()), again)
    manifest = folder.manifest
    cost, shard = costs(manifest), manifest["shard"].to_numpy()
    firsts, ends = (np.searchsorted(shard, wanted, side) for side in ("left", "right"))
    tasks = [
        Task(
            int(number),
            manifest.iloc[first:end],
            float(cost[first:end].sum()),
            again=bool(number in again),
        )
        for number, first, end in zip(wanted, firsts, ends, strict=True)
    ]
    return tasks, sum(task.cost for task in tasks)


def _finished(
    engine: Engine, tasks: list[Task], tell: Callable[[Task, float], object]
) -> Iterator[Outcome]:
    """Have tasks done, also where processes end: yields the outcome of each that is done.

    A shard at which processes end `_TRIES` times is tried recording by recording, and done
    without those at which they end again as often.
    """
    reasons: dict[int, str] = {}
    for _ in range(_TRIES):
        died = []
        for outcome in engine.work(tasks, tell):
            if outcome.died is None:
                yield outcome
            else:
                died.append(outcome.task)
                reasons[outcome.task.shard] = outcome.died
        tasks = died
    for task in tasks:
        dead = _deadly(engine, task)
        for outcome in engine.work([replace(task, dead=dead)], tell):
            if outcome.died is not None:
                raise HearingAIError(
                    f"shard {task.shard} ends the process that does it, and none of its "
                    f"recordings does so alone: {reasons[task.shard]}"
                )
            yield outcome


def _deadly(engine: Engine, task: Task) -> dict[int, str]:
    """The recordings of a shard at which a process ends, and why it did."""
    alone = [
        replace(task, rows=task.rows.iloc[i : i + 1], trial=True) for i in range(len(task.rows))
    ]
    dead: dict[int, str] = {}
    for _ in range(_TRIES):
        dead = {
            int(outcome.task.rows.index[0]): f"ended the process that read it ({outcome.died})"
            for outcome in engine.work(alone, lambda *_: None)
            if outcome.died is not None
        }
        alone = [one for one in alone if int(one.rows.index[0]) in dead]
    return dead


class _Meter:
    """How far a run is: of its cost, and in seconds of sound a second."""

    def __init__(self, total: float) -> None:
        self.total, self.text = total, ""
        self.show: Callable[..., object] = lambda *_: None
        self._finished, self._sound = 0.0, 0.0
        self._under_way: dict[int, float] = {}
        self._ended = set[int]()
        self._began = time.monotonic()

    def tell(self, task: Task, seconds: float) -> None:
        """So much of a task is done."""
        if task.shard not in self._ended:  # a worker's word may come after its work
            self._under_way[task.shard] = seconds
            self._draw()

    def done(self, outcome: Outcome) -> None:
        """A task is done."""
        self._ended.add(outcome.task.shard)
        self._under_way.pop(outcome.task.shard, None)
        self._sound += outcome.seconds
        self._finished += outcome.task.cost
        self._draw()

    @property
    def speed(self) -> float | None:
        """Seconds of sound done a second."""
        sound = self._sound + sum(self._under_way.values())
        return sound / max(time.monotonic() - self._began, 1e-9) if sound else None

    def _draw(self) -> None:
        part = sum(min(s, self.total) for s in self._under_way.values())
        pace = f", {self.speed:.3g} times real time" if self.speed else ""
        self.show(min(self._finished + part, self.total), f"{self.text}{pace}")


@contextmanager
def kept_or_temporary(options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The options, with a temporary folder for a run that has none of its own."""
    if options["out"] is not None:
        yield dict(options)
        return
    with tempfile.TemporaryDirectory(prefix="hearingai-") as folder:
        # All of it: the slice in the environment is of runs that several processes share.
        yield dict(options) | {"out": Path(folder, "run"), "shard": "1/1"}


def wanted(options: Mapping[str, Any]) -> bool:
    """Whether a call asks for a run in a folder, or for other processes.

    Raises:
        HearingAIError: A slice is named without a folder, or an option of Ray is out of range.
    """
    if options["out"] is None and options["shard"] is not None:
        raise HearingAIError("`shard` is a slice of a run in a folder: `out` must name it")
    on_ray = check_engine(options["engine"], options["address"], options["gpus_per_worker"])
    return on_ray or options["out"] is not None or options["workers"] is not None


def refuse_run(options: Mapping[str, Any], what: str) -> None:
    """Raise an error where a call asks for a run of what is no recordings in files."""
    if wanted(options):
        raise HearingAIError(f"`out` and `workers` are for recordings in files, not for {what}")
