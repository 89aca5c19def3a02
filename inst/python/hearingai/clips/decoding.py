"""Decode many recordings in parallel, all to one format."""

from __future__ import annotations

import itertools
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import numpy as np
import pandas as pd

from .._typing import OnError, PathLike, Progress
from ..audio.doubts import collected_doubts, for_this_call
from ..audio.plain_wav import read_pcm
from ..audio.reading import read_audio
from ..audio.samples import to_float32, to_int16
from ..errors import AudioFileError, first_few, readable, warn
from ..runtime.arguments import choose
from ..runtime.progress import progress_bar
from ..tables.columns import clip_times
from .clip_format import ClipFormat

_WORKERS = min(8, os.cpu_count() or 1)
_GROUP = 32  # most recordings a thread reads in one go
_AHEAD = 2**26  # most bytes of decoded clips in the queue
_SLOW = 0.002  # seconds a file: slower means that the disk is the bottleneck
_TRIED = 256  # files to measure it with
_IN_MEMORY = 2**30  # bytes; larger arrays are mapped from a temporary file


def read_clip(
    part: tuple[PathLike, float, float | None],
    clip_format: ClipFormat,
    seed: Any = None,
    partial: bool = False,
) -> tuple[np.ndarray, int, str]:
    """Read `(fname, start, duration)` (seconds; `None` to the end) as a clip of exact format.

    Returns:
        `(waveform, length, note)`: float32, how many of its samples are sound, not padding, and
        what is missing of a recording that was read in part.
    """
    fname, start, duration = part
    with collected_doubts() as doubts:
        waveform, _ = read_audio(
            fname,
            sample_rate=clip_format.sample_rate,
            mono=clip_format.channels == 1,
            start=start,
            duration=duration,
            partial=partial,
        )
    length = min(waveform.shape[-1], clip_format.samples)
    return clip_format.fit(waveform, seed), length, "; ".join(doubts.notes().values())


def read_plain(
    part: tuple[PathLike, float, float | None], clip_format: ClipFormat
) -> tuple[np.ndarray, int] | None:
    """The same as int16, for a 16-bit wav of that format; `None` for any other recording."""
    fname, start, duration = part
    if start or duration is not None or clip_format.channels != 1:
        return None
    plain = read_pcm(fname)
    if plain is None:
        return None
    samples, rate = plain
    if rate != clip_format.sample_rate or len(samples) > clip_format.samples:
        return None
    room = clip_format.samples - len(samples)
    clip = np.concatenate([samples, np.zeros(room, "int16")]) if room else samples
    return clip, len(samples)


def read_each(
    parts: Collection[tuple[PathLike, float, float | None]],
    clip_format: ClipFormat,
    finish: Callable[[np.ndarray, int, str], Any],
    seeds: Sequence[int | None] | None = None,
    partial: bool = False,
) -> Iterator:
    """Read recordings in parallel; yield, in order, the result of each.

    Plain wavs are read by one thread at a time: with threads that open a file every few
    microseconds, Python spends more time switching threads than reading. Where the disk is slow,
    several threads read at once.

    Args:
        parts: `(fname, start, duration)` of each, see `parts_of`.
        clip_format: The `ClipFormat` to bring them to.
        finish: A function of the clip (float32, or int16 as it is stored), the number of its
            samples that are sound and, of a recording that was read in part, what is missing; what
            it returns is yielded.
        seeds: See `decode_all`.
        partial: Read what is there of recordings that are truncated or damaged.

    Yields:
        What `finish` returned, or an `AudioFileError`.
    """
    one_at_a_time, n_read, seconds = threading.Lock(), 0, 0.0

    def work(group: list) -> list:
        nonlocal n_read, seconds
        slow = n_read >= _TRIED and seconds > _SLOW * n_read
        with nullcontext() if slow else one_at_a_time:
            began = time.perf_counter()
            plain = [read_plain(part, clip_format) for _, part in group]
            if not slow:
                n_read, seconds = n_read + len(group), seconds + time.perf_counter() - began
            found = [None if clip is None else finish(*clip, "") for clip in plain]
        pairs = zip(found, group, strict=True)
        return [other(i, part) if f is None else f for f, (i, part) in pairs]

    def other(i: int, part: tuple[PathLike, float, float | None]) -> Any:
        try:
            seed = None if seeds is None or seeds[i] is None else [seeds[i], i]
            return finish(*read_clip(part, clip_format, seed, partial))
        except AudioFileError as error:
            return error

    at_once = 2 * _WORKERS
    room = _AHEAD // (at_once * 4 * int(np.prod(clip_format.shape)))
    size, numbered = min(max(room, 1), _GROUP), iter(enumerate(parts))
    groups = iter(lambda: list(itertools.islice(numbered, size)), [])
    pool, work_here = ThreadPoolExecutor(_WORKERS), for_this_call(work)
    waiting: deque[Future] = deque()
    try:
        for group in itertools.chain(groups, [None]):
            if group is not None:
                waiting.append(pool.submit(work_here, group))
            while waiting and (group is None or len(waiting) > at_once):
                yield from waiting.popleft().result()
    finally:  # on Ctrl-C too: the pool would otherwise read all remaining files
        pool.shutdown(wait=False, cancel_futures=True)


