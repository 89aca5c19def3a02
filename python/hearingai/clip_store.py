"""The clip store: recordings decoded once, packed in one file, found again by what they are."""

import errno
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from .clips import ClipFormat, parts_of, table_of_errors
from .datasets.download import cache_dir
from .errors import AudioFileError, HearingAIError, choose
from .packed import PackedClips
from .store_files import INDEX, NOTE, SAMPLES, note_of, read_index, row_bytes, write_store

_KEPT = 20 * 2**30  # bytes that the cache keeps, those used last


@dataclass
class ClipStore:
    """Decoded clips on disk.

    Attributes:
        path: Folder of the store: `waveforms.i16`, one row a clip; `index.tsv`, what each clip
            is; and `store.json`.
        clip_format: The `ClipFormat` of all clips.
        clips: Array mapped from the file, int16 `(n, samples)` or `(n, channels, samples)`.
        index: DataFrame of the recordings: `key` (of path, size, time and part), `row` in
            `clips` (-1 for those that cannot be read), `length` (samples of sound), `digest`
            and `error`.
    """

    path: Path
    clip_format: ClipFormat
    clips: np.ndarray
    index: pd.DataFrame

    def find(self, keys):
        """Positions of `keys` in the index; -1 where the store lacks one."""
        return pd.Index(self.index["key"]).get_indexer(keys)


def keys_of(parts):
    """What tells whether a recording is the one that was decoded: path, size, time, part."""
    return [_key(*part) for part in parts]


def _key(fname, start, duration):
    try:
        status = os.stat(fname)  # noqa: PTH116 (pathlib takes three times as long)
        seen = f"{status.st_size}|{status.st_mtime_ns}|{status.st_ctime_ns}"
    except OSError:
        seen = "missing"
    text = f"{os.path.abspath(fname)}|{seen}|{start}|{duration}"  # noqa: PTH100
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def packed_clips(clips, clip_format, folder=None, on_error="report", progress=None):
    """The clips of a table from a store, which is made where none holds them all.

    Args:
        clips: A table of recordings.
        clip_format: The `ClipFormat` to bring them to.
        folder: Where stores lie; `None` is the user's cache, of which the least used beyond
            20 GiB are removed.
        on_error: `"report"` leaves a bad file out and lists it; `"raise"` stops at it.
        progress: See `progress_bar`.

    Returns:
        `(packed, lengths, good, errors)`, see `decode_all`; `packed` is a `PackedClips`.
    """
    store, entries = _look_up(clips, clip_format, folder, on_error, progress)
    kept = entries[entries["row"] >= 0]
    packed = PackedClips(store.clips, kept["row"].to_numpy(), hashes=list(kept["digest"]))
    return packed, kept["length"].to_numpy(), kept.index.to_numpy(), errors_of(entries)


def store_of(clips, clip_format, folder=None, on_error="report", progress=None):
    """The store that holds the clips of a table, and the `errors` of those it could not read."""
    store, entries = _look_up(clips, clip_format, folder, on_error, progress)
    return store, errors_of(entries)


def errors_of(entries):
    """A table `fname`, `error` of what could not be read."""
    bad = entries[entries["row"] < 0]
    return table_of_errors(list(zip(bad["fname"], bad["error"], strict=True)))


def _look_up(clips, clip_format, folder, on_error, progress):
    """The store that holds the clips of a table, and its index entry for each of them."""
    choose("on_error", on_error, ("report", "raise"))
    parts = parts_of(clips)
    keys = keys_of(parts)
    store = find_store(parts, keys, clip_format, folder, on_error, progress)
    entries = store.index.iloc[store.find(keys)].reset_index(drop=True)
    entries["fname"] = [part[0] for part in parts]
    bad = entries[entries["row"] < 0]
    if len(bad) and on_error == "raise":
        raise AudioFileError(bad["fname"].iloc[0], bad["error"].iloc[0])
    return store, entries


def find_store(parts, keys, clip_format, folder=None, on_error="report", progress=None):
    """The store that holds all of these recordings; made where there is none."""
    home = _home(clip_format, folder)
    for path in sorted(home.glob("*/" + NOTE)) if home.is_dir() else []:
        store = _open(path.parent, clip_format)
        if store is not None and (store.find(keys) >= 0).all():
            os.utime(path)  # used now
            return store
    first = dict(zip(keys, parts, strict=True))  # each recording once
    name = hashlib.sha256("".join(first).encode()).hexdigest()[:16]
    with _explained(home):
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / f"{name}.lock"):
            # Another process may have made it meanwhile.
            if _open(home / name, clip_format) is None:
                _check_room(home, name, len(first), clip_format)
                write_store(home / name, first, clip_format, on_error, progress)
    if folder is None:
        _tidy(home.parent, keep=home / name)
    return _open(home / name, clip_format)


def _home(clip_format, folder):
    f = clip_format
    base = cache_dir() / "clips" if folder is None else Path(folder).expanduser()
    return base / f"{f.sample_rate}Hz-{f.samples}x{f.channels}-{f.crop}"


def _open(path, clip_format):
    """The store in a folder; `None` where it is of another version, or not as it was left."""
    try:
        note = json.loads((path / NOTE).read_text())
        index = read_index(path / INDEX)
        size = (path / SAMPLES).stat().st_size
    except (OSError, ValueError):
        return None
    n = int((index["row"] >= 0).sum())
    if note != note_of(clip_format, n) or size != n * row_bytes(clip_format):
        return None
    shape = (n, *clip_format.shape)
    clips = np.memmap(path / SAMPLES, "int16", "r", shape=shape) if n else np.zeros(shape, "int16")
    return ClipStore(path, clip_format, clips, index)


def _check_room(home, name, n, clip_format):
    partial = home / f"{name}.part" / SAMPLES
    there = partial.stat().st_size if partial.exists() else 0
    needed, free = n * row_bytes(clip_format) - there, shutil.disk_usage(home).free
    if needed > free:
        raise HearingAIError(
            f"the decoded clips need {needed / 2**30:.1f} GiB, and `{home}` has "
            f"{free / 2**30:.1f} GiB left. Make room, or name another folder with `store`"
        )


@contextmanager
def _explained(home):
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            why = "the disk is full; what is decoded so far is kept and gone on with"
        else:
            why = error.strerror or str(error)
        raise HearingAIError(
            f"cannot write the decoded clips to `{home}` ({why}). `store` names another folder"
        ) from None


def _tidy(base, keep):
    """Remove the stores of the cache that were not used for longest, beyond what it keeps."""
    stores = [p for p in base.glob("*/*") if p.is_dir() and p != keep]
    used = {p: max(f.stat().st_mtime for f in p.iterdir()) for p in stores if any(p.iterdir())}
    total = _size(keep)
    for path in sorted(used, key=used.get, reverse=True):
        total += _size(path)
        if total > _KEPT:
            shutil.rmtree(path, ignore_errors=True)


def _size(path):
    return sum(f.stat().st_size for f in path.iterdir()) if path.is_dir() else 0
