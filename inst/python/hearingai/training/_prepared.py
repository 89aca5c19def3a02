"""What prepare() makes: a store of decoded clips, or clips in a folder that become one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._typing import OnError, PathLike, Progress
from ..audio.doubts import noted_doubts
from ..clips.clip_format import ClipFormat
from ..clips.decoding import parts_of, table_of_notes
from ..clips.store import errors_of, keys_of, store_of
from ..clips.store_files import Decode, Decoded, decoded_here, row_bytes
from ..corpora.jobs import Job, Tell, Work
from ..corpora.run_folder import RunFolder
from ..corpora.running import Run, kept_or_temporary, raise_first, run_job
from ..errors import AudioFileError, HearingAIError, readable
from ..runtime.sizes import counted, size_text


@dataclass
class Prepared:
    """What `prepare` made or found.

    Attributes:
        path: Folder of the decoded clips.
        n: Number of the clips that are decoded; a recording listed twice counts once.
        bytes: Their size.
        errors: DataFrame `fname`, `error` of the recordings left out.
        notes: DataFrame `fname`, `note` of those that were read in part.
    """

    path: str
    n: int
    bytes: int
    errors: pd.DataFrame
    notes: pd.DataFrame

    def __repr__(self) -> str:
        left_out = (
            f", {counted(len(self.errors), 'recording')} left out" if len(self.errors) else ""
        )
        left_out += f", {len(self.notes)} read in part" if len(self.notes) else ""
        clips = counted(self.n, "clip")
        return f"<Prepared: {clips}, {size_text(self.bytes)} in {self.path}{left_out}>"


def stored(
    clips: Any,
    clip_format: ClipFormat,
    store: PathLike | None,
    on_error: OnError,
    partial: bool,
    progress: Progress,
    decode: Decode | None = None,
) -> Prepared:
    """The clips of a table in a store."""
    found, entries = store_of(clips, clip_format, store, on_error, progress, partial, decode)
    n = entries.loc[entries["row"] >= 0, "row"].nunique()
    in_part = entries[(entries["row"] >= 0) & (entries["error"] != "")]
    return Prepared(
        str(found.path),
        n,
        n * row_bytes(clip_format),
        errors_of(entries),
        table_of_notes(zip(in_part["fname"], in_part["error"], strict=True)),
    )


def prepare_into(
    clips: Any,
    clip_format: ClipFormat,
    store: PathLike | None,
    on_error: OnError,
    partial: bool,
    options: Mapping[str, Any],
    progress: Progress,
) -> Prepared:
    """Decode recordings in a folder; once all are, put them into the store."""
    parts = parts_of(clips)
    told = vars(clip_format)
    settings = {"clip_format": told, "on_error": on_error, "partial": partial}
    job = Job(
        "prepare",
        "hearingai.training._prepared:worker",
        settings,
        {**told, "partial": partial},
        ("clips",),
    )
    with kept_or_temporary(options) as where:
        text = "Preparing clips"
        run = run_job(job, _table_of(parts), None, where, progress=progress, text=text)
        if on_error == "raise":
            raise_first(run.errors())
        if len(run.folder.done()) < run.folder.shards:
            return _of_slice(run, clip_format)
        decode = _decoded_there(run.folder, keys_of(parts), clip_format)
        return stored(clips, clip_format, store, on_error, partial, progress, decode)


def _table_of(parts: list[tuple[Any, float, float | None]]) -> pd.DataFrame:
    fnames, starts, durations = zip(*parts, strict=True)
    table = pd.DataFrame({"fname": pd.Series(map(str, fnames), dtype=object)})
    return table.assign(start=starts, duration=np.array(durations, "float64"))


def worker(_: None, settings: Mapping[str, Any]) -> Work:
    """What decodes shards; it needs no classifier."""
    clip_format = ClipFormat(**settings["clip_format"])
    decode = decoded_here(clip_format, settings["partial"])

    def work(rows: pd.DataFrame, tell: Tell) -> Mapping[str, pd.DataFrame]:
        parts = zip(rows["fname"], rows["start"], rows["duration"], strict=True)
        waiting = {
            str(row): (fname, start, None if np.isnan(duration) else duration)
            for row, (fname, start, duration) in zip(rows.index, parts, strict=True)
        }
        found, seconds = [], 0.0
        with noted_doubts():  # they are in the notes
            for clip in decode(waiting):
                if isinstance(clip, AudioFileError) and settings["on_error"] == "raise":
                    raise clip
                found.append(_entry(clip))
                seconds += found[-1]["length"] / clip_format.sample_rate
                tell(seconds)
        return {"clips": _clips_table(rows, found)}

    return work


def _entry(clip: Decoded) -> dict[str, Any]:
    """A decoded clip as a row of the run's table."""
    empty = {"samples": None, "length": 0, "digest": None, "error": None, "note": None}
    if isinstance(clip, AudioFileError):
        return empty | {"error": clip.reason}
    samples, length, digest, note = clip
    told = {"samples": samples.tobytes(), "length": length, "digest": digest, "note": note or None}
    return empty | told


def _clips_table(rows: pd.DataFrame, found: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame({"row": rows.index.to_numpy("int32")})
    table["fname"] = pd.Series(list(rows["fname"]), dtype=object)
    for name in ("length", "digest", "samples", "error", "note"):
        kind = "int32" if name == "length" else object
        table[name] = pd.Series([entry[name] for entry in found], dtype=kind)
    return table


def _decoded_there(folder: RunFolder, keys: list[str], clip_format: ClipFormat) -> Decode:
    """What the workers of a run have decoded."""

    def decode(waiting: dict[str, Any]) -> Iterator[Decoded]:
        left = dict.fromkeys(waiting)
        for shard in folder.done():
            table = folder.read_shard("clips", int(shard))
            for row, entry in zip(table["row"].tolist(), table.itertuples(), strict=True):
                if keys[row] in left:
                    del left[keys[row]]
                    yield _decoded(entry, clip_format)
        if left:
            names = ", ".join(readable(waiting[key][0]) for key in list(left)[:3])
            raise HearingAIError(f"recordings changed while they were decoded: {names}")

    return decode


def _decoded(entry: Any, clip_format: ClipFormat) -> Decoded:
    if entry.error is not None:
        return AudioFileError(entry.fname, entry.error)
    samples = np.frombuffer(entry.samples, "int16").reshape(clip_format.shape)
    return samples, entry.length, entry.digest, entry.note or ""


def _of_slice(run: Run, clip_format: ClipFormat) -> Prepared:
    """What a slice of a run has decoded."""
    n = len(run.read("clips", ["digest"]).dropna())
    where = str(run.folder.place)
    return Prepared(where, n, n * row_bytes(clip_format), run.errors(), run.notes())
