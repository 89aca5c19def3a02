"""What a classifier hears: clips of its format read from files, tables and arrays."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .clips import as_waveforms, decode_all, report_bad_files
from .datasets.embeddings import is_embedding_table, read_embeddings
from .errors import HearingAIError, warn


@dataclass
class Store:
    """The clips of a table, read once.

    Attributes:
        clips: int16 waveforms or uint8 embeddings, one row a clip.
        class_id: Class of each, as a position in the classifier's labels.
        table: The rows of the table that could be read.
    """

    clips: np.ndarray
    class_id: np.ndarray
    table: pd.DataFrame

    def __len__(self):
        return len(self.clips)


def read_store(classifier, table, on_error="report", seed=None, progress=None, place="start"):
    """Read the clips of a table; those that cannot be read are left out with a warning."""
    dtype = "uint8" if classifier.hears_embeddings else "int16"
    clips, good, errors = read_clips_of(classifier, table, on_error, dtype, seed, progress, place)
    if not len(good):
        raise HearingAIError(f"no clip can be read: {report_bad_files(errors, len(table))}")
    if len(errors):
        warn(report_bad_files(errors, len(table)))
    kept = table.iloc[good].reset_index(drop=True)
    return Store(clips, kept["class_id"].to_numpy(), kept)


def read_clips_of(
    classifier,
    table,
    on_error="report",
    dtype="float32",
    seed=None,
    progress=False,
    place="start",
):
    """Read the clips of a table as the classifier takes them: `(clips, good, errors)`."""
    if classifier.hears_embeddings != is_embedding_table(table):
        raise HearingAIError(_mismatch(classifier))
    if classifier.hears_embeddings:
        clips, good, errors = read_embeddings(table, classifier.clip_shape[0], on_error=on_error)
        return clips.astype(dtype), good, errors
    clip_format = replace(classifier.clip_format, place=place)
    return decode_all(table, clip_format, on_error, dtype, seed, progress)


def as_clips(classifier, arrays, sample_rate=None):
    """Arrays of sound or embeddings as the float32 batch that the classifier takes."""
    if not classifier.hears_embeddings:
        return as_waveforms(arrays, classifier.clip_format, sample_rate)
    clips = np.asarray(arrays, "float32")
    if clips.ndim == 2:
        clips = clips[None]
    if clips.shape[1:] != classifier.clip_shape:
        raise HearingAIError(
            f"embeddings must have the shape (n, {', '.join(map(str, classifier.clip_shape))}), "
            f"shorter clips with zeros in front. Received: {clips.shape}"
        )
    if not np.isfinite(clips).all():
        raise HearingAIError("the embeddings hold values that are not finite")
    return clips


def _mismatch(classifier):
    if classifier.hears_embeddings:
        return (
            f"the recipe `{classifier.recipe}` hears embeddings, and the table lists recordings; "
            f"audioset_embeddings() and turkey() list embeddings"
        )
    return (
        f"the recipe `{classifier.recipe}` hears recordings, and the table lists embeddings; "
        f"embedding-gru and audio-gate hear those"
    )