def read_all(
    clips: Any, clip_format: ClipFormat, on_error: OnError = "report", partial: bool = False
) -> Iterator[np.ndarray | AudioFileError]:
    """Yield, in order, each recording as a float32 clip or as an `AudioFileError`.

    Further recordings are read in the background; `on_error="raise"` raises the first error.
    """
    parts = parts_of(clips)
    for found in read_each(parts, clip_format, lambda clip, *_: to_float32(clip), partial=partial):
        if isinstance(found, AudioFileError) and on_error == "raise":
            raise found
        yield found


def decode_all(
    clips: Any,
    clip_format: ClipFormat,
    on_error: OnError = "report",
    dtype: str = "float32",
    seeds: Sequence[int | None] | None = None,
    progress: Progress = False,
    partial: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.DataFrame]:
    """Read recordings in parallel into one array.

    Args:
        clips: A table with a column `fname` and, for parts of recordings, `start` and `end`
            (seconds); or a list of paths.
        clip_format: The `ClipFormat` to bring them to.
        on_error: `"report"` leaves a bad file out and lists it; `"raise"` stops at it.
        dtype: `"float32"` in -1...1, or `"int16"`.
        seeds: Seeds the random crop of each clip, with its position; `None` uses one crop for all.
        progress: See `progress_bar`.
        partial: Read what is there of recordings that are truncated or damaged.

    Returns:
        `(waveforms, lengths, good, errors)`: an array `(n, samples)` or `(n, channels, samples)`
        of the readable recordings, how many samples of each are sound, their positions in
        `clips`, and a table `fname`, `error` of the others.
    """
    choose("on_error", on_error, ("report", "raise"))
    parts = parts_of(clips)
    waveforms = _allocate((len(parts), *clip_format.shape), dtype)
    convert = to_int16 if dtype == "int16" else to_float32
    lengths: list[int] = []
    good: list[int] = []
    bad = []

    def finish(clip: np.ndarray, length: int, _note: str) -> Any:
        return convert(clip), length

    found = read_each(parts, clip_format, finish, seeds, partial)
    with progress_bar("Reading clips", len(parts), progress) as bar:
        for i, clip in enumerate(found):
            if not isinstance(clip, AudioFileError):
                waveforms[len(good)], length = clip
                lengths.append(length)
                good.append(i)
            elif on_error == "raise":
                raise clip
            else:
                bad.append((parts[i][0], clip.reason))
            bar(i + 1)
    n = len(good)
    return waveforms[:n], np.array(lengths, int), np.array(good, int), table_of_errors(bad)


def warn_of_nothing(errors: pd.DataFrame, what: str) -> None:
    """Warn that all recordings failed, such as a single one under a wrong name.

    Args:
        errors: `fname` and `error` of each.
        what: What none of them has or does.
    """
    for fname, reason in errors[["fname", "error"]].head(1).itertuples(index=False):
        first = reason if fname is None else f"{readable(fname)} {reason}"
        warn(f"`recordings`: none of {len(errors)} {what}. The first: {first}")


def table_of_errors(bad: Iterable[tuple[PathLike | None, str]]) -> pd.DataFrame:
    """A table `fname`, `error`."""
    return pd.DataFrame(bad, columns=["fname", "error"], dtype=object)


def table_of_notes(notes: Iterable[tuple[PathLike | None, str]]) -> pd.DataFrame:
    """A table `fname`, `note`: what is missing of recordings that were read in part."""
    return pd.DataFrame(notes, columns=["fname", "note"], dtype=object)


def parts_of(clips: Any, argument: str = "clips") -> list[tuple[PathLike, float, float | None]]:
    """`(fname, start, duration)` of each clip of a table, called `argument`, or a list of paths."""
    if not isinstance(clips, pd.DataFrame):
        return [(fname, 0.0, None) for fname in clips]
    starts, ends = clip_times(argument, clips)
    lengths = [None if np.isnan(length) else length for length in (ends - starts).tolist()]
    return list(zip(clips["fname"], starts.tolist(), lengths, strict=True))


def _allocate(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """An empty array in memory, or in a temporary file that is deleted after its last use."""
    n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if n_bytes <= _IN_MEMORY:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile(prefix="hearingai-") as file:
        return np.memmap(file, dtype=dtype, mode="w+", shape=shape)


def report_bad_files(errors: pd.DataFrame, n: int) -> str:
    """One sentence about the unreadable files, the first five with their reasons."""
    told = (f"{readable(row.fname)} {row.error}" for row in errors.itertuples())
    return f"{len(errors)} of {n} recordings left out: {first_few(told, between='; ')}"
