"""Embeddings of decoded clips by a body, kept on disk for the next training."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import Progress
from ..audio.samples import to_float32
from ..bodies.body import Body
from ..errors import warn
from ..runtime.cache import cache_dir
from ..runtime.progress import progress_bar
from .packed import PackedClips

_BATCH = 32  # clips that are embedded between two writes
_WAIT = 60.0  # seconds that a process waits while another writes


def embedded(
    clips: PackedClips, body: Body, folder: Path | None, progress: Progress = None
) -> PackedClips:
    """The embeddings of decoded clips, those that are kept read and the others computed and kept.

    A clip is found by its samples, whatever file they came from, so a copy, another fold or another
    table finds it too. Every batch is kept as soon as it is computed: an interrupted call resumes.

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
            batch = clips[places]
            found = kept.embeddings(batch) if kept else body.embeddings(to_float32(batch))
            if values is None:
                values = np.empty((len(clips), *found.shape[1:]), "float32")
            values[places] = found
            bar(int(places[-1]) + 1)
    return PackedClips(
        np.zeros((0, 1, body.size), "float32") if values is None else values, hashes=hashes
    )


class _Kept:
    """The embeddings of one body in one file: a table from keys to float32 values."""

    def __init__(self, body: Body, connection: sqlite3.Connection) -> None:
        self.body, self.connection = body, connection
        connection.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB)")

    def embeddings(self, clips: np.ndarray) -> np.ndarray:
        """The embeddings of a batch of clips; what is computed is kept at once."""
        shape = (self.body.frames(clips.shape[-1]), self.body.size)
        keys = [_key(clip) for clip in clips]
        found = {key: value for key in keys if (value := self._find(key, shape)) is not None}
        lacking = [i for i, key in enumerate(keys) if key not in found]
        if lacking:
            made = self.body.embeddings(to_float32(clips[lacking]))
            found |= {keys[i]: value for i, value in zip(lacking, made, strict=True)}
            rows = [(keys[i], found[keys[i]].tobytes()) for i in lacking]
            with self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)
        return np.stack([found[key] for key in keys])

    def _find(self, key: bytes, shape: tuple[int, int]) -> np.ndarray | None:
        row = self.connection.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        if row is None or len(row[0]) != 4 * shape[0] * shape[1]:
            return None
        return np.frombuffer(row[0], "float32").reshape(shape)


def embeddings_folder(store: Any) -> Path | None:
    """Where the embeddings of a training are kept, see `fit`'s `store`."""
    if store is False:
        return None
    return (cache_dir() if store is None else Path(store)) / "embeddings"


@contextmanager
def _kept(body: Body, folder: Path | None) -> Iterator[_Kept | None]:
    """What is kept of a body; nothing, with a warning, where no file can be opened."""
    if folder is None:
        yield None
        return
    opened = _opened(body, folder)
    if opened is None:
        yield None
        return
    with closing(opened.connection):
        yield opened


def _opened(body: Body, folder: Path) -> _Kept | None:
    path = folder / f"{body.name}-{_identity(body)}.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _Kept(body, sqlite3.connect(path, timeout=_WAIT))
    except (OSError, sqlite3.Error) as error:
        warn(f"embeddings are not kept in {path}: {error}")
        return None


def _identity(body: Body) -> str:
    """What decides the embeddings of a clip besides its samples."""
    text = f"{body.sha256}|{body.window}|{body.hop}|{body.padding}|{sorted(body.options)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _key(clip: np.ndarray) -> bytes:
    return hashlib.sha256(f"{clip.dtype}{clip.shape}".encode() + clip.tobytes()).digest()
