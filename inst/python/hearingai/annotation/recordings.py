"""The input of `annotate`: files, folders, tables of parts, sound in memory."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..audio.blocks import open_blocks
from ..audio.own_rates import has_rate, waveform_and_rate
from ..audio.samples import as_waveform, warn_of_clipping
from ..clips.recordings import recording_parts
from ..errors import AudioFileError, HearingAIError
from ..runtime.addresses import address_of

_BLOCK = 2**18  # samples of sound in memory that are processed at once


@dataclass(frozen=True, slots=True)  # there may be a million
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
        """Its length in seconds by its header; 0 where that is not known, as at an address."""
        if address_of(self.fname) is not None:  # a file is fetched once, when its turn comes
            return self.duration or 0.0
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
        warn_of_clipping(float(np.abs(waveform).max()), "recordings")
        self.samples = waveform.shape[-1]
        self.seconds = self.samples / sample_rate

    @property
    def pair(self) -> tuple[np.ndarray, int]:
        """Its waveform and its rate."""
        return self._waveform, self.sample_rate

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
    recordings: Any, sample_rate: int | None, usual: int, *, partial: bool = False
) -> Sequence[Recording]:
    """List recordings.

    Args:
        recordings: See `annotate`.
        sample_rate: Rate of sound in memory, Hz; `None` takes its own, else the usual.
        usual: The classifier's rate.
        partial: Read what is there of recordings that are truncated or damaged.

    Returns:
        A list of `Part`s, or of one `Waveform`.

    Raises:
        HearingAIError: It is of another kind, names no recording, or a folder holds none.
    """
    sound, rate = waveform_and_rate(recordings, sample_rate, "recordings")
    array = isinstance(sound, np.ndarray) and sound.dtype.kind not in "OU"
    if has_rate(recordings) or array:
        return [Waveform(sound, usual if rate is None else rate)]
    parts = recording_parts("recordings", recordings, "one sound")
    return [Part(*part, partial=partial) for part in parts]
