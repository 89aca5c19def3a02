"""Many recordings, decoded once: the int16 store that training reads."""

import hashlib
import mmap
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .audio import fit_channels, fit_length, read_audio, resample
from .errors import AudioFileError, HearingAIError, choose
from .progress import progress_bar

_WORKERS = min(8, os.cpu_count() or 1)
_IN_MEMORY = 2**30  # bytes; a larger store lies in a temporary file that the system pages


@dataclass(frozen=True)
class ClipFormat:
    """What every recording is brought to.

    Attributes:
        sample_rate: Hz.
        samples: Length.
        channels: 1 averages the channels, 2 doubles a single one.
        crop: What is kept of a longer recording, see `fit_length`.
        place: Where a shorter recording lies among zeros, see `fit_length`.
    """

    sample_rate: int
    samples: int
    channels: int = 1
    crop: str = "start"
    place: str = "start"

    @property
    def shape(self):
        """Shape of one clip: `(samples,)`, or `(channels, samples)` of several."""
        return (self.samples,) if self.channels == 1 else (self.channels, self.samples)

    def fit(self, waveform, seed=None):
        """Bring a waveform of the right rate to the format."""
        waveform = fit_channels(waveform, self.channels)
        if seed is None and self.crop == "random":
            seed = 0  # a recording is heard alike whenever it is predicted
        return fit_length(waveform, self.samples, self.crop, place=self.place, seed=seed)


def decode(fname, clip_format, start=0.0, duration=None, seed=None):
    """Read one recording, or a part of it (seconds), as a waveform of exact format."""
    rate, channels = clip_format.sample_rate, clip_format.channels
    waveform, _ = read_audio(
        fname, sample_rate=rate, mono=channels == 1, start=start, duration=duration
    )
    return clip_format.fit(waveform, seed)


def decode_all(
    clips,
    clip_format,
    on_error="report",
    dtype="float32",
    seed=None,
    progress=False,
):
    """Read recordings in parallel into one array.

    Args:
        clips: A table with a column `fname` and, for parts of recordings, `start` and `end`
            (seconds); or a list of paths.
        clip_format: The `ClipFormat` to bring them to.
        on_error: `"report"` leaves a bad file out and lists it; `"raise"` stops at it.
        dtype: `"float32"` in -1...1, or `"int16"`.
        seed: Decides random places and stretches, clip by clip; `None` puts shorter clips at the
            start and takes one stretch for all.
        progress: See `progress_bar`.

    Returns:
        `(waveforms, good, errors)`: an array `(n, samples)` or `(n, channels, samples)` of the
        readable recordings, their positions in `clips`, and a table `fname`, `error` of the
        others.
    """
    choose("on_error", on_error, ("report", "raise"))
    if seed is None and clip_format.place == "random":
        clip_format = ClipFormat(**(vars(clip_format) | {"place": "start"}))
    parts = list(_parts(clips))
    waveforms = _allocate((len(parts), *clip_format.shape), dtype)
    convert = to_int16 if dtype == "int16" else np.asarray

    def work(i):
        place_seed = None if seed is None else [seed, i]
        try:
            waveforms[i] = convert(decode(parts[i][0], clip_format, *parts[i][1:], place_seed))
        except AudioFileError as error:
            if on_error == "raise":
                raise
            return error.reason
        return None

    reasons = []
    with (
        ThreadPoolExecutor(_WORKERS) as pool,
        progress_bar("Reading clips", len(parts), progress) as bar,
    ):
        try:
            for reason in pool.map(work, range(len(parts))):
                reasons.append(reason)
                bar(len(reasons))
        except BaseException:  # Ctrl-C too: the pool would read the rest to its end
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    good = np.array([i for i, reason in enumerate(reasons) if reason is None], dtype=int)
    bad = [(parts[i][0], reason) for i, reason in enumerate(reasons) if reason is not None]
    if bad:
        for to, row in enumerate(good):  # moved up in place: a copy would double the memory
            waveforms[to] = waveforms[row]
        waveforms = waveforms[: len(good)]
    return waveforms, good, pd.DataFrame(bad, columns=["fname", "error"], dtype=object)


