"""Embeddings of decoded clips by a body, kept on disk for the next training."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from .._typing import Progress
from ..audio.samples import to_float32
from ..bodies.body import Body
from ..errors import HearingAIError, warn
from ..runtime.arguments import path_of
from ..runtime.cache import cache_dir
from ..runtime.progress import progress_bar
from .packed import PackedClips

_BATCH = 32  # clips that are embedded between two writes
IN_MEMORY = 2**28  # bytes of changed waveforms; more lie in a file
_WAIT = 60.0  # seconds that a process waits while another writes
_CHECK = 4  # bytes of the checksum before each value
_TABLE = "kept (key BLOB PRIMARY KEY, value BLOB)"
_SCHEMA = ("table", f"CREATE TABLE {_TABLE}")  # all that a file of ours holds
_NAME = 40  # characters of a body's name in that of its file


def embedded(
    clips: PackedClips, body: Body, folder: Path | None, progress: Progress = None
) -> PackedClips:
    """The embeddings of decoded clips, those that are kept read and the others computed and kept.

    A clip is found by its samples, whatever file they came from, so a copy, another fold or another
    table finds it too. Every batch is kept as soon as it is computed: an interrupted call resumes.
    Where nothing can be kept, a warning says why.

    Args:
        clips: Waveforms.
        body: The body.
        folder: Where to keep them; `None` keeps none.
        progress: Whether to show a bar.

    Returns:
        `PackedClips` of float32 `(frames, size)`, with the digests of the waveforms.
    """
    hashes = clips.digests()
    values = None
    with _kept(body, folder) as kept, progress_bar("Embedding", len(clips), progress) as bar:
        for first in range(0, len(clips), _BATCH):
            places = np.arange(first, min(first + _BATCH, len(clips)))
            found = kept.embeddings(clips[places])
            if values is None:
                values = np.empty((len(clips), *found.shape[1:]), "float32")
            values[places] = found
            bar(int(places[-1]) + 1)
    return PackedClips(
        np.zeros((0, 1, body.size), "float32") if values is None else values, hashes=hashes
    )


def embeddings_folder(store: Any) -> Path | None:
    """Where the embeddings of a training are kept, see `fit`'s `store`."""
    if store is False:
        return None
    return (cache_dir() if store is None else path_of("store", store).expanduser()) / "embeddings"


def varied(clips: PackedClips, variation: Callable[[np.ndarray], np.ndarray]) -> PackedClips:
    """What a function of batches makes of waveforms, int16; much of it lies in a temporary file."""
    places = np.arange(len(clips))
    batches = (places[first : first + _BATCH] for first in range(0, len(clips), _BATCH))
    changed = (variation(clips[rows]) for rows in batches)
    first = next(changed, clips[places])
    if len(clips) * first[:1].nbytes <= IN_MEMORY:
        return PackedClips(np.concatenate([first, *changed]))
    with _told(), TemporaryFile(buffering=0) as file:
        for batch in chain([first], changed):
            data = memoryview(batch.tobytes())
            while data:
                data = data[file.write(data) :]
        return PackedClips(np.memmap(file, first.dtype, "r", shape=(len(clips), *first.shape[1:])))


@contextmanager
def _told() -> Iterator[None]:
    """What happens to a temporary file, as an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise HearingAIError(
            f"what is made of the clips cannot be written to a temporary file ({error}); make "
            f"room, or name another folder in the environment variable TMPDIR"
        ) from error


class _Kept:
    """The embeddings of one body in one file: a table from keys to float32 values."""

    def __init__(self, body: Body, path: Path | None) -> None:
        self.body, self.path = body, path
        self.connection: sqlite3.Connection | None = None
        if path is not None:
            with self._told():
                path.parent.mkdir(parents=True, exist_ok=True)
                self.connection = sqlite3.connect(path, timeout=_WAIT)
                self.connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE}")
                select = "SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL"
                if self.connection.execute(select).fetchall() != [_SCHEMA]:
                    raise sqlite3.DatabaseError("it holds other tables")

    def embeddings(self, clips: np.ndarray) -> np.ndarray:
        """The embeddings of a batch of clips; what is computed is kept at once."""
        shape = (self.body.frames(clips.shape[-1]), self.body.size)
        keys = [_key(clip) for clip in clips]
        found = self._find(keys, shape)
        lacking = [i for i, key in enumerate(keys) if key not in found]
        if lacking:
            made = self.body.embeddings(to_float32(clips[lacking]))
            new = {keys[i]: value for i, value in zip(lacking, made, strict=True)}
            self._keep(new)
            found |= new
        return np.stack([found[key] for key in keys])

    def _find(self, keys: list[bytes], shape: tuple[int, int]) -> dict[bytes, np.ndarray]:
        found = dict[bytes, np.ndarray]()
        with self._told():
            for key in keys:
                if self.connection is None:
                    break
                select = "SELECT value FROM kept WHERE key = ? AND length(value) = ?"
                row = self.connection.execute(select, (key, _n_bytes(shape))).fetchone()
                value = None if row is None else _unpacked(row[0], shape)
                if value is not None:
                    found[key] = value
        return found

    def _keep(self, values: dict[bytes, np.ndarray]) -> None:
        if self.connection is None:
            return
        rows = [(key, _packed(value)) for key, value in values.items()]
        with self._told(), self.connection:
            self.connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """After an error of the file nothing more is kept; a damaged one is begun anew."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            self.close()
            damaged = type(error) is sqlite3.DatabaseError
            for file in (self.path, f"{self.path}-journal") if damaged else ():
                with suppress(OSError):
                    Path(str(file)).unlink()
            ending = "; the next call begins it anew" if damaged else ""
            warn(f"embeddings are not kept in {self.path} ({error}){ending}")

    def close(self) -> None:
        """Close the file, if it is open."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@contextmanager
def _kept(body: Body, folder: Path | None) -> Iterator[_Kept]:
    """What is kept of a body in a folder, if one is given."""
    name = f"{body.name[:_NAME]}-{hashlib.sha256(body.identity.encode()).hexdigest()[:16]}.sqlite"
    with closing(_Kept(body, None if folder is None else folder / name)) as kept:
        yield kept


def _packed(value: np.ndarray) -> bytes:
    """Values as bytes, after their checksum."""
    data = value.astype("<f4").tobytes()
    return zlib.crc32(data).to_bytes(_CHECK, "little") + data


def _unpacked(found: Any, shape: tuple[int, int]) -> np.ndarray | None:
    """The values of kept bytes; `None` where they have been changed."""
    if not isinstance(found, bytes) or len(found) != _n_bytes(shape):
        return None
    data = found[_CHECK:]
    if zlib.crc32(data).to_bytes(_CHECK, "little") != found[:_CHECK]:
        return None
    return np.frombuffer(data, "<f4").astype("float32").reshape(shape)


def _n_bytes(shape: tuple[int, int]) -> int:
    return _CHECK + 4 * shape[0] * shape[1]


def _key(clip: np.ndarray) -> bytes:
    return hashlib.sha256(f"{clip.dtype}{clip.shape}".encode() + clip.tobytes()).digest()
