"""annotate() as a run in a folder: what a worker does with a shard, and the result read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from .._typing import Progress
from ..audio.doubts import Doubts, collected_doubts
from ..classifier.protocol import Classifier, identity_in_streams
from ..clips.decoding import table_of_errors, warn_of_nothing
from ..corpora.jobs import Job, Tell, Work
from ..corpora.options import RunOptions
from ..corpora.running import Run, kept_or_temporary, raise_first, run_job
from ..deployments.event_times import with_times
from ..errors import HearingAIError
from ..events.options import EventOptions
from ..events.rules import grid_and_rules
from ..events.tracking import event_table
from ..events.windows import Grid
from ..runtime.shared_options import pick
from ._run import AnnotationRun
from ._tables import recordings_table, windows_table
from .kept_windows import KeptWindows
from .recordings import Part, Recording
from .result import Annotation

_WORK = "hearingai.annotation._shards:worker"
_TEXT = "Annotating"


def annotate_into(
    classifier: Classifier,
    sources: Sequence[Recording],
    options: Mapping[str, Any],
    settings: Mapping[str, Any],
    times: pd.DataFrame | None,
    runtime: str | None,
    progress: Progress,
) -> Annotation:
    """Annotate recordings into a folder; see `annotate`. `runtime` is what computes, if told."""
    parts = [source for source in sources if isinstance(source, Part)]
    if len(parts) < len(sources):
        raise HearingAIError("`out` and `workers` are for files; sound in memory has no name")
    events, keeping = pick(EventOptions, options), pick(RunOptions, options)
    job = _job(classifier, events, settings)
    with collected_doubts(), kept_or_temporary(keeping) as where:
        run = run_job(job, _table_of(parts), classifier, where, progress=progress, text=_TEXT)
        if settings["on_error"] == "raise":
            raise_first(run.errors())
        if not run.read("recordings", ["error"])["error"].isna().any():
            warn_of_nothing(run.errors(), "can be heard")
        found = KeptAnnotation(run, times, runtime)
        return found if keeping["out"] is not None else found.in_memory()


def _job(classifier: Classifier, events: EventOptions, settings: Mapping[str, Any]) -> Job:
    grid, rules = grid_and_rules(classifier, events)
    identity = {name: settings[name] for name in ("batch_size", "keep_windows", "partial")}
    identity |= identity_in_streams(classifier)
    identity |= {"window": grid.window, "hop": grid.hop, "reported": rules.reported}
    names = ("threshold", "low", "smooth", "min_duration", "min_gap", "refractory")
    identity |= {name: getattr(rules, name) for name in names}
    path = None if settings["path"] is None else str(settings["path"])
    tables = ("events", *(("windows",) if settings["keep_windows"] else ()), "recordings")
    return Job("annotate", _WORK, {**settings, "path": path, "events": events}, identity, tables)


def _table_of(parts: Sequence[Part]) -> pd.DataFrame:
    """The recordings as the manifest has them; a part to the end has no `duration`."""
    table = pd.DataFrame({"fname": pd.Series([part.fname for part in parts], dtype=object)})
    if any(part.start or part.duration is not None for part in parts):
        table["start"] = [part.start for part in parts]
        table["duration"] = np.array([part.duration for part in parts], "float64")
    return table


def worker(classifier: Classifier, settings: Mapping[str, Any]) -> Work:
    """What annotates shards, with a classifier that is open."""
    grid, rules = grid_and_rules(classifier, settings["events"])
    path, keep_windows = settings["path"], settings["keep_windows"]
    kept = None if path is None else KeptWindows(path, classifier, grid)

    def work(rows: pd.DataFrame, tell: Tell) -> Mapping[str, pd.DataFrame]:
        run = AnnotationRun(
            classifier,
            grid,
            rules,
            kept=kept,
            keep_windows=keep_windows,
            on_error=settings["on_error"],
        )
        sources = _parts(rows, settings["partial"])
        with collected_doubts() as doubts, classifier.on_device(settings["device"]):
            run.hear(sources, settings["batch_size"], lambda done, *_: tell(done))
        tables = {"events": _events(run, rows), "recordings": _recordings(run, rows, doubts)}
        if keep_windows:
            tables["windows"] = _windows(run, rows, grid, classifier.labels)
        return tables

    return work


def _parts(rows: pd.DataFrame, partial: bool) -> list[Part]:
    if "start" not in rows:
        return [Part(fname, partial=partial) for fname in rows["fname"]]
    times = zip(rows["fname"], rows["start"], rows["duration"], strict=True)
    return [
        Part(fname, start, None if np.isnan(duration) else duration, partial)
        for fname, start, duration in times
    ]


def _heard(run: AnnotationRun, rows: pd.DataFrame) -> np.ndarray:
    """The rows of the recordings that were annotated."""
    return rows.index.to_numpy("int32")[[position for position, _ in run.heard]]


def _events(run: AnnotationRun, rows: pd.DataFrame) -> pd.DataFrame:
    table = event_table(run.events)
    table.insert(0, "row", np.repeat(_heard(run, rows), [n for _, n in run.heard]))
    return table


def _windows(run: AnnotationRun, rows: pd.DataFrame, grid: Grid, labels: list[str]) -> pd.DataFrame:
    table = windows_table(run.windows, grid, labels)
    counts = [len(probabilities) for _, probabilities, _ in run.windows]
    table.insert(0, "row", np.repeat(_heard(run, rows), counts))
    return table


def _recordings(run: AnnotationRun, rows: pd.DataFrame, doubts: Doubts) -> pd.DataFrame:
    """A row a recording, also for those that could not be read."""
    good = recordings_table(run.recordings).assign(row=_heard(run, rows), error=None)
    bad = table_of_errors(run.errors)
    bad = bad.assign(row=rows.index.to_numpy("int32")[run.unread], start=np.nan, seconds=np.nan)
    columns = ["row", "fname", "start", "seconds", "error"]
    values = {name: [*good[name], *bad[name]] for name in columns}
    table = pd.DataFrame({"row": np.array(values["row"], "int32")})
    for name in columns[1:]:
        kind = "float64" if name in ("start", "seconds") else object
        table[name] = pd.Series(values[name], dtype=kind)
    notes = doubts.notes()
    found = [
        None if error else notes.get(fname)
        for fname, error in zip(table["fname"], table["error"], strict=True)
    ]
    table["note"] = pd.Series(found, dtype=object)
    return table.sort_values("row", kind="stable", ignore_index=True)


class KeptAnnotation(Annotation):
    """An annotation in a folder: a table is read when it is first asked for.

    Args:
        run: The `Run`.
        times: When the recordings were made; `None` where that is not asked.
        runtime: What computed it; `None` where that is not told.
    """

    def __init__(self, run: Run, times: pd.DataFrame | None, runtime: str | None = None) -> None:
        self._run, self._times, self._runtime, self.speed = run, times, runtime, run.speed

    def __getattr__(self, name: str) -> Any:
        """Read what is not there yet."""
        if name not in _READERS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        value = _READERS[name](self._run)
        if self._times is not None and name in ("events", "recordings"):
            value = with_times(value, self._times, name)
        if self._runtime is not None and name == "recordings":
            value.attrs["runtime"] = self._runtime
        setattr(self, name, value)
        return value

    def in_memory(self) -> Annotation:
        """The same without its folder."""
        names = [field.name for field in fields(Annotation)]
        return Annotation(**{name: getattr(self, name) for name in names})


def _read(run: Run, table: str) -> pd.DataFrame:
    return run.read(table).drop(columns="row")


def _read_recordings(run: Run) -> pd.DataFrame:
    table = run.read("recordings")
    good = table[table["error"].isna()].reset_index(drop=True)
    return good[["fname", "start", "seconds"]]


_READERS: dict[str, Callable[[Run], Any]] = {
    "events": lambda run: _read(run, "events"),
    "windows": lambda run: _read(run, "windows") if "windows" in run.folder.tables else None,
    "recordings": _read_recordings,
    "errors": Run.errors,
    "notes": Run.notes,
    "seconds": lambda run: sum(_read_recordings(run)["seconds"]),
}
