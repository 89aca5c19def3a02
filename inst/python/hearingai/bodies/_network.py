"""What every network in a file can tell of itself, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        answers: A function of arrays for the input and the name of one of `tensors`, to that
            tensor for each.
        sha256: Hash of what was opened.
        before: What the last layer with weights takes, where the file tells its layers.
    """

    inputs: list[Tensor]
    outputs: list[Tensor]
    tensors: list[Tensor]
    answers: Callable[[Sequence[np.ndarray], str], list[np.ndarray]]
    sha256: str
    before: Tensor | None = None


def one_by_one(
    answer: Callable[[np.ndarray, str], np.ndarray],
) -> Callable[[Sequence[np.ndarray], str], list[np.ndarray]]:
    """The `answers` of a network that computes one array after the other."""
    return lambda several, name: [answer(values, name) for values in several]
