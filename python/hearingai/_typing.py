"""The types that public functions share."""

import os
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

PathLike: TypeAlias = str | os.PathLike[str]
"""A file or a folder."""

Sound: TypeAlias = np.ndarray | Sequence[np.ndarray] | Sequence[Sequence[float]]
"""One waveform `(samples,)`, a batch `(n, samples)`, or a list of waveforms."""

Recordings: TypeAlias = PathLike | Sequence[PathLike] | pd.DataFrame | Sound
"""Paths, a table with a column `fname`, or sound itself."""

Device: TypeAlias = Literal["auto", "cpu", "gpu"]
"""Where to compute; `"auto"` takes the GPU where there is one."""

OnError: TypeAlias = Literal["report", "raise"]
"""Name what cannot be read and go on, or stop at it."""

Progress: TypeAlias = bool | Callable[[float, float | None, str], object] | None
"""Whether to show a bar; a function of `(done, total, text)` is fed instead."""
