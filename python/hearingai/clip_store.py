"""The clip store: recordings decoded once, packed in one file, found again by what they are."""

import errno
import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from .clips import ClipFormat, digest, parts_of, read_each, table_of_errors, to_int16
from .datasets.download import cache_dir
from .errors import AudioFileError, HearingAIError, choose
from .packed import PackedClips
from .progress import progress_bar

_VERSION = 1
_CHUNK = 2**24  # bytes between two writes
_KEPT = 20 * 2**30  # bytes that the cache keeps, those used last
_NOTE, _INDEX, _SAMPLES = "store.json", "index.tsv", "waveforms.i16"
_COLUMNS = ("key", "length", "digest", "error")


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
    for path in sorted(home.glob("*/" + _NOTE)) if home.is_dir() else []:
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
                _write(home / name, first, clip_format, on_error, progress)
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
        note = json.loads((path / _NOTE).read_text())
        index = _read_index(path / _INDEX)
        size = (path / _SAMPLES).stat().st_size
    except (OSError, ValueError):
        return None
    n = int((index["row"] >= 0).sum())
    if note != _note(clip_format, n) or size != n * _row_bytes(clip_format):
        return None
    shape = (n, *clip_format.shape)
    clips = np.memmap(path / _SAMPLES, "int16", "r", shape=shape) if n else np.zeros(shape, "int16")
    return ClipStore(path, clip_format, clips, index)


def _note(clip_format, n):
    return {"version": _VERSION, "clips": n} | vars(clip_format)


def _read_index(path):
    """The index of a store, also of one that was left half-written: whole lines only."""
    lines = path.read_text("utf-8").split("\n")[:-1]
    rows = [line.split("\t") for line in lines]
    index = pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)
    good = (index["error"] == "").to_numpy(dtype=bool)
    index["length"] = index["length"].astype(int)
    index.insert(1, "row", np.where(good, np.cumsum(good) - 1, -1))
    return index


def _row_bytes(clip_format):
    return 2 * int(np.prod(clip_format.shape))


def _write(path, first, clip_format, on_error, progress):
    """Decode the recordings that are not in `path`.part yet; it takes its name when complete."""
    partial = path.with_name(path.name + ".part")
    partial.mkdir(exist_ok=True)
    done = _resume(partial, clip_format)
    waiting = {key: part for key, part in first.items() if key not in done}

    def finish(clip, length):
        samples = to_int16(clip)
        return samples, length, digest(samples)

    pairs = zip(waiting, read_each(waiting.values(), clip_format, finish), strict=True)
    with (
        open(partial / _SAMPLES, "ab") as samples,
        open(partial / _INDEX, "a", encoding="utf-8", newline="\n") as index,
        ThreadPoolExecutor(1) as disk,
        progress_bar("Preparing clips", len(first), progress) as bar,
    ):
        chunk = _Chunk(samples, index, disk)
        for i, (key, found) in enumerate(pairs):
            if isinstance(found, AudioFileError):
                if on_error == "raise":
                    raise found
                chunk.add(key, error=found.reason)
            else:
                chunk.add(key, *found)
            bar(len(done) + i + 1)
        chunk.close()
    n = (partial / _SAMPLES).stat().st_size // _row_bytes(clip_format)
    (partial / _NOTE).write_text(json.dumps(_note(clip_format, n), indent=1) + "\n")
    shutil.rmtree(path, ignore_errors=True)  # what `_open` would not take
    partial.replace(path)


class _Chunk:
    """Clips on their way to disk: the samples first, then the lines that tell of them."""

    def __init__(self, samples, index, disk):
        self.samples, self.index, self.clips, self.lines = samples, index, [], []
        self.bytes, self.disk, self.synced = 0, disk, []

    def add(self, key, clip=None, length=0, hashed="", error=""):
        if clip is not None:
            self.clips.append(clip)
            self.bytes += clip.nbytes
        error = " ".join(error.split())
        self.lines.append(f"{key}\t{length}\t{hashed}\t{error}\n")
        if self.bytes >= _CHUNK:
            self.flush()

    def flush(self):
        for clip in self.clips:
            self.samples.write(clip.data)
        self.samples.flush()
        # Begun early and beside the decoding, the last wait for the disk is short.
        self.synced.append(self.disk.submit(os.fsync, self.samples.fileno()))
        self.index.write("".join(self.lines))
        self.index.flush()
        self.clips, self.lines, self.bytes = [], [], 0

    def close(self):
        self.flush()
        for written in self.synced:
            written.result()


def _resume(partial, clip_format):
    """Cut a store that was left half-written to what is whole; the keys of what stays."""
    size = _row_bytes(clip_format)
    try:
        index = _read_index(partial / _INDEX)
        with open(partial / _SAMPLES, "rb") as file:
            whole = _n_whole(index, file, size)
    except (OSError, ValueError):
        whole, index = 0, pd.DataFrame({"key": [], "row": []})
    kept = index[:whole]
    n = int((kept["row"] >= 0).sum())
    for name, length in ((_SAMPLES, n * size), (_INDEX, _index_bytes(kept))):
        with open(partial / name, "ab") as file:
            file.truncate(length)
    return set(kept["key"])


def _index_bytes(kept):
    lines = ("\t".join(map(str, line)) + "\n" for line in kept.drop(columns="row").to_numpy())
    return sum(len(line.encode()) for line in lines)


def _n_whole(index, file, size):
    """How many of the index's entries have their samples, unharmed."""
    for i, entry in enumerate(index.itertuples()):
        if entry.row >= 0:
            found = np.frombuffer(file.read(size), "int16")
            if found.nbytes < size or digest(found) != entry.digest:
                return i
    return len(index)


def _check_room(home, name, n, clip_format):
    partial = home / f"{name}.part" / _SAMPLES
    there = partial.stat().st_size if partial.exists() else 0
    needed, free = n * _row_bytes(clip_format) - there, shutil.disk_usage(home).free
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
