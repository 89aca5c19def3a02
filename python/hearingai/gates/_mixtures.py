"""Wanted sounds in unwanted ones: mixtures of which it is known what sounds when.

The ratio is that of the powers of both where they are active. A recording is active in those
frames of 10 ms that are within 30 dB of its loudest, pauses of up to 0.2 s between them included.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..audio.files import EXTENSIONS, audio_files, openable, warn_left_out
from ..audio.levels import active_frames, soft_edges
from ..audio.reading import audio_info, read_audio
from ..audio.samples import to_float32
from ..clips.decoding import parts_of
from ..errors import HearingAIError
from ..tables.clip_table import GROUPS, check_columns

_FRAME_S = 0.01
_ACTIVE_DB = 30.0  # below the loudest frame
_BRIDGED_S = 0.2
_PAUSE_S = (0.3, 1.5)
_LONGEST_S = 5.0  # of a wanted recording
_LEVEL_DB = -30.0  # of the unwanted where it is active
_UNDER_DB = (-15.0, 0.0)  # of a second line of unwanted recordings
_TILT = 0.8  # of the sample before that is added at most


@dataclass(frozen=True)
class Mixture:
    """A mixture and its parts.

    Attributes:
        wanted: float32, `(samples,)`.
        unwanted: float32, `(samples,)`.
        active: bool, `(samples,)`: where the wanted sound is active.
        snr_db: The ratio it was mixed at.
    """

    wanted: np.ndarray
    unwanted: np.ndarray
    active: np.ndarray
    snr_db: float

    @property
    def sound(self):
        """The sum."""
        return self.wanted + self.unwanted


def activity(waveform, sample_rate):
    """Find where a waveform is active.

    Args:
        waveform: `(samples,)`, float.
        sample_rate: Hz.

    Returns:
        bool, `(samples,)`; none of it in silence.

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


def active_rms(waveform, active):
    """The root of the mean square where it is active; 0 where it nowhere is."""
    square = np.square(np.asarray(waveform, "float64")[active])
    return float(np.sqrt(square.mean())) if len(square) else 0.0


@dataclass(frozen=True)
class Side:
    """The wanted or the unwanted recordings.

    Attributes:
        parts: `(fname, start, duration)` of each, seconds; or arrays of sound.
        groups: What each belongs to; a group is not split between training and validation.
    """

    parts: list
    groups: np.ndarray

    def __len__(self):
        return len(self.parts)

    def choose(self, rows):
        """Some of them."""
        return Side([self.parts[row] for row in rows], self.groups[rows])

    def read(self, i, sample_rate, most, rng):
        """A stretch of recording `i` of at most `most` seconds, mono."""
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


def side_of(argument, recordings):
    """The wanted or unwanted recordings, from a folder, paths, a table or arrays."""
    if isinstance(recordings, (str, os.PathLike)):
        path = Path(recordings).expanduser()
        recordings = audio_files(path) if path.is_dir() else [str(path)]
    elif isinstance(recordings, np.ndarray) and recordings.dtype.kind in "fi":
        recordings = list(np.atleast_2d(recordings))
    if isinstance(recordings, pd.DataFrame):
        check_columns(argument, recordings, ("fname",))
        parts = parts_of(recordings)
        by = next((g for g in GROUPS if g in recordings), "fname")
        groups = recordings[by].astype(str).to_numpy()
    else:
        recordings = list(recordings)
        arrays = [not isinstance(r, (str, os.PathLike)) for r in recordings]
        parts = [_sound(argument, r) for r in recordings] if any(arrays) else _files(recordings)
        groups = np.arange(len(parts)).astype(str)
    if not parts:
        raise HearingAIError(
            f"`{argument}` holds no recordings. Endings looked for: {', '.join(EXTENSIONS)}"
        )
    return Side(parts, groups)


