"""Many recordings, decoded once: the int16 store that training reads."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from .audio import fit_length, read_audio
from .errors import AudioFileError, HearingAIError, choose
from .progress import progress_bar

_WORKERS = min(8, os.cpu_count() or 1)


def decode(fname, sample_rate, samples, crop="start"):
    """Read one recording as a waveform of exact rate and length."""
    waveform, _ = read_audio(fname, sample_rate=sample_rate)
    return fit_length(waveform, samples, crop=crop)


def decode_all(
    fnames,
    sample_rate,
    samples,
    crop="start",
    on_error="report",
    dtype="float32",
    progress=False,
):
    """Read recordings in parallel into one array.

    Args:
        fnames: Paths.
        sample_rate: Rate to convert to, Hz.
        samples: Length to fit to.
        crop: What to keep of a longer recording, see `fit_length`.
        on_error: `"report"` leaves a bad file out and lists it; `"raise"` stops at it.
        dtype: `"float32"` in -1...1, or `"int16"`.
        progress: See `progress_bar`.

    Returns:
        `(waveforms, good, errors)`: an array `(n, samples)` of the readable recordings, their
        positions in `fnames`, and a table `fname`, `error` of the others.
    """
    choose("on_error", on_error, ("report", "raise"))
    fnames = list(fnames)
    waveforms = np.zeros((len(fnames), samples), dtype)
    convert = to_int16 if dtype == "int16" else np.asarray

    def work(i):
        try:
            waveforms[i] = convert(decode(fnames[i], sample_rate, samples, crop))
        except AudioFileError as error:
            if on_error == "raise":
                raise
            return error.reason
        return None

    reasons = []
    with (
        ThreadPoolExecutor(_WORKERS) as pool,
        progress_bar("Reading clips", len(fnames), progress) as bar,
    ):
        try:
            for reason in pool.map(work, range(len(fnames))):
                reasons.append(reason)
                bar(len(reasons))
        except BaseException:  # Ctrl-C too: the pool would read the rest to its end
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    good = np.array([i for i, reason in enumerate(reasons) if reason is None], dtype=int)
    bad = [(fnames[i], reason) for i, reason in enumerate(reasons) if reason is not None]
    if bad:
        waveforms = waveforms[good]
    return waveforms, good, pd.DataFrame(bad, columns=["fname", "error"], dtype=object)


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
    """A short hash of the sound of each clip, to recognise it under any name."""
    return [hashlib.sha256(row.tobytes()).hexdigest()[:10] for row in samples]


def fingerprint(samples, class_ids):
    """SHA-256 of the clips and their classes, in order."""
    hasher = hashlib.sha256(np.ascontiguousarray(samples))
    hasher.update(np.ascontiguousarray(class_ids, dtype="int64"))
    return hasher.hexdigest()


def as_waveforms(arrays, sample_rate, own_rate, samples, crop):
    """Arrays of sound as a batch of exact rate and length.

    Args:
        arrays: One waveform `(samples,)`, a batch `(n, samples)` or a list of waveforms.
        sample_rate: The wanted rate, Hz.
        own_rate: The rate of `arrays`; `None` means it is `sample_rate` already.
        samples: The wanted length.
        crop: What to keep of a longer waveform.

    Returns:
        float32 `(n, samples)`.
    """
    from .audio import resample

    if isinstance(arrays, np.ndarray) and arrays.ndim == 1:
        arrays = [arrays]
    rows = []
    for i, row in enumerate(arrays):
        row = np.asarray(row)
        row = to_float32(row) if row.dtype == np.int16 else row.astype("float32")
        if row.ndim != 1 or not len(row):
            raise HearingAIError(
                f"each waveform must have the shape (samples,). Number {i + 1} has {row.shape}"
            )
        if not np.isfinite(row).all():
            raise HearingAIError(f"waveform {i + 1} holds values that are not finite")
        rows.append(fit_length(resample(row, own_rate or sample_rate, sample_rate), samples, crop))
    return np.stack(rows) if rows else np.zeros((0, samples), "float32")
