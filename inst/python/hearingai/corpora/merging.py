"""The tables of a run as one file, and how far it is: shard by shard, without reading all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .._typing import PathLike
from ..errors import HearingAIError, warn
from ..runtime.files import to_csv, writable_table, written
from ..runtime.places import place_of
from .run_folder import RunFolder
from .tables import BLOBS, as_arrow, parquet


def status_of(run: RunFolder) -> dict[str, Any]:
    """How far a run is, as plain values.

    Returns:
        `kind`, `recordings`, `done` and `errors` (of the recordings), `shards`, `shards_done`,
        `tables` and, where the run has it, `seconds` of sound done.
    """
    shards, done, errors, seconds = run.done(), 0, 0, None
    if len(shards):
        data = run.dataset(run.mark)
        names = [name for name in ("error", "seconds") if name in data.schema.names]
        marks = data.to_table(columns=names)
        done, errors = len(marks), len(marks) - marks["error"].null_count
        if "seconds" in names:
            seconds = float(np.nansum(marks["seconds"].to_numpy()))
    found = {"kind": run.kind, "recordings": len(run.manifest), "done": done, "errors": errors}
    found |= {"shards": run.shards, "shards_done": len(shards), "tables": run.tables}
    return found if seconds is None else found | {"seconds": seconds}


def merge_run(
    folder: PathLike, path: Path, table: str | None = None, overwrite: bool = False
) -> int:
    """Write a table of a run to one `.csv` or `.parquet` file; returns its rows.

    Warns where shards are missing.
    """
    run = RunFolder(place_of("folder", folder))
    name = run.tables[0] if table is None else table
    if name not in run.tables:
        raise HearingAIError(f"`table` must be {', '.join(run.tables)}. Received: {name!r}")
    path = writable_table(path, overwrite)
    done = run.some_done()
    if len(done) < run.shards:
        warn(f"the run is not done: {len(done)} of {run.shards} shards are there")
    write = _write_csv if path.suffix == ".csv" else _write_parquet
    with written(path) as partial:
        return write(_parts(run, name, done), partial)


def _parts(run: RunFolder, name: str, shards: np.ndarray) -> Iterator[pd.DataFrame]:
    for shard in shards:
        table = run.read_shard(name, int(shard))
        yield table.drop(columns=[column for column in ("row", BLOBS) if column in table])


def _write_csv(parts: Iterator[pd.DataFrame], path: Path) -> int:
    rows = 0
    with open(path, "w", encoding="utf-8", newline="") as file:
        for i, table in enumerate(parts):
            to_csv(table, file, header=i == 0)
            rows += len(table)
    return rows


def _write_parquet(parts: Iterator[pd.DataFrame], path: Path) -> int:
    rows, writer = 0, None
    for table in parts:
        found = as_arrow(table)
        if "fname_bytes" in found.column_names:
            found = found.drop_columns("fname_bytes")
        writer = writer or parquet().ParquetWriter(path, found.schema, compression="zstd")
        writer.write_table(found)
        rows += len(table)
    if writer is not None:
        writer.close()
    return rows
