"""The clip store: recordings decoded once, packed in one file, looked up by a key."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from .._typing import OnError, PathLike, Progress
from ..audio.doubts import doubt
from ..errors import AudioFileError, HearingAIError, unsigned
from ..runtime.addresses import address_of
from ..runtime.arguments import choose, path_of
from ..runtime.cache import cache_dir
from ..runtime.remote import states_at
from .clip_format import ClipFormat
from .decoding import parts_of, table_of_errors
from .packed import PackedClips
from .store_files import (
    INDEX,
    NOTE,
    PART,
    SAMPLES,
    VERSION,
    Decode,
    decoded_here,
    for_call,
    note_of,
    read_index,
    row_bytes,
    to_read_again,
    write_store,
)
from .store_room import check_room, tidy


@dataclass
class ClipStore:
    """Decoded clips on disk.

    Attributes:
        path: Folder of the store: `waveforms.i16`, one row a clip; `index.tsv`, the recording of
            each clip; and `store.json`.
        clip_format: The `ClipFormat` of all clips.
        clips: Array mapped from the file, int16 `(n, samples)` or `(n, channels, samples)`.
        index: DataFrame of the recordings: `key` (of path, size, time and part), `row` in
            `clips` (-1 for those that cannot be read), `length` (samples of sound), `digest`
            and `error`, of a clip that was read in part what is missing.
    """

    path: Path
    clip_format: ClipFormat
    clips: np.ndarray
    index: pd.DataFrame

    def find(self, keys: Sequence[str]) -> Any:
        """Positions of `keys` in the index; -1 where the store lacks one."""
        return pd.Index(self.index["key"]).get_indexer(keys)

    def holds(self, keys: Sequence[str], partial: bool = False) -> bool:
        """Whether it has all of `keys`, and none that another try may read."""
        at = self.find(keys)
        return (at >= 0).all() and not to_read_again(self.index.iloc[at], partial).any()


def keys_of(parts: list) -> list[str]:
    """The key that identifies a decoded recording: path, size, modification time, part."""
    addresses = {fname: address for fname, *_ in parts if (address := address_of(fname))}
    states = dict(zip(addresses, states_at(list(addresses.values())), strict=True))
    return [_key(fname, start, length, states.get(fname)) for fname, start, length in parts]


def _key(
    fname: PathLike, start: float, duration: float | None, state: tuple[int, int] | None
) -> str:
    if state is not None:  # at an address
        text = f"{unsigned(str(fname))}|{state}|{start}|{duration}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    try:
        status = os.stat(fname)  # noqa: PTH116 (pathlib takes three times as long)
        seen = f"{status.st_size}|{status.st_mtime_ns}|{status.st_ctime_ns}"
    except (OSError, ValueError):  # no such file, or an invalid file name
        seen = "missing"
    text = f"{os.path.abspath(fname)}|{seen}|{start}|{duration}"  # noqa: PTH100
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def packed_clips(
    clips: Any,
    clip_format: ClipFormat,
    folder: PathLike | None = None,
    on_error: OnError = "report",
    progress: Progress = None,
    make: bool = True,
    partial: bool = False,
) -> Any:
    """The clips of a table from a store, which is created where none has them all.

    Args:
        clips: A table of recordings.
        clip_format: The `ClipFormat` to bring them to.
        folder: The folder of stores; `None` is the user's cache, from which the least recently used
            beyond 20 GiB are deleted.
        on_error: `"report"` leaves a bad file out and lists it; `"raise"` stops at it.
        progress: See `progress_bar`.
        make: Create a store where there is none; otherwise return `None`.
        partial: Read what is there of recordings that are truncated or damaged.

    Returns:
        `(packed, lengths, good, errors)`, see `decode_all`; `packed` is a `PackedClips`.
    """
    store, entries = _look_up(clips, clip_format, folder, on_error, progress, make, partial)
    if store is None:
        return None
    kept = entries[entries["row"] >= 0]
    packed = PackedClips(store.clips, kept["row"].to_numpy(), hashes=list(kept["digest"]))
    return packed, kept["length"].to_numpy(), kept.index.to_numpy(), errors_of(entries)


def store_of(
    clips: Any,
    clip_format: ClipFormat,
    folder: PathLike | None = None,
    on_error: OnError = "report",
    progress: Progress = None,
    partial: bool = False,
    decode: Decode | None = None,
) -> Any:
    """The store with the clips of a table, and their entries in its index, with `fname`.

    `decode` has decoded what the store lacks; `None` decodes here.
    """
    return _look_up(clips, clip_format, folder, on_error, progress, partial=partial, decode=decode)


def errors_of(entries: Any) -> pd.DataFrame:
    """A table `fname`, `error` of the recordings that could not be read."""
    bad = entries[entries["row"] < 0]
    return table_of_errors(list(zip(bad["fname"], bad["error"], strict=True)))


def _look_up(
    clips: Any,
    clip_format: ClipFormat,
    folder: PathLike | None,
    on_error: OnError,
    progress: Progress,
    make: bool = True,
    partial: bool = False,
    decode: Decode | None = None,
) -> Any:
    """The store with the clips of a table, and its index entry for each of them."""
    choose("on_error", on_error, ("report", "raise"))
    parts = parts_of(clips)
    keys = keys_of(parts)
    store = _find(keys, clip_format, folder, partial)
    if store is None and make:
        decode = decoded_here(clip_format, partial) if decode is None else decode
        store = _make(parts, keys, clip_format, folder, on_error, progress, partial, decode)
    if store is None:
        return None, None
    entries = for_call(store.index.iloc[store.find(keys)].reset_index(drop=True), partial)
    entries["fname"] = pd.Series([part[0] for part in parts], dtype=object)
    for entry in entries[(entries["row"] >= 0) & (entries["error"] != "")].itertuples():
        doubt(entry.fname, str(entry.error), lost=True)  # also of what was decoded long ago
    bad = entries[entries["row"] < 0]
    if len(bad) and on_error == "raise":
        raise AudioFileError(bad["fname"].iloc[0], bad["error"].iloc[0])
    return store, entries


def _find(
    keys: Sequence[str], clip_format: ClipFormat, folder: PathLike | None, partial: bool
) -> Any:
    """The store with all of these recordings; `None` where there is none."""
    home = _home(clip_format, folder)
    for note in sorted(home.glob("*/" + NOTE)) if home.is_dir() else []:
        if note.parent.suffix == PART:  # being renamed
            continue
        store = _open(note.parent, clip_format)
        if store is not None and store.holds(keys, partial):
            if folder is None:
                with suppress(OSError):
                    os.utime(note)  # used now
            return store
    return None


def _make(
    parts: list,
    keys: Sequence[str],
    clip_format: ClipFormat,
    folder: PathLike | None,
    on_error: OnError,
    progress: Progress,
    partial: bool,
    decode: Decode,
) -> Any:
    home = _home(clip_format, folder)
    first = dict(zip(keys, parts, strict=True))  # each recording once
    name = hashlib.sha256("".join([str(VERSION), *first]).encode()).hexdigest()[:16]
    with _explained(home):
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / f"{name}.lock"):
            store = _open(home / name, clip_format)
            # Another process may have created it meanwhile.
            if store is None or not store.holds(first, partial):
                check_room(home, name, len(first), clip_format)
                write_store(home / name, first, clip_format, on_error, progress, decode, partial)
                store = _open(home / name, clip_format)
    if folder is None:
        tidy(home.parent, keep=home / name)
    return store


def _home(clip_format: ClipFormat, folder: PathLike | None) -> Path:
    f = clip_format
    base = cache_dir() / "clips" if folder is None else path_of("store", folder).expanduser()
    return base / f"{f.sample_rate}Hz-{f.samples}x{f.channels}-{f.crop}"


def _open(path: Path, clip_format: ClipFormat) -> Any:
    """The store in a folder; `None` where it is of another version, or was changed."""
    try:
        note = json.loads((path / NOTE).read_text())
        index = read_index(path / INDEX)
        n = int((index["row"] >= 0).sum())
        size = (path / SAMPLES).stat().st_size
        if note != note_of(clip_format, n) or size != n * row_bytes(clip_format):
            return None
        shape = (n, *clip_format.shape)
        clips = np.memmap(path / SAMPLES, "int16", "r", shape=shape) if n else np.zeros(shape, "i2")
    except (OSError, ValueError):
        return None
    return ClipStore(path, clip_format, clips, index)


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            why = "the disk is full; what is decoded so far is kept, and the next call resumes"
        else:
            why = error.strerror or str(error)
        raise HearingAIError(
            f"cannot write the decoded clips to `{home}` ({why}). `store` names another folder"
        ) from None
