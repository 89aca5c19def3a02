"""What every network in a file can tell of itself, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NEEDS = "this body"  # what needs a package that is not installed


@dataclass(frozen=True)
class Tensor:
    """An input or an output, as the file describes it; -1 is a size that is open."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Network:
    """What a file says of itself, and how to run it.

    Attributes:
        inputs: Its inputs.
        outputs: Its outputs.
        tensors: All that it can answer with, also its outputs.
        answer: A function of the input's array and the name of one of `tensors`.
        sha256: Hash of what was opened.
        before: What the last layer with weights takes, where the file tells its layers.
    """

    inputs: list[Tensor]
    outputs: list[Tensor]
    tensors: list[Tensor]
    answer: Callable[[np.ndarray, str], np.ndarray]
    sha256: str
    before: Tensor | None = None