def _parts(clips):
    """`(fname, start, duration)` of each row."""
    if not isinstance(clips, pd.DataFrame):
        return ((fname, 0.0, None) for fname in clips)
    none = [None] * len(clips)
    starts, ends = clips.get("start", none), clips.get("end", none)
    starts = [0.0 if pd.isna(s) else float(s) for s in starts]
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start < 0 or (not pd.isna(end) and end <= start):
            raise HearingAIError(
                f"`start` must be from 0 and `end` behind it, in seconds. Received in row "
                f"{row + 1}: {start:g} and {end}"
            )
    lengths = [None if pd.isna(e) else float(e) - s for s, e in zip(starts, ends, strict=True)]
    return zip(clips["fname"], starts, lengths, strict=True)


def _allocate(shape, dtype):
    """Zeros in memory, or in a temporary file that vanishes with its last user."""
    n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if n_bytes <= _IN_MEMORY:
        return np.zeros(shape, dtype)
    with tempfile.TemporaryFile(prefix="hearingai-") as file:
        return np.memmap(file, dtype=dtype, mode="w+", shape=shape)


def release(clips):
    """Let go of the pages of a store on disk that were read; the system reads them again."""
    mapped = getattr(clips, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def report_bad_files(errors, n):
    """One sentence that names the unreadable files, the first five in full."""
    shown = "; ".join(f"{row.fname} {row.error}" for row in errors.head(5).itertuples())
    more = f"; and {len(errors) - 5} more" if len(errors) > 5 else ""
    return f"{len(errors)} of {n} recordings left out: {shown}{more}"


def to_int16(waveform):
    """Waveform in -1...1 as 16-bit samples; exact for what was 16-bit before."""
    return np.clip(np.rint(np.asarray(waveform) * 32768), -32768, 32767).astype("int16")


def to_float32(samples):
    """16-bit samples as a waveform in -1...1."""
    return samples.astype("float32") / np.float32(32768)


def digests(samples):
    """A short hash of the sound of each clip, to recognise it under any name, at any place."""
    rows = map(_without_silence, samples) if samples.dtype == np.int16 else samples
    return [hashlib.sha256(row.tobytes()).hexdigest()[:10] for row in rows]


def _without_silence(samples):
    """Samples without the zeros before and behind the sound."""
    sound = np.flatnonzero(samples.reshape(-1, samples.shape[-1]).any(axis=0))
    return samples[..., sound[0] : sound[-1] + 1] if len(sound) else samples[..., :0]


def fingerprint(samples, class_ids):
    """SHA-256 of the clips and their classes, in order."""
    hasher = hashlib.sha256()
    for row in samples:
        hasher.update(np.ascontiguousarray(row))
    hasher.update(np.ascontiguousarray(class_ids, dtype="int64"))
    return hasher.hexdigest()


def as_waveforms(arrays, clip_format, own_rate):
    """Arrays of sound as a batch of exact format.

    Args:
        arrays: One waveform `(samples,)`, a batch `(n, samples)` or a list of waveforms; where
            the format has several channels also `(n, channels, samples)` or a list of
            `(channels, samples)`.
        clip_format: The wanted `ClipFormat`.
        own_rate: The rate of `arrays`, Hz; `None` means it is the format's already.

    Returns:
        float32 `(n, samples)` or `(n, channels, samples)`.
    """
    if isinstance(arrays, np.ndarray) and arrays.ndim == 1:
        arrays = [arrays]
    rate, most = clip_format.sample_rate, 1 if clip_format.channels == 1 else 2
    rows = []
    for i, row in enumerate(arrays):
        row = np.asarray(row)
        row = to_float32(row) if row.dtype == np.int16 else row.astype("float32")
        if not 1 <= row.ndim <= most or not row.size:
            wanted = "(samples,)" if most == 1 else "(samples,) or (channels, samples)"
            raise HearingAIError(
                f"each waveform must have the shape {wanted}. Number {i + 1} has {row.shape}"
            )
        if not np.isfinite(row).all():
            raise HearingAIError(f"waveform {i + 1} holds values that are not finite")
        rows.append(clip_format.fit(resample(row, own_rate or rate, rate)))
    return np.stack(rows) if rows else np.zeros((0, *clip_format.shape), "float32")
