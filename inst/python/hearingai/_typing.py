"""The types that public functions share; importing them loads nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

PathLike: TypeAlias = str | os.PathLike[str]
"""A file or a folder."""

ArrayLike: TypeAlias = "npt.ArrayLike"
"""An array, or what NumPy converts to one, such as a list of numbers."""

Sound: TypeAlias = "np.ndarray | Sequence[np.ndarray] | Sequence[Sequence[float]]"
"""One waveform `(samples,)`, a batch `(n, samples)`, or a list of waveforms."""

Sounded: TypeAlias = "npt.ArrayLike | tuple[npt.ArrayLike, float]"
"""A waveform, or a pair of it and its rate in Hz, as `read_audio` returns it."""

Recordings: TypeAlias = (
    "PathLike | Sequence[PathLike] | pd.DataFrame | Sound | tuple[np.ndarray, int]"
    " | Sequence[tuple[np.ndarray, int]]"
)
"""Paths, a table with a column `fname`, or sound itself, also with its rate."""

Labels: TypeAlias = "Sequence | np.ndarray | pd.Series"
"""One label a clip."""

Scores: TypeAlias = "Sequence[float] | np.ndarray | pd.Series"
"""One number a clip."""

Device: TypeAlias = Literal["auto", "cpu", "gpu"]
"""Where to compute; `"auto"` takes the GPU where there is one."""

TrainingDevice: TypeAlias = Literal["auto", "cpu", "gpu", "gpus"]
"""Where to train; `"gpus"` shares each batch out over all GPUs."""

Runtime: TypeAlias = Literal["keras", "onnx", "litert", "auto"]
"""What computes a network; `"auto"` takes the fastest that answers as Keras does."""

OnError: TypeAlias = Literal["report", "raise"]
"""Report what cannot be read and continue, or raise an error."""

Progress: TypeAlias = bool | Callable[[float, float | None, str], object] | None
"""Whether to show a bar; or a function that is called with `(done, total, text)` instead."""