def split_side(side, share, rng):
    """`(train, validation)`: by group, or in time where there is but one group."""
    names = np.unique(side.groups)
    if len(names) > 1:
        n = min(len(names) - 1, max(1, round(share * len(names))))
        held = np.isin(side.groups, rng.permutation(names)[:n])
        return side.choose(np.flatnonzero(~held)), side.choose(np.flatnonzero(held))
    before, behind = zip(*(_cut(part, 1 - share) for part in side.parts), strict=True)
    return Side(list(before), side.groups), Side(list(behind), side.groups)


def mixtures(wanted, unwanted, sample_rate, seconds, n, snr_db, rng, varied=False):
    """Mix.

    Each mixture is one or more unwanted recordings, one behind the other, and wanted ones in it
    with pauses between them. All unwanted recordings are brought to one level, -30 dB where they
    are active; all of a mixture has one signal-to-noise ratio, and they come in turn.

    Args:
        wanted: A `Side`.
        unwanted: Another.
        sample_rate: Hz.
        seconds: Length of each mixture.
        n: How many.
        snr_db: Signal-to-noise ratios, dB.
        rng: A NumPy `Generator`.
        varied: Whether to tilt the spectrum of each recording, and to lay a second, softer line of
            unwanted ones under the first in every other mixture, so that few recordings become
            many.

    Yields:
        `Mixture`s.
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


def _bed(side, order, rate, samples, rng, varied):
    """Unwanted recordings one behind the other."""
    bed, at, silent = np.zeros(samples, "float32"), 0, 0
    while at < samples:
        wave = _tilted(side.read(next(order), rate, samples / rate, rng), rng, varied)
        wave = soft_edges(wave, rate)
        rms = active_rms(wave, activity(wave, rate))
        silent = 0 if rms else silent + 1
        if silent > len(side):
            raise HearingAIError("`unwanted` holds nothing but silence")
        if rms:
            piece = wave[: samples - at] * (10 ** (_LEVEL_DB / 20) / rms)
            bed[at : at + len(piece)] += piece.astype("float32")
            at += len(piece)
    return bed


def _line(side, order, rate, samples, level, rng, varied):
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
            raise HearingAIError("`wanted` holds nothing but silence")
        if rms:
            piece = wave[: samples - at] * (level / rms)
            line[at : at + len(piece)] += piece.astype("float32")
            active[at : at + len(piece)] |= mask[: len(piece)]
            at += len(piece) + round(rng.uniform(*_PAUSE_S) * rate)
    return line, active


def _turns(n, rng):
    """Positions in random order, each once before any comes again."""
    while True:
        yield from rng.permutation(n)


def _tilted(wave, rng, varied):
    """A recording with more or with less of its high frequencies."""
    if not varied:
        return wave
    return wave + rng.uniform(-_TILT, _TILT) * np.concatenate([[0], wave[:-1]])


def _cut(part, share):
    """A recording in two, the first of which is a share of it."""
    if isinstance(part, np.ndarray):
        n = max(1, round(share * len(part)))
        return part[:n], part[n:] if n < len(part) else part
    fname, start, duration = part
    if duration is None:
        duration = audio_info(fname)["duration"] - start
    first = share * duration
    return (fname, start, first), (fname, start + first, duration - first)


def _files(paths):
    """Those that can be opened."""
    files, problems = openable([os.fspath(path) for path in paths], whole=True)
    warn_left_out(problems)
    return parts_of(files)


def _sound(argument, values):
    """A recording in memory."""
    wave = np.asarray(values)
    wave = to_float32(wave) if wave.dtype == np.int16 else wave
    if wave.dtype.kind != "f" or wave.ndim != 1 or not wave.size or not np.isfinite(wave).all():
        raise HearingAIError(
            f"`{argument}` must be a folder, paths, a table with `fname`, or a list of sounds: "
            f"finite floats in -1...1 of shape (samples,). Received: {wave.dtype} of shape "
            f"{wave.shape}"
        )
    return wave.astype("float32")
