"""A background: recordings one after the other, cross-faded and repeated, in pieces."""

from collections.abc import Iterator, Sequence

import numpy as np
import soxr

from ..audio.reading import audio_info, read_audio
from ..errors import AudioFileError
from ..runtime.arguments import number
from ._placing import MOST_DB

FADE_S = 0.5
_PIECE_S = 10.0  # seconds read at once


def looped(
    parts: Sequence[tuple], rate: int, samples: int | None = None, level_db: float | None = None
) -> tuple[int, Iterator[np.ndarray]]:
    """Join parts of recordings to one sound; they are repeated where they are too short.

    Args:
        parts: A list of `(fname, start, duration)`, seconds; a duration of `None` is to the end.
        rate: Rate of the sound, Hz; mono.
        samples: The wanted length; `None` takes each part once.
        level_db: RMS level to scale each part to, dB; `None` leaves the levels as they are.

    Returns:
        `(samples, pieces)`: the length, and an iterator over float32 arrays of that many samples
        in all or more; where a part was resampled, possibly one less.

    Raises:
        AudioFileError: A part cannot be read, is shorter than two fades, or is silent where
            `level_db` is given.
    """
    fade = round(FADE_S * rate)
    lengths = [_length(part, rate, fade) for part in parts]
    factors = [1.0] * len(parts)
    if level_db is not None:
        level_db = number("level_db", level_db, low=-MOST_DB, high=MOST_DB)
        factors = [_factor(part, rate, level_db) for part in parts]
    once = sum(lengths) - fade * (len(parts) - 1)
    samples = once if samples is None else samples
    rounds = max(1, -(-(samples - fade) // (once - fade)))
    return samples, _join(list(zip(parts, factors, strict=True)) * rounds, rate, fade)


def pieces(part: tuple, rate: int) -> Iterator[np.ndarray]:
    """Read a part of a recording piece by piece, mono, resampled without seams.

    Args:
        part: `(fname, start, duration)`, seconds; a duration of `None` is to the end.
        rate: Hz.

    Yields:
        float32 arrays.
    """
    fname, first, last, own = _bounds(part)
    stream = None
    if own != rate:
        stream = soxr.ResampleStream(own, rate, 1, dtype="float32", quality="HQ")
    step = round(_PIECE_S * own)
    for begin in range(first, last, step):
        n = min(step, last - begin)
        piece, _ = read_audio(fname, start=begin / own, duration=n / own)
        if stream is not None:
            piece = stream.resample_chunk(piece, last=begin + n == last)
        yield piece


def _join(parts: Sequence[tuple[tuple, float]], rate: int, fade: int) -> Iterator[np.ndarray]:
    """The pieces of parts, the end of each mixed with the beginning of the next."""
    up = np.sin(np.pi / 2 * (np.arange(fade) + 0.5) / fade).astype("float32")  # equal-power fade
    tail: np.ndarray | None = None
    for part, factor in parts:
        held = np.empty(0, "float32")
        for piece in pieces(part, rate):
            held = np.concatenate([held, factor * piece])
            if tail is not None and len(held) >= 2 * fade:
                held[:fade] = held[:fade] * up + tail * up[::-1]
                tail = None
            if tail is None and len(held) > fade:
                yield held[:-fade]
                held = held[-fade:]
        tail = held
    if tail is not None:
        yield tail


def _bounds(part: tuple) -> tuple[str, int, int, int]:
    """`(fname, first, last, rate)`: the bounds of a part in samples of its recording."""
    fname, start, duration = part
    info = audio_info(fname)
    own, last = info["sample_rate"], info["samples"]
    first = round(start * own)
    if duration is not None:
        last = min(last, first + round(duration * own))
    return fname, first, last, own


def _length(part: tuple, rate: int, fade: int) -> int:
    """The number of samples of a part after resampling, checked."""
    fname, first, last, own = _bounds(part)
    length = int((last - first) * rate / own)
    if length < 2 * fade + 1:
        seconds = max(last - first, 0) / own
        raise AudioFileError(fname, f"is too short for a background: {seconds:g} s, not over 1 s")
    return length


def _factor(part: tuple, rate: int, level_db: float) -> float:
    """The factor that scales a part to a level."""
    energy, samples = 0.0, 0
    for piece in pieces(part, rate):
        energy += float(np.square(piece, dtype="float64").sum())
        samples += len(piece)
    if not energy:
        raise AudioFileError(part[0], "is silent, so it cannot be scaled to `level_db`")
    return float(10 ** (level_db / 20) / np.sqrt(energy / samples))
