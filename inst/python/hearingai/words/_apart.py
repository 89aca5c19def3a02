"""Recordings to learn from and recordings to judge by, which have nothing in common."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..annotation.recordings import Part, recordings_of
from ..errors import HearingAIError
from ..events.windows import Grid
from ..tables.recordings import recording_names

SIDES = ("mined", "test")


def divided(
    recordings: Any, grid: Grid, share: float, seed: int, *, partial: bool
) -> dict[str, list[Part]]:
    """Divide recordings by file, or by their column `recording`; of a single one, by its parts.

    Args:
        recordings: See `mine_false_alarms`.
        grid: The `Grid` of windows.
        share: The share of the sound that is kept apart.
        seed: Decides which recordings are.
        partial: Whether to read what is there of damaged recordings.

    Returns:
        A dict of `SIDES`: the parts to mine, and those kept apart.

    Raises:
        HearingAIError: A single recording can be read, of less than two windows, or they are no
            files.
    """
    sources = recordings_of(recordings, None, grid.sample_rate, partial=partial)
    parts = [source for source in sources if isinstance(source, Part)]
    if len(parts) < len(sources):
        raise HearingAIError("`recordings` must be files: sound in memory cannot be mined")
    known = isinstance(recordings, pd.DataFrame)
    table = recordings if known else pd.DataFrame({"fname": [part.fname for part in parts]})
    groups: dict[str, list[Part]] = {}
    for name, part in zip(recording_names(table), parts, strict=True):
        groups.setdefault(name, []).append(part)
    lengths = {name: sum(part.seconds for part in group) for name, group in groups.items()}
    readable = [name for name in groups if lengths[name]] or list(groups)
    several = [groups[name] for name in readable]
    if len(several) == 1:
        several = [[part] for part in several[0]]
    if len(several) == 1:
        sides = dict(zip(SIDES, _cut(several[0][0], grid, share), strict=True))
    else:
        sides = _dealt(several, share, seed)
    unread = [part for name in groups if name not in readable for part in groups[name]]
    sides["mined"] += unread  # to be reported, not to be judged by
    return sides


def _dealt(groups: Sequence[list[Part]], share: float, seed: int) -> dict[str, list[Part]]:
    """Groups in a random order: to keep apart until their share is reached, the rest to mine."""
    lengths = [sum(part.seconds for part in group) for group in groups]
    sides: dict[str, list[Part]] = {side: [] for side in SIDES}
    room = share * sum(lengths)
    order = np.random.default_rng(seed).permutation(len(groups)).tolist()
    for turn, i in enumerate(order):
        needed = turn == len(order) - 1 and not sides["mined"]
        kept = turn == 0 or (room > lengths[i] / 2 and not needed)
        sides["test" if kept else "mined"] += groups[i]
        room -= lengths[i] if kept else 0.0
    return sides


def _cut(part: Part, grid: Grid, share: float) -> list[list[Part]]:
    """The beginning of a recording and its end."""
    seconds = part.seconds
    middle = round((1 - share) * seconds, 2)
    if min(middle, seconds - middle) < grid.window:
        with part.open():  # tells what is wrong with one that cannot be read
            pass
        raise HearingAIError(
            f"`recordings` must be long enough to keep a part of them apart, with a window of "
            f"{float(grid.window):g} s in either. Received: {part.fname} of {seconds:g} s"
        )
    rest = None if part.duration is None else part.duration - middle
    end = replace(part, start=part.start + middle, duration=rest)
    return [[replace(part, duration=middle)], [end]]
