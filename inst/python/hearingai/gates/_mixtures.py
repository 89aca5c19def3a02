"""Mixtures of wanted and unwanted recordings, whose parts and active times are known.

The signal-to-noise ratio compares the powers of both where they are active. A recording is active
in the frames of 10 ms within 30 dB of its loudest frame, and in pauses of up to 0.2 s between them.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._typing import ArrayLike, PathLike
from ..audio.files import openable, warn_left_out
from ..audio.folders import files_at
from ..audio.levels import active_frames, soft_edges
from ..audio.own_rates import has_rate, waveform_and_rate
from ..audio.reading import audio_info, read_audio
from ..audio.resampling import resample
from ..audio.samples import as_samples, refuse_samples_first, to_float32
from ..clips.decoding import parts_of
from ..errors import HearingAIError
from ..runtime.arguments import recording_path
from ..tables.columns import check_columns
from ..tables.recordings import GROUPS, texts_of

_FRAME_S = 0.01
_ACTIVE_DB = 30.0  # dB below the loudest frame
_BRIDGED_S = 0.2
_PAUSE_S = (0.3, 1.5)
_LONGEST_S = 5.0  # of a wanted recording
_LEVEL_DB = -30.0  # of the unwanted where it is active
_UNDER_DB = (-15.0, 0.0)  # of the second series of unwanted recordings
_TILT = 0.8  # most of the previous sample that is added


@dataclass(frozen=True)
class Mixture:
    """A mixture and its parts.

    Attributes:
        wanted: float32, `(samples,)`.
        unwanted: float32, `(samples,)`.
        active: bool, `(samples,)`: where the wanted sound is active.
        snr_db: Its signal-to-noise ratio, dB.
    """

    wanted: np.ndarray
    unwanted: np.ndarray
    active: np.ndarray
    snr_db: float

    @property
    def sound(self) -> np.ndarray:
        """The sum."""
        return self.wanted + self.unwanted


def activity(waveform: ArrayLike, sample_rate: int) -> np.ndarray:
    """Find where a waveform is active.

    Args:
        waveform: `(samples,)`, float.
        sample_rate: Hz.

    Returns:
        bool, `(samples,)`; all false in silence.

    Example:
        >>> from hearingai.gates._mixtures import activity
        >>> activity([0.0] * 3 + [1.0] * 2 + [0.01], 100).tolist()
        [False, False, False, True, True, False]
    """
    frames = active_frames(waveform, sample_rate, seconds=_FRAME_S, below_db=_ACTIVE_DB)
    active, found = frames.active.copy(), np.flatnonzero(frames.active)
    for a, b in zip(found[:-1], found[1:], strict=True):
        if (b - a - 1) * _FRAME_S <= _BRIDGED_S:
            active[a:b] = True
    return np.repeat(active, np.diff(frames.bounds))


def active_rms(waveform: ArrayLike, active: np.ndarray) -> float:
    """The RMS where it is active; 0 where it is active nowhere."""
    square = np.square(np.asarray(waveform, "float64")[active])
    return float(np.sqrt(square.mean())) if len(square) else 0.0


@dataclass(frozen=True)
class Side:
    """The wanted or the unwanted recordings.

    Attributes:
        parts: `(fname, start, duration)` of each, seconds; or arrays of sound.
        groups: The group of each; a group is not split between training and validation.
    """

    parts: list[Any]
    groups: np.ndarray

    def __len__(self) -> int:
        return len(self.parts)

    def choose(self, rows: np.ndarray) -> "Side":
        """A `Side` of some of the recordings."""
        return Side([self.parts[row] for row in rows], self.groups[rows])

    def read(self, i: int, sample_rate: int, most: float, rng: np.random.Generator) -> np.ndarray:
        """A section of recording `i` of at most `most` seconds, mono."""
        part = self.parts[i]
        if isinstance(part, np.ndarray):
            room = len(part) - round(most * sample_rate)
            first = int(rng.integers(room + 1)) if room > 0 else 0
            return part[first : first + round(most * sample_rate)]
        fname, start, duration = part
        whole = audio_info(fname)["duration"] - start
        length = whole if duration is None else min(duration, whole)
        if length > most:
            start, length = start + rng.random() * (length - most), most
        return read_audio(fname, sample_rate, start=start, duration=max(length, 1e-9))[0]


def side_of(argument: str, recordings: Any, sample_rate: int) -> Side:
    """The wanted or unwanted recordings, from paths, folders, a table or sounds at a rate."""
    if isinstance(recordings, (str, os.PathLike)) or has_rate(recordings):
        recordings = [recordings]
    elif isinstance(recordings, np.ndarray) and recordings.dtype.kind not in "OU":
        recordings = np.atleast_2d(as_samples(recordings, argument))
        refuse_samples_first(recordings.shape, argument)
        recordings = list(recordings)
    if isinstance(recordings, pd.DataFrame):
        check_columns(argument, recordings, ("fname",))
        parts: list[Any] = list(parts_of(recordings, argument))
        by = next((g for g in GROUPS if g in recordings), "fname")
        groups = texts_of(recordings[by]).to_numpy()
    elif not isinstance(recordings, (list, tuple, pd.Series, np.ndarray)):
        raise HearingAIError(
            f"`{argument}` must be a folder, paths, a table with `fname`, or a list of sounds. "
            f"Received: {recordings!r}"
        )
    else:
        recordings = list(recordings)
        if all(isinstance(r, (str, os.PathLike)) for r in recordings):
            parts = _files(argument, recordings)
        else:
            parts = [_sound(argument, r, sample_rate) for r in recordings]
        groups = np.arange(len(parts)).astype(str)
    if not parts:
        raise HearingAIError(f"`{argument}` holds no recordings that can be used")
    return Side(parts, groups)


def split_side(side: Side, share: float, rng: np.random.Generator) -> tuple[Side, Side]:
    """`(train, validation)`: split by group, or in time where there is only one group."""
    names = np.unique(side.groups)
    if len(names) > 1:
        n = min(len(names) - 1, max(1, round(share * len(names))))
        held = np.isin(side.groups, rng.permutation(names)[:n])
        return side.choose(np.flatnonzero(~held)), side.choose(np.flatnonzero(held))
    before, behind = zip(*(_cut(part, 1 - share) for part in side.parts), strict=True)
    return Side(list(before), side.groups), Side(list(behind), side.groups)


def mixtures(
    wanted: Side,
    unwanted: Side,
    sample_rate: int,
    seconds: float,
    n: int,
    snr_db: Sequence[float],
    rng: np.random.Generator,
    varied: bool = False,
) -> Iterator[Mixture]:
    """Mix wanted and unwanted recordings.

    Each mixture has one or more unwanted recordings, one after the other, and wanted ones added to
    them with pauses between. All unwanted recordings are scaled to one level, -30 dB where they are
    active. A mixture has one signal-to-noise ratio; the mixtures take those of `snr_db` in turn.

    Args:
        wanted: A `Side`.
        unwanted: Another.
        sample_rate: Hz.
        seconds: Length of each mixture.
        n: How many.
        snr_db: Signal-to-noise ratios, dB.
        rng: A NumPy `Generator`.
        varied: Whether to augment: tilt the spectrum of each recording, and add a second, softer
            series of unwanted ones in every other mixture.
    """
    samples = round(seconds * sample_rate)
    orders = _turns(len(wanted), rng), _turns(len(unwanted), rng)
    for i in range(n):
        ratio = float(snr_db[i % len(snr_db)])
        bed = _bed(unwanted, orders[1], sample_rate, samples, rng, varied)
        if varied and rng.random() < 0.5:
            under = _bed(unwanted, orders[1], sample_rate, samples, rng, varied)
            bed += np.float32(10 ** (rng.uniform(*_UNDER_DB) / 20)) * under
        level = 10 ** ((_LEVEL_DB + ratio) / 20)
        voice, active = _line(wanted, orders[0], sample_rate, samples, level, rng, varied)
        yield Mixture(voice, bed, active, ratio)


def _bed(
    side: Side,
    order: Iterator[int],
    rate: int,
    samples: int,
    rng: np.random.Generator,
    varied: bool,
) -> np.ndarray:
    """Unwanted recordings one after the other."""
    bed, at, silent = np.zeros(samples, "float32"), 0, 0
    while at < samples:
        wave = _tilted(side.read(next(order), rate, samples / rate, rng), rng, varied)
        wave = soft_edges(wave, rate)
        rms = active_rms(wave, activity(wave, rate))
        silent = 0 if rms else silent + 1
        if silent > len(side):
            raise HearingAIError("`unwanted` holds only silence")
        if rms:
            piece = wave[: samples - at] * (10 ** (_LEVEL_DB / 20) / rms)
            bed[at : at + len(piece)] += piece.astype("float32")
            at += len(piece)
    return bed


def _line(
    side: Side,
    order: Iterator[int],
    rate: int,
    samples: int,
    level: float,
    rng: np.random.Generator,
    varied: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Wanted recordings with pauses between them, and where they are active."""
    line, active = np.zeros(samples, "float32"), np.zeros(samples, bool)
    at, silent = round(rng.uniform(0, _PAUSE_S[1]) * rate), 0
    while at < samples:
        wave = _tilted(side.read(next(order), rate, _LONGEST_S, rng), rng, varied)
        wave = soft_edges(wave, rate)
        mask = activity(wave, rate)
        rms = active_rms(wave, mask)
        silent = 0 if rms else silent + 1
        if silent > len(side):
            raise HearingAIError("`wanted` holds only silence")
        if rms:
            piece = wave[: samples - at] * (level / rms)
            line[at : at + len(piece)] += piece.astype("float32")
            active[at : at + len(piece)] |= mask[: len(piece)]
            at += len(piece) + round(rng.uniform(*_PAUSE_S) * rate)
    return line, active


