"""Recordings that an augmentation holds: noise, responses of rooms."""

import os
from typing import Any

import keras
import numpy as np
import pandas as pd

from ..audio.folders import is_folder, look_below
from ..audio.own_rates import has_rate
from ..audio.reading import read_audio
from ..audio.resampling import resample
from ..audio.samples import as_samples, refuse_samples_first, to_float32
from ..errors import HearingAIError
from ..runtime.arguments import recording_path
from .base import Augmentation


class HoldsRecordings(Augmentation):
    """An augmentation with recordings in its config, as a list of arrays.

    Attributes:
        held: The argument that they came by.
    """

    held = "noise"

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Rebuild the layer; in a model file the arrays are dicts."""
        arrays = [
            keras.saving.deserialize_keras_object(n) if isinstance(n, dict) else n
            for n in config[cls.held] or ()
        ]
        return super().from_config(config | {cls.held: arrays or None})

    def __reduce__(self) -> Any:
        """Pickle the config as it is: Keras would write each sample as text."""
        return self.from_config, (self.get_config(),)


def recordings_of(
    argument: str, given: Any, sample_rate: int | None, *, mono: bool = True
) -> list[np.ndarray]:
    """Read recordings, each float32 `(samples,)`.

    Args:
        argument: Name of the argument, for errors.
        given: A file, a folder, an array or a sound that knows its rate; a list of them; or a table
            with a column `fname`.
        sample_rate: Rate to read at, Hz; files and sounds that know their rate need it.
        mono: Whether several channels of a file or a sound are averaged; else each is a recording
            of its own, and so is each row of an array.
    """
    if isinstance(given, pd.DataFrame) and "fname" in given:
        given = list(given["fname"])
    several = isinstance(given, (list, tuple)) and not has_rate(given)
    recordings = []
    for one in given if several else [given]:
        for sound in _sounds(argument, one, sample_rate, mono):
            if not mono and sound.ndim == 2:
                refuse_samples_first(sound.shape, argument)
            rows = [sound] if mono or sound.ndim != 2 else list(sound)
            recordings += [_checked(argument, row) for row in rows]
    if not recordings:
        raise HearingAIError(f"`{argument}` is an empty list; `None` takes none")
    return recordings


def _sounds(argument: str, one: Any, sample_rate: int | None, mono: bool) -> list[np.ndarray]:
    if not isinstance(one, (str, os.PathLike)):
        if not has_rate(one):
            return [as_samples(one, argument)]
        if sample_rate is None:
            raise _no_rate(argument, "with its own rate")
        sound = np.atleast_2d(resample(one, to_rate=sample_rate))
        return [sound.mean(axis=0) if mono else sound]
    if sample_rate is None:
        raise _no_rate(argument, "from files")
    path = recording_path(argument, one)
    paths = look_below(path).recordings if is_folder(path) else [path]
    if not paths:
        raise HearingAIError(f"`{argument}`: there are no recordings in the folder `{one}`")
    return [read_audio(path, sample_rate, mono=mono)[0] for path in paths]


def _checked(argument: str, recording: np.ndarray) -> np.ndarray:
    if recording.ndim != 1 or not recording.size:
        raise HearingAIError(
            f"`{argument}` must be an array of the shape (samples,), a file, a folder, a list of "
            f"them or a table with a column `fname`. Received: an array of shape {recording.shape}"
        )
    return to_float32(recording)


def _no_rate(argument: str, what: str) -> HearingAIError:
    return HearingAIError(f"`{argument}` {what} needs `sample_rate`, the rate of the clips in Hz")
