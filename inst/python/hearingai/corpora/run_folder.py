"""The folder of a run: what it holds, and what of it is done.

run.json           what is run, by which classifier, with which options
manifest.parquet   the recordings, and the shard of each
TABLE/000000.parquet ...   the tables, a file a shard
errors.csv, summary.json   once all shards are done
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..audio.blocks import PASSING
from ..errors import HearingAIError, readable
from ..runtime.files import to_csv
from ..runtime.places import Place
from ..version import __version__
from .jobs import Job, file_name
from .manifest import check_same, read_manifest, write_manifest
from .tables import from_arrow, parquet

_ABOUT, _SUMMARY, _ERRORS = "run.json", "summary.json", "errors.csv"
_FORMAT = 1


class RunFolder:
    """A run in a folder that has begun.

    Args:
        place: The folder.

    Raises:
        HearingAIError: It holds no run, or one of a newer version.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        try:
            self.about: dict[str, Any] = json.loads(place.read(_ABOUT))
            known = self.about["format"] <= _FORMAT
        except FileNotFoundError:
            raise HearingAIError(f"`{readable(place)}` holds no run") from None
        except (ValueError, KeyError, TypeError):
            raise HearingAIError(f"`{readable(place)}`: {_ABOUT} is damaged") from None
        if not known:
            raise HearingAIError(f"`{readable(place)}` was written by a newer hearingai")

    @property
    def kind(self) -> str:
        """The function that made it: `"annotate"`, `"predict"` ..."""
        return self.about["kind"]

    @property
    def tables(self) -> list[str]:
        """The names of its tables; the last has a row a recording."""
        return list(self.about["tables"])

    @property
    def mark(self) -> str:
        """The table whose file is a shard's last."""
        return self.tables[-1]

    @cached_property
    def manifest(self) -> pd.DataFrame:
        """The recordings, see `planned`."""
        return read_manifest(self.place, self.about["manifest"])

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return int(self.about["shards"])

    def done(self) -> np.ndarray:
        """The numbers of the shards that are done, sorted."""
        names = self.place.sub(self.mark).names()
        return np.array([int(n[:-8]) for n in names if n[:-8].isdigit()], dtype=int)

    def some_done(self) -> np.ndarray:
        """The same; an error where there are none."""
        done = self.done()
        if not len(done):
            raise HearingAIError(f"`{readable(self.place)}`: no shard is done yet")
        return done

    def to_try_again(self, shards: np.ndarray) -> np.ndarray:
        """Those of the shards that are done but for recordings that another try may read."""
        from pyarrow import compute

        shards = np.intersect1d(self.done(), shards)
        if not len(shards):
            return shards
        passing = compute.starts_with(compute.field("error"), PASSING)
        rows = self.dataset(self.mark, shards).to_table(columns=["row"], filter=passing)["row"]
        return np.unique(self.manifest["shard"].to_numpy()[rows.to_numpy()])

    def dataset(self, table: str, shards: np.ndarray | None = None) -> Any:
        """A table as a `pyarrow.dataset`, of all shards that are done or of some of these."""
        parquet()
        from pyarrow import dataset

        done = self.some_done()
        shards = done if shards is None else np.intersect1d(done, shards)
        system, folder = self.place.sub(table).system()
        files = [f"{folder}/{file_name(shard)}" for shard in shards]
        return dataset.dataset(files, format="parquet", filesystem=system)

    def read(
        self, table: str, shards: np.ndarray | None = None, columns: list[str] | None = None
    ) -> pd.DataFrame:
        """A table as pandas has it, in the order of the recordings."""
        found = from_arrow(self.dataset(table, shards).to_table(columns=columns))
        return found.assign(fname=self._names(found["row"])) if "fname" in found else found

    def _names(self, rows: pd.Series) -> pd.Series:
        """Names as they are, also such as are not UTF-8: a data set has them escaped."""
        return pd.Series(self.manifest["fname"].to_numpy()[rows], rows.index, dtype=object)

    def read_shard(self, table: str, shard: int) -> pd.DataFrame:
        """What a table holds of one shard that is done."""
        import pyarrow

        data = pyarrow.BufferReader(self.place.sub(table).read(file_name(shard)))
        return from_arrow(parquet().read_table(data))

    def errors(self, shards: np.ndarray | None = None) -> pd.DataFrame:
        """The recordings that could not be read, and why: `fname`, `error`."""
        return self._told("error", shards)

    def notes(self, shards: np.ndarray | None = None) -> pd.DataFrame:
        """What is missing of the recordings that were read in part: `fname`, `note`."""
        return self._told("note", shards).drop_duplicates("fname", ignore_index=True)

    def _told(self, column: str, shards: np.ndarray | None) -> pd.DataFrame:
        from pyarrow import compute

        nothing = pd.DataFrame(columns=["fname", column], dtype=object)
        if shards is not None and not len(shards):
            return nothing
        data = self.dataset(self.mark, shards)
        if column not in data.schema.names:
            return nothing
        told = compute.field(column).is_valid()
        found = from_arrow(data.to_table(columns=["row", column], filter=told))
        found.insert(0, "fname", self._names(found.pop("row")))
        return found

    def summary(self) -> dict[str, Any]:
        """The summary of a run that is done; empty before."""
        try:
            return json.loads(self.place.read(_SUMMARY))
        except FileNotFoundError:
            return {}

    def finish(self) -> None:
        """Write the summary and the table of errors, where all shards are done."""
        if len(self.done()) < self.shards:
            return
        errors = self.errors()
        with self.place.written(_ERRORS) as path:
            to_csv(errors, path)
        data = self.dataset(self.mark)
        counts = {name: self.dataset(name).count_rows() for name in self.tables}
        told = {name: self.about[name] for name in ("kind", "identity", "versions")}
        told |= {"recordings": len(self.manifest), "errors": len(errors), "rows": counts}
        if "seconds" in data.schema.names:
            column = data.to_table(columns=["seconds"])["seconds"]
            told["seconds"] = float(np.nansum(column.to_numpy()))
        _write_json(self.place, _SUMMARY, told)


