"""Slices of a run, for schedulers: which shards one of several processes does."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..errors import HearingAIError, warn

VARIABLE = "HEARINGAI_SHARD"
_SLURM = "SLURM_ARRAY_TASK_ID"


class Slice(NamedTuple):
    """The `number`th of `parts` slices; numbers begin with 1."""

    number: int
    parts: int

    def of(self, shards: np.ndarray) -> np.ndarray:
        """The shards of this slice: every `parts`th."""
        return shards[shards % self.parts == self.number - 1]


WHOLE = Slice(1, 1)


def slice_of(shard: str | None, environment: Mapping[str, str] | None = None) -> Slice:
    """The slice that the option `shard` means.

    Args:
        shard: See `RunOptions`.
        environment: The environment; `None` is this process's.

    Raises:
        HearingAIError: It is none, or the environment names none.

    Example:
        >>> slice_of("3/50")
        Slice(number=3, parts=50)
        >>> slice_of("auto", {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "8",
        ...     "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_STEP": "1"})
        Slice(number=8, parts=8)
    """
    environment = os.environ if environment is None else environment
    told = environment.get(VARIABLE, "").strip()
    if not (shard is None or (isinstance(shard, str) and shard == "auto")):
        return _parsed("shard", shard)
    if told and told != "auto":
        return _parsed(VARIABLE, told)
    if told == "auto" or shard == "auto":
        return _of_slurm(environment)
    if _SLURM in environment:
        warn(
            f"this is task {environment[_SLURM]} of a Slurm array, and takes all of the run: "
            f'`shard="auto"` takes its slice'
        )
    return WHOLE


def _parsed(name: str, text: object) -> Slice:
    match = re.fullmatch(r"(\d+)/(\d+)", text) if isinstance(text, str) else None
    found = Slice(int(match[1]), int(match[2])) if match else Slice(0, 0)
    if not 1 <= found.number <= found.parts:
        raise HearingAIError(
            f"`{name}` must be a slice and their number, such as 3/50, or auto. Received: {text!r}"
        )
    return found


def _of_slurm(environment: Mapping[str, str]) -> Slice:
    try:
        number = int(environment[_SLURM])
        count = int(environment["SLURM_ARRAY_TASK_COUNT"])
        first = int(environment.get("SLURM_ARRAY_TASK_MIN", "1"))
        step = int(environment.get("SLURM_ARRAY_TASK_STEP", "1"))
    except (KeyError, ValueError):
        raise HearingAIError(
            f'`shard="auto"` needs a slice in the environment: {VARIABLE}, such as 3/50, or the '
            f"variables of a Slurm array"
        ) from None
    place, rest = divmod(number - first, step)
    if rest or not 0 <= place < count:
        raise HearingAIError(
            f"the Slurm array is not evenly numbered: task {number}, the first {first}, step "
            f"{step}, {count} tasks. Number them 1-{count}, or set {VARIABLE}"
        )
    return Slice(place + 1, count)
