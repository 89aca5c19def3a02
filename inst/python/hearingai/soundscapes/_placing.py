"""Where clips are placed: which clip starts when, at which signal-to-noise ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .._typing import ArrayLike
from ..audio.reading import seconds_in
from ..clips.decoding import parts_of
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import number, positive

MOST_DB = 200.0  # of a ratio or a level, more than any sound has


@dataclass
class Laid:
    """A clip and its start, in samples."""

    part: tuple
    label: str
    first: int
    snr_db: float


def plan(
    clips: pd.DataFrame,
    times: ArrayLike | None,
    every: float,
    snr_db: float | Sequence[float],
    total: int,
    rate: int,
    rng: np.random.Generator,
    partial: bool = False,
    polyphony: int = 1,
) -> list[Laid]:
    """Choose the start of each clip.

    Args:
        clips: A table of clips, checked.
        times: See `lay_clips`.
        every: See `lay_clips`.
        snr_db: See `lay_clips`.
        total: Samples of the recording.
        rate: Its rate, Hz.
        rng: A NumPy `Generator`.
        partial: Read what is there of clips that are truncated or damaged.
        polyphony: See `lay_clips`.

    Returns:
        A list of `Laid`, ordered by start.
    """
    parts, labels = parts_of(clips), clips["class"].tolist()
    lengths = np.array([_seconds(part, partial) for part in parts])
    if times is None:
        every = positive("every", every)
        chosen, starts = _drawn(parts, lengths, every, total / rate, polyphony, rng)
    else:
        chosen, starts = np.arange(len(parts)), _given(times, len(parts))
    given = np.atleast_1d(np.asarray(snr_db, object))
    ratios = [number("snr_db", r, low=-MOST_DB, high=MOST_DB) for r in given]
    if not ratios:
        raise HearingAIError("`snr_db` must be a number, or a list of some. Received: none")
    drawn = rng.integers(len(ratios), size=len(chosen))
    firsts = np.round(starts * rate)
    ends = firsts + np.ceil(lengths[chosen] * rate)
    late = np.flatnonzero(ends > total + 1)  # a resampled clip is rounded
    if len(late):
        raise HearingAIError(
            f"`times` must place each clip within the {total / rate:g} s. Received "
            f"{starts[late[0]]:g} for {parts[chosen[late[0]]][0]}, which lasts "
            f"{lengths[chosen[late[0]]]:g} s. A longer `duration` has room"
        )
    order = np.argsort(firsts, kind="stable")
    return [
        Laid(parts[c], labels[c], int(firsts[i]), ratios[drawn[i]])
        for i, c in zip(order, chosen[order], strict=True)
    ]


def _drawn(
    parts: list[tuple],
    lengths: np.ndarray,
    every: float,
    seconds: float,
    polyphony: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `(chosen, starts)`: `polyphony` clips in each `every` seconds, all of them in turn."""
    longest = int(np.argmax(lengths))
    if lengths[longest] > every:
        raise HearingAIError(
            f"`every` must be at least as long as the longest clip: {parts[longest][0]} lasts "
            f"{lengths[longest]:g} s. Received: {every:g}"
        )
    n = polyphony * int(seconds / every + 1e-9)
    if not n:
        raise HearingAIError(f"`every` must fit into the {seconds:g} s. Received: {every:g}")
    rounds = -(-n // len(parts))
    chosen = np.concatenate([rng.permutation(len(parts)) for _ in range(rounds)])[:n]
    return chosen, every * (np.arange(n) // polyphony) + rng.random(n) * (every - lengths[chosen])


def _given(times: ArrayLike, n: int) -> np.ndarray:
    """The times given, one a clip."""
    try:
        times = np.asarray(times)
    except ValueError:  # of lists of several lengths
        times = np.array(None)
    if times.shape != (n,) or times.dtype.kind not in "iuf" or not np.isfinite(times).all():
        raise HearingAIError(
            f"`times` must hold a finite number of seconds for each of the {n} clips. "
            f"Received: {_received(times)}"
        )
    if (times < 0).any():
        raise HearingAIError(f"`times` must be 0 or more. Received: {times.min():g}")
    return times.astype("float64")


def _received(times: np.ndarray) -> str:
    """Times that cannot be, in words."""
    if times.dtype.kind not in "iuf" or times.ndim > 1:
        return f"{times.dtype} of shape {times.shape}"
    bad = times.reshape(-1)[~np.isfinite(times.reshape(-1))]
    return f"{bad[0]:g} among them" if len(bad) else f"{times.size} of them"


def _seconds(part: tuple, partial: bool) -> float:
    """How long a clip lasts."""
    fname, start, length = part
    whole_s = seconds_in(fname, partial=partial)
    if start >= whole_s:
        raise AudioFileError(fname, f"ends before `start` = {start:g} s")
    return min(whole_s - start, whole_s if length is None else length)
