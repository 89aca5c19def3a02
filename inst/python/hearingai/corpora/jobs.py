"""What is to be done with a run's shards, and doing it: the same for all engines."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..audio.doubts import noted_doubts
from ..runtime.places import Place
from .tables import as_arrow, parquet

Tell: TypeAlias = Callable[[float], object]
"""Is told the seconds of sound that are done of a shard, while it is worked on."""

Work: TypeAlias = Callable[[pd.DataFrame, Tell], Mapping[str, pd.DataFrame]]
"""Does some recordings, rows of the manifest, and returns the tables of a shard.

Each table has a column `row`, the recording's in the manifest. The job's main tables come last.
"""


@dataclass(frozen=True)
class Job:
    """What a run does. All of it are plain values, so that any process can take it.

    Attributes:
        kind: The function that was called: `"annotate"`, `"predict"` ...
        work: `"hearingai.module:function"`, a function of `(classifier, settings)` that returns
            a `Work`; it is called once a process.
        settings: What that function needs.
        identity: What decides the results, by name: a run is only continued by a call for which
            it is the same.
        tables: The tables of a shard in the order of writing. A shard is done when the last is
            there; that one has a row a recording, with `row`, `fname` and `error`.
        step: Recordings that are computed at once, see `planned`.
    """

    kind: str
    work: str
    settings: Mapping[str, Any]
    identity: Mapping[str, Any]
    tables: tuple[str, ...]
    step: int = 1

    @property
    def mark(self) -> str:
        """The table that is written last."""
        return self.tables[-1]


@dataclass(frozen=True)
class Task:
    """A shard to do.

    Attributes:
        shard: Its number.
        rows: Its rows of the manifest.
        cost: Of all its rows, in seconds of sound.
        dead: Rows at which a process ended, and the reason that is told of each.
        trial: Whether nothing is to be written, but only seen if the process survives.
        again: Whether it was done, and is done again.
    """

    shard: int
    rows: pd.DataFrame
    cost: float
    dead: Mapping[int, str] = field(default_factory=dict)
    trial: bool = False
    again: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes:
        task: The task.
        died: Why the process ended that was at work; `None` where the shard is done.
        seconds: How much sound was worked on.
        doubts: `(path, text, lost)` of what was doubtful in recordings, see `Doubts`.
    """

    task: Task
    died: str | None = None
    seconds: float = 0.0
    doubts: tuple[tuple[str, str, bool], ...] = ()


def work_of(job: Job, classifier: Any) -> Work:
    """What does a job's recordings, with a classifier that is open."""
    module, _, function = job.work.partition(":")
    return getattr(importlib.import_module(module), function)(classifier, job.settings)


class ShardWorker:
    """Does shards, one after the other, with a classifier that is open.

    Args:
        job: The `Job`.
        place: The run's folder, a `Place`.
        classifier: The classifier.
    """

    def __init__(self, job: Job, place: Place, classifier: Any) -> None:
        self._job, self._place = job, place
        self._work = work_of(job, classifier)

    def do(self, task: Task, tell: Tell) -> Outcome:
        """Do a shard and write its tables; one that is done is left, unless asked for again."""
        name = file_name(task.shard)
        if not (task.trial or task.again) and self._place.sub(self._job.mark).exists(name):
            return Outcome(task)
        alive = task.rows[~task.rows.index.isin(list(task.dead))]
        seconds = 0.0

        def told(done: float) -> None:
            nonlocal seconds
            seconds = done
            tell(done)

        with noted_doubts() as doubts:
            tables = dict(self._work(alive, told))
        if task.dead:
            tables[self._job.mark] = _with_dead(tables[self._job.mark], task)
        if not task.trial:
            self._write(tables, name)
        return Outcome(task, seconds=seconds, doubts=tuple(doubts.found))

    def _write(self, tables: Mapping[str, pd.DataFrame], name: str) -> None:
        for table in self._job.tables:
            with self._place.sub(table).written(name) as path:
                parquet().write_table(as_arrow(tables[table]), path, compression="zstd")


def file_name(shard: int) -> str:
    """The name of a shard's file in the folder of each table."""
    return f"{shard:06d}.parquet"


_MISSING = {"O": None, "f": np.nan}  # by the kind of a column; of others nothing is 0, or `False`


def _with_dead(table: pd.DataFrame, task: Task) -> pd.DataFrame:
    """The table of recordings with those at which a process ended; all else of them is missing."""
    rows = sorted(task.dead)
    found = {"row": rows, "fname": task.rows["fname"].loc[rows].to_list()}
    found["error"] = [task.dead[row] for row in rows]
    both: dict[str, pd.Series] = {}
    for name in map(str, table):
        empty = _MISSING.get(table[name].dtype.kind, 0)
        values = [*table[name], *found.get(name, [empty] * len(rows))]
        both[name] = pd.Series(values, dtype=table[name].dtype)
    return pd.DataFrame(both).sort_values("row", kind="stable", ignore_index=True)
