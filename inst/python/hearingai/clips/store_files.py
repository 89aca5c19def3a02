"""The files of a clip store: `waveforms.i16`, `index.tsv` and `store.json`, written last."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from .._typing import OnError, Progress
from ..audio.blocks import OFFER, PASSING
from ..audio.samples import to_int16
from ..errors import AudioFileError
from ..runtime.progress import progress_bar
from .decoding import read_each
from .digests import digest

if TYPE_CHECKING:
    from .clip_format import ClipFormat

NOTE, INDEX, SAMPLES = "store.json", "index.tsv", "waveforms.i16"
_COLUMNS = ("key", "length", "digest", "error")
PART = ".part"  # ending of the name of an incomplete store
VERSION = 1
_CHUNK = 2**24  # bytes between two writes


def note_of(clip_format: ClipFormat, n: int) -> dict[str, Any]:
    """The contents of `store.json`, of a complete store."""
    return {"version": VERSION, "clips": n} | vars(clip_format)


def read_index(path: Path) -> pd.DataFrame:
    """The index of a store, also of an incomplete one: complete lines only."""
    lines = path.read_text("utf-8").split("\n")[:-1]
    rows = [line.split("\t") for line in lines]
    if any(len(row) != len(_COLUMNS) for row in rows):
        raise ValueError(f"{path} is damaged")
    index = pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)
    good = (index["digest"] != "").to_numpy(dtype=bool)
    index["length"] = index["length"].astype(int)
    index.insert(1, "row", np.where(good, np.cumsum(good) - 1, -1))
    return index


def to_read_again(index: pd.DataFrame, partial: bool) -> np.ndarray:
    """Which recordings failed that another try may read.

    Some errors are temporary and not the recording's fault, such as too many open files; others
    offer to read what is there of it.
    """
    failed, errors = index["row"] < 0, index["error"]
    again = errors.str.startswith(PASSING)
    if partial:
        again |= errors.str.endswith(OFFER.rpartition("`")[2])  # however `partial` was written
    return (failed & again).to_numpy(dtype=bool)


def for_call(entries: pd.DataFrame, partial: bool) -> pd.DataFrame:
    """Entries of an index as a call sees them: without `partial` what was read in part failed."""
    in_part = (entries["row"] >= 0) & (entries["error"] != "")
    if partial or not in_part.any():
        return entries
    errors = entries["error"].where(~in_part, entries["error"] + OFFER)
    return entries.assign(row=entries["row"].where(~in_part, -1), error=errors)


def row_bytes(clip_format: ClipFormat) -> int:
    """Size of a clip on disk."""
    return 2 * int(np.prod(clip_format.shape))


Decoded: TypeAlias = "tuple[np.ndarray, int, str, str] | AudioFileError"
"""A clip as it is stored, int16, the number of its samples that are sound, its digest, and what is
missing of a recording that was read in part; or why it cannot be read."""

Decode: TypeAlias = Callable[[dict[str, Any]], Iterable[Decoded]]
"""From recordings by their keys to what each is, in their order."""


def decoded_here(clip_format: ClipFormat, partial: bool) -> Decode:
    """Recordings `(fname, start, duration)` are decoded by this process."""

    def finish(clip: np.ndarray, length: int, note: str) -> Decoded:
        samples = to_int16(clip)
        return samples, length, digest(samples), note

    return lambda waiting: read_each(waiting.values(), clip_format, finish, partial=partial)


def write_store(
    path: Path,
    first: Any,
    clip_format: ClipFormat,
    on_error: OnError,
    progress: Progress,
    decode: Decode,
    partial: bool = False,
) -> None:
    """Decode the recordings not in `path`.part yet; it is renamed when complete."""
    part = path.with_name(path.name + PART)
    if path.exists() and not part.exists():
        path.replace(part)
    part.mkdir(exist_ok=True)
    done = _resume(part, clip_format, partial)
    waiting = {key: recording for key, recording in first.items() if key not in done}
    pairs = zip(waiting, decode(waiting), strict=True)
    with (
        open(part / SAMPLES, "ab") as samples,
        open(part / INDEX, "a", encoding="utf-8", newline="\n") as index,
        ThreadPoolExecutor(1) as disk,
        progress_bar("Preparing clips", len(first), progress) as bar,
        closing(_Chunk(samples, index, disk)) as chunk,
    ):
        for i, (key, found) in enumerate(pairs):
            if isinstance(found, AudioFileError):
                if on_error == "raise":
                    raise found
                chunk.add(key, error=found.reason)
            else:
                chunk.add(key, *found)
            bar(len(done) + i + 1)
    n = (part / SAMPLES).stat().st_size // row_bytes(clip_format)
    (part / NOTE).write_text(json.dumps(note_of(clip_format, n), indent=1) + "\n")
    shutil.rmtree(path, ignore_errors=True)  # begun meanwhile by another process, or damaged
    part.replace(path)


class _Chunk:
    """Writes clips to disk: the samples first, then their lines in the index."""

    def __init__(self, samples: IO[bytes], index: IO[str], disk: Executor) -> None:
        self.samples, self.index, self.disk, self.bytes = samples, index, disk, 0
        self.clips: list[np.ndarray] = []
        self.lines: list[str] = []
        self.synced: list[Future] = []

    def add(
        self,
        key: str,
        clip: np.ndarray | None = None,
        length: int = 0,
        hashed: str = "",
        error: str = "",  # or what is missing of a clip that was read in part
    ) -> None:
        if clip is not None:
            self.clips.append(clip)
            self.bytes += clip.nbytes
        error = " ".join(error.split())
        self.lines.append(f"{key}\t{length}\t{hashed}\t{error}\n")
        if self.bytes >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        clips, lines = self.clips, self.lines
        self.clips, self.lines, self.bytes = [], [], 0  # written once, also if writing fails
        if clips:
            self.samples.write(np.stack(clips).data)
        self.samples.flush()
        # Started early, while clips are decoded, so that the last flush is short.
        self.synced.append(self.disk.submit(os.fsync, self.samples.fileno()))
        self.index.write("".join(lines))
        self.index.flush()

    def close(self) -> None:
        """Write the remaining clips, also of an interrupted preparation."""
        self.flush()
        for written in self.synced:
            written.result()


def _resume(path: Path, clip_format: ClipFormat, partial: bool) -> set[str]:
    """Truncate an incomplete store to its complete clips; returns their keys."""
    try:
        index = read_index(path / INDEX)
        with open(path / SAMPLES, "rb") as file:
            index = index[: _n_whole(index, file, clip_format)]
    except (OSError, ValueError):
        index = pd.DataFrame({name: [] for name in (*_COLUMNS, "row")}, dtype=object)
    with open(path / SAMPLES, "ab") as file:
        file.truncate(int((index["row"] >= 0).sum()) * row_bytes(clip_format))
    index = index[~to_read_again(index, partial)]
    lines = ["\t".join(map(str, line)) + "\n" for line in index[list(_COLUMNS)].to_numpy()]
    (path / INDEX).write_text("".join(lines), "utf-8", newline="\n")
    return set(index["key"])


def _n_whole(index: Any, file: IO[bytes], clip_format: ClipFormat) -> int:
    """How many of the index's entries have their samples undamaged."""
    size = row_bytes(clip_format)
    for i, entry in enumerate(index.itertuples()):
        if entry.row >= 0:
            found = np.frombuffer(file.read(size), "int16")
            if found.nbytes < size or digest(found.reshape(clip_format.shape)) != entry.digest:
                return i
    return len(index)
