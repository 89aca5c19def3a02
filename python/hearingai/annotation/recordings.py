"""The input of `annotate`: files, folders, tables of parts, sound in memory."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..audio.blocks import open_blocks
from ..audio.files import EXTENSIONS
from ..audio.folders import audio_files
from ..audio.samples import as_waveform
from ..clips.decoding import parts_of
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import check_rate
from ..tables.columns import check_columns

_BLOCK = 2**18  # samples of sound in memory that are processed at once


@dataclass(frozen=True)
class Part:
    """A recording on disk, or a part of it.

    Attributes:
        fname: The file.
        start: Where to begin, in seconds.
        duration: Seconds; `None` to the end.
        partial: Whether to read what is there of one that is truncated or damaged.
    """

    fname: str
    start: float = 0.0
    duration: float | None = None
    partial: bool = False

    def open(self) -> AbstractContextManager[Any]:
        """Open it: a context manager of an object with `read()`, see `Blocks`."""
        return open_blocks(self.fname, self.start, self.duration, partial=self.partial)

    @property
    def seconds(self) -> float:
        """Its length in seconds by its header; 0 where that is not known."""
        try:
            with self.open() as sound:
                return (sound.samples or 0) / sound.sample_rate
        except AudioFileError:  # reported when its turn comes
            return 0.0


class Waveform:
    """A recording in memory.

    Args:
        waveform: `(samples,)` or `(channels, samples)`, float in -1...1 or int16.
        sample_rate: Hz.
    """

    fname: None = None
    start: float = 0.0
    duration: float | None = None

    def __init__(self, waveform: np.ndarray, sample_rate: int) -> None:
        waveform = as_waveform(waveform, "recordings")
        self._waveform, self.sample_rate = waveform, sample_rate
        if not waveform.size:
            raise HearingAIError(
                f"`recordings` holds no samples. Received: an array of shape {waveform.shape}"
            )
        self.samples = waveform.shape[-1]
        self.seconds = self.samples / sample_rate

    @contextmanager
    def open(self) -> "Iterator[Waveform]":
        """It is open."""
        yield self

    def read(self) -> Iterator[np.ndarray]:
        """Yield its blocks, `(samples, channels)`."""
        sound = np.atleast_2d(self._waveform).T
        for first in range(0, len(sound), _BLOCK):
            yield sound[first : first + _BLOCK]


Recording: TypeAlias = Part | Waveform


def recordings_of(
    recordings: Any, sample_rate: int, *, partial: bool = False
) -> Sequence[Recording]:
    """List recordings.

    Args:
        recordings: See `annotate`.
        sample_rate: Rate of sound in memory, Hz.
        partial: Read what is there of recordings that are truncated or damaged.

    Returns:
        A list of `Part`s, or of one `Waveform`.

    Raises:
        HearingAIError: It is of another kind, names no recording, or a folder holds none.
    """
    sample_rate = check_rate(sample_rate)
    if isinstance(recordings, np.ndarray) and recordings.dtype.kind not in "OU":
        return [Waveform(recordings, sample_rate)]
    if isinstance(recordings, pd.DataFrame):
        check_columns("recordings", recordings, ("fname",))
        parts = parts_of(recordings, "recordings")
        found = [Part(_path(p[0]), *p[1:], partial=partial) for p in parts]
    else:
        several = isinstance(recordings, (list, tuple, pd.Series, np.ndarray))
        paths = recordings if several else [recordings]
        found = [Part(file, partial=partial) for path in paths for file in _files(path)]
    if not found:
        raise HearingAIError("`recordings` names no recording")
    return found


def _files(path: Any) -> list[str]:
    """The recordings at a path: the file itself, or those in a folder and below, sorted by name."""
    path = _path(path)
    if not os.path.isdir(path):  # noqa: PTH112 (pathlib raises of names that no file has)
        return [path]
    found = audio_files(path)
    if not found:
        raise HearingAIError(
            f"`recordings`: the folder {path} contains no recordings. Endings looked for: "
            f"{', '.join(EXTENSIONS)}"
        )
    return found


def _path(path: Any) -> str:
    if not isinstance(path, (str, os.PathLike)):
        raise HearingAIError(
            f"`recordings` must be paths, a table with a column `fname`, or one sound. "
            f"Received: {path!r}"
        )
    return os.fspath(path)
