"""Recordings in any form, in batches of decoded clips."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from .._typing import OnError, Recordings
from ..audio.folders import files_at
from ..audio.own_rates import has_rate
from ..bodies.body import Body
from ..classifier.protocol import Classifier
from ..clips.decoding import read_all
from ..clips.labelled import as_clips, check_kind
from ..datasets.embedding_files import EMBEDDING_FILES, list_embeddings
from ..datasets.embeddings import is_embedding_table, read_embeddings
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import check_rate, positive
from ..tables.columns import check_columns, check_paths, clip_times

Batches: TypeAlias = Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]]
"""`(rows, clips, good, bad)`: positions of recordings, clips of those that could be read, which of
the positions these are, and the reasons of the others."""


def batches_of(
    classifier: Classifier,
    recordings: Recordings,
    sample_rate: int | None,
    batch_size: int,
    on_error: OnError,
    partial: bool = False,
) -> tuple[list[str | None], Batches]:
    """Names of the recordings, and batches of them."""
    batch_size = positive("batch_size", batch_size, whole=True)
    if sample_rate is not None:
        sample_rate = check_rate(sample_rate)
    if isinstance(recordings, Iterator):  # which can be gone through once
        recordings = list(recordings)
    table = table_of(classifier, recordings)
    if table is not None:
        source = batches_of_files(classifier, table, batch_size, on_error, partial)
        return list(table["fname"]), source
    clips = as_clips(classifier, recordings, sample_rate)
    return [None] * len(clips), _batches_of_arrays(clips, batch_size)


def table_of(classifier: Classifier | Body, recordings: Any) -> pd.DataFrame | None:
    """The recordings as a table with a column `fname`; `None` where they are arrays."""
    if isinstance(recordings, pd.DataFrame):
        check_columns("recordings", recordings, ("fname",))
        check_paths("recordings", recordings)
        clip_times("recordings", recordings)
        if is_embedding_table(recordings) or not classifier.hears_embeddings:
            return recordings
        recordings = list(recordings["fname"])
    if isinstance(recordings, (str, os.PathLike)):
        recordings = [recordings]
    if isinstance(recordings, np.ndarray) and recordings.dtype.kind not in "OU":
        return None
    if isinstance(recordings, dict) or not isinstance(recordings, Iterable):
        raise HearingAIError(
            f"`recordings` must be paths, a table with a column `fname`, or sound. "
            f"Received: {type(recordings).__name__}"
        )
    if has_rate(recordings):
        return None
    recordings = list(recordings)
    if all(isinstance(r, (str, os.PathLike)) for r in recordings):
        return _table_of_files(classifier, [os.fspath(r) for r in recordings])
    if any(isinstance(r, (str, os.PathLike)) or r is None for r in recordings):
        raise HearingAIError("`recordings` mixes paths with something else")
    return None


def _table_of_files(classifier: Classifier | Body, files: list[str]) -> pd.DataFrame:
    if not classifier.hears_embeddings:
        several = len(files) > 1  # of which an empty folder is one that cannot be read
        found = [file for path in files for file in files_at("recordings", path, empty=several)]
        return pd.DataFrame({"fname": pd.Series(found, dtype=object)})
    others = [f for f in files if Path(f).suffix not in EMBEDDING_FILES]
    if others:
        raise HearingAIError(
            f"the classifier takes embeddings, in files that end in "
            f"{', '.join(EMBEDDING_FILES)}; add_body() lets it hear sound. Received: {others[0]}"
        )
    return list_embeddings(files)


def _batches_of_arrays(clips: np.ndarray, size: int) -> Batches:
    for first in range(0, len(clips), size):
        batch = clips[first : first + size]
        rows = np.arange(first, first + len(batch))
        yield rows, batch, np.arange(len(batch)), []


def batches_of_files(
    classifier: Classifier,
    table: pd.DataFrame,
    size: int,
    on_error: OnError,
    partial: bool = False,
) -> Batches:
    """Read the recordings of a table, batch by batch."""
    check_kind(classifier, table)
    if classifier.hears_embeddings:  # small, and one file holds many: read them at once
        found, good, errors = read_embeddings(table, classifier.clip_shape[0], on_error=on_error)
        bad = np.delete(np.arange(len(table)), good)
        yield from _as_batches(found, good, bad, list(errors["error"]), size)
        return
    read = list[tuple[int, np.ndarray | AudioFileError]]()
    for row, clip in enumerate(read_all(table, classifier.clip_format, on_error, partial)):
        read.append((row, clip))
        if len(read) == size or row == len(table) - 1:
            yield _batch(read, classifier.clip_shape)
            read = []


def _batch(
    read: list[tuple[int, Any]], shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """What was read of some recordings as one batch."""
    good = [i for i, (_, clip) in enumerate(read) if not isinstance(clip, AudioFileError)]
    bad = [clip.reason for _, clip in read if isinstance(clip, AudioFileError)]
    clips = np.stack([read[i][1] for i in good]) if good else np.zeros((0, *shape))
    return np.array([row for row, _ in read]), clips, np.array(good, dtype=int), bad


def _as_batches(
    clips: np.ndarray, good: np.ndarray, bad: np.ndarray, reasons: list[str], size: int
) -> Batches:
    for first in range(0, len(good), size):
        rows = good[first : first + size]
        yield rows, clips[first : first + size], np.arange(len(rows)), []
    if len(bad):
        yield bad, clips[:0], np.arange(0), reasons
