"""read_run(): the tables of a run in a folder, also while it goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .._typing import PathLike
from ..errors import HearingAIError, warn
from ..runtime.arguments import choose, flag
from ..runtime.places import place_of
from .run_folder import RunFolder

_ALSO = ("errors", "notes", "manifest")


def read_run(folder: PathLike, table: str | None = None, *, as_dataset: bool = False) -> Any:
    """Read a table of a run in a folder: of the shards that are done, also while it goes on.

    While some are not, a warning says how many of the recordings it has.

    Args:
        folder: The folder `out` of `annotate`, `predict`, `embed`, `evaluate` or `prepare`.
        table: Which one; `None` takes the first of the run's own: `"events"`, `"windows"` and
            `"recordings"` of `annotate`, `"predictions"` of `predict` and `evaluate`,
            `"embeddings"` of `embed`, `"clips"` of `prepare`. Of each also `"errors"`, `"notes"`
            and `"manifest"`: a row a recording, with `size` (bytes), `mtime` (when it was
            changed, ns since 1970), `duration` (seconds, where it was known ahead), `shard` and
            `state` (`"waiting"`, `"done"` or `"error"`).
        as_dataset: Return a `pyarrow.dataset.Dataset` of the run's own table, of which nothing is
            read yet: DuckDB and polars take it. Its `row` is the recording's in the manifest,
            from 0.

    Returns:
        A DataFrame, recordings in their order; or the data set.

    Raises:
        HearingAIError: The folder holds no run, no shard of it is done, or there is no such table.

    Example:
        >>> import hearingai, os, tempfile
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
        >>> clips, run = hearingai.spoken_words(["no"], n=3, seed=1), tempfile.mkdtemp()
        >>> found = hearingai.annotate(classifier, list(clips["fname"]), out=run)
        >>> len(hearingai.read_run(run, "recordings")), len(hearingai.read_run(run, "errors"))
        (3, 0)
    """
    run = RunFolder(place_of("folder", folder))
    name = choose("table", run.tables[0] if table is None else table, (*run.tables, *_ALSO))
    if name != "manifest":
        _tell_of_waiting(run)
    if flag("as_dataset", as_dataset):
        if name in _ALSO:
            raise HearingAIError(f"`as_dataset` is for {', '.join(run.tables)}. Received: {name!r}")
        return run.dataset(name)
    if name in run.tables:
        return run.read(name).drop(columns="row")
    return {"errors": run.errors, "notes": run.notes, "manifest": lambda: _manifest(run)}[name]()


def _tell_of_waiting(run: RunFolder) -> None:
    """Warn where recordings are still to be done."""
    done = run.done()
    if 0 < len(done) < run.shards:
        shards = run.manifest["shard"]
        warn(
            f"{shards.isin(done).sum()} of {len(shards)} recordings of this run are done, and the "
            f'table is of those; the table "manifest" has the state of each'
        )


def run_about(folder: PathLike) -> dict[str, Any]:
    """What is known of a run: its `kind`, `tables`, and `identity`, which decides the results."""
    return RunFolder(place_of("folder", folder)).about


def _manifest(run: RunFolder) -> pd.DataFrame:
    table, done = run.manifest, run.done()
    state = np.where(table["shard"].isin(done), "done", "waiting").astype(object)
    if len(done):
        marks = run.dataset(run.mark).to_table(columns=["row", "error"])
        failed = marks["error"].is_valid().to_numpy()
        state[marks["row"].to_numpy()[failed]] = "error"
    return table.assign(state=state)