def _turns(n: int, rng: np.random.Generator) -> Iterator[int]:
    """Positions in random order, each once before any is repeated."""
    while True:
        yield from rng.permutation(n)


def _tilted(wave: np.ndarray, rng: np.random.Generator, varied: bool) -> np.ndarray:
    """Tilt a recording's spectrum: raise or lower its high frequencies."""
    if not varied:
        return wave
    return wave + rng.uniform(-_TILT, _TILT) * np.concatenate([[0], wave[:-1]])


def _cut(part: Any, share: float) -> tuple[Any, Any]:
    """Split a recording in time; the first part is the given share of it."""
    if isinstance(part, np.ndarray):
        n = max(1, round(share * len(part)))
        return part[:n], part[n:] if n < len(part) else part
    fname, start, duration = part
    duration = audio_info(fname)["duration"] - start if duration is None else duration
    first = share * duration
    return (fname, start, first), (fname, start + first, duration - first)


def _files(argument: str, paths: Iterable[PathLike]) -> list[tuple]:
    """The recordings that can be opened."""
    found = [os.path.expanduser(recording_path(argument, path)) for path in paths]  # noqa: PTH111
    files, problems = openable([f for p in found for f in files_at(argument, p)], whole=True)
    warn_left_out(problems)
    return parts_of(files)


def _sound(argument: str, values: Any, sample_rate: int) -> np.ndarray:
    """A recording in memory, of one channel."""
    values, own = waveform_and_rate(values, None, argument)
    wave = to_float32(as_samples(values, argument))
    refuse_samples_first(wave.shape, argument)
    if wave.ndim not in (1, 2) or not wave.size:
        raise HearingAIError(
            f"`{argument}` must be a folder, paths, a table with `fname`, or a list of sounds. "
            f"Received: an array of shape {wave.shape}"
        )
    wave = wave.mean(axis=0) if wave.ndim == 2 else wave
    return wave if own is None else resample(wave, own, sample_rate)
