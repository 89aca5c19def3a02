"""Recordings as a body hears them, a row a window."""

import os
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import pandas as pd

from .._typing import OnError, Progress, Recordings
from ..audio.doubts import collected_doubts
from ..audio.fitting import fit_channels
from ..audio.reading import read_audio
from ..bodies.body import Body
from ..clips.clip_format import each_sound
from ..clips.decoding import parts_of, warn_of_nothing
from ..errors import AudioFileError
from ..runtime.arguments import check_rate
from ..runtime.progress import progress_bar
from .answers import with_notes
from .batches import table_of

Sounds: TypeAlias = Iterator[tuple[str | None, float, np.ndarray | AudioFileError]]
"""Name of each recording, where what was read of it begins in seconds, and its sound."""


def body_windows(
    body: Body,
    recordings: Recordings,
    sample_rate: int | None = None,
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
) -> pd.DataFrame:
    """The embeddings that a body gives of recordings, see `embed`."""
    if isinstance(recordings, Iterator):
        recordings = list(recordings)
    table = table_of(body, recordings)
    source: Sounds
    if table is None:
        rate = None if sample_rate is None else check_rate(sample_rate)
        sounds = list(each_sound(recordings, body.sample_rate, 1, rate))
        n, source = len(sounds), ((None, 0.0, fit_channels(sound, 1)) for sound in sounds)
    else:
        n, source = len(table), _read(body, table, on_error, partial)
    heard = list[tuple[int, str | None, np.ndarray, np.ndarray, str | None]]()
    with collected_doubts() as doubts, progress_bar("Embedding", n, progress) as bar:
        for row, (fname, start, sound) in enumerate(source):
            heard.append((row, fname, *_windows(body, start, sound)))
            bar(row + 1)
    found = _table(body, heard)
    if n and found["error"].notna().all():
        warn_of_nothing(found, "can be heard")
    return with_notes(found, doubts) if partial else found


def _read(body: Body, table: pd.DataFrame, on_error: OnError, partial: bool) -> Sounds:
    for fname, start, duration in parts_of(table, "recordings"):
        sound: np.ndarray | AudioFileError
        try:
            sound, _ = read_audio(
                fname, body.sample_rate, start=start, duration=duration, partial=partial
            )
        except AudioFileError as error:
            if on_error == "raise":
                raise
            sound = error
        yield os.fspath(fname), start, sound


def _windows(
    body: Body, start: float, sound: np.ndarray | AudioFileError
) -> tuple[np.ndarray, np.ndarray, str | None]:
    """The starts of a recording's windows, their embeddings, and no error; or an error."""
    if isinstance(sound, AudioFileError):
        return np.array([np.nan]), np.full((1, body.size), np.nan, "float32"), sound.reason
    before, _, starts = body.places(len(sound))
    embeddings = body.embeddings(sound.clip(-1, 1)[None])[0]
    return start + (starts - before) / body.sample_rate, embeddings, None


def _table(
    body: Body, heard: list[tuple[int, str | None, np.ndarray, np.ndarray, str | None]]
) -> pd.DataFrame:
    """A row for each window of each recording."""
    counts = [len(starts) for _, _, starts, _, _ in heard]
    starts = np.concatenate([np.zeros(0), *(starts for _, _, starts, _, _ in heard)])
    none = np.zeros((0, body.size), "float32")
    values = np.concatenate([none, *(values for _, _, _, values, _ in heard)])

    def repeated(column: int, kind: type) -> pd.Series:
        each: np.ndarray = np.array([one[column] for one in heard], dtype=kind)
        return pd.Series(np.repeat(each, counts), dtype=kind)

    told = pd.DataFrame({"row": repeated(0, int), "fname": repeated(1, object), "start": starts})
    told["end"] = starts + body.window / body.sample_rate
    numbers = pd.DataFrame(values, columns=[f"embedding_{i + 1}" for i in range(body.size)])
    return pd.concat([told, numbers, repeated(4, object).rename("error")], axis=1)