def begun(place: Place, job: Job, manifest: pd.DataFrame) -> RunFolder:
    """Begin a run, or find the one that is in the folder to be the same.

    Args:
        place: The folder.
        job: The `Job`.
        manifest: What `planned` returned.

    Raises:
        HearingAIError: Another run is there; the message says what differs.
    """
    with place.locked():
        if not place.exists(_ABOUT):
            about = {"format": _FORMAT, "kind": job.kind, "identity": dict(job.identity)}
            about |= {"tables": list(job.tables), "shards": int(manifest["shard"].max()) + 1}
            about |= {"manifest": write_manifest(place, manifest), "versions": _versions()}
            _write_json(place, _ABOUT, about)
        run = RunFolder(place)
        _check_identity(run, job)
        kept = run.manifest
        check_same(str(place), kept, manifest)
    return run


def account_of(place: Place) -> bytes:
    """What the run in a folder is, to tell it from others; nothing where there is none."""
    try:
        return place.read(_ABOUT)
    except OSError:
        return b""


def _check_identity(run: RunFolder, job: Job) -> None:
    before = {"kind": run.kind} | run.about["identity"]
    now = {"kind": job.kind} | json.loads(json.dumps(job.identity, default=plain))
    if run.kind != job.kind:
        differ = ["kind"]
    else:
        differ = [n for n in sorted({*before, *now}) if before.get(n) != now.get(n)]
    if differ:
        told = "; ".join(_difference(name, before, now) for name in differ)
        raise HearingAIError(
            f"`out`: another run is in {readable(run.place)}: {told}. Name another "
            f"folder for another run"
        )


def _difference(name: str, before: dict[str, Any], now: dict[str, Any]) -> str:
    """What an entry was and is, where that can be told in a few words."""
    there, here = (_short(told[name]) if name in told else "not told" for told in (before, now))
    return f"{name} is another" if there == here else f"{name} is {there} there and {here} here"


def _short(value: Any) -> str:
    text = json.dumps(value, default=plain)
    return text if len(text) <= 60 else f"{text[:57]}..."


def plain(value: Any) -> Any:
    """A value of NumPy, or a fraction, as JSON has it."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def _versions() -> dict[str, str | None]:
    from importlib import metadata

    found: dict[str, str | None] = {"hearingai": __version__}
    for name in ("keras", "numpy", "soundfile", "soxr", "pyarrow"):
        with_name = metadata.version(name) if _installed(name) else None
        found[name] = with_name
    return found


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _write_json(place: Place, name: str, value: dict[str, Any]) -> None:
    with place.written(name) as path:
        path.write_text(json.dumps(value, indent=1, default=plain) + "\n", "utf-8")
