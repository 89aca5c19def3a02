"""Clips in a classifier's format, read from files, tables and arrays."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .._typing import OnError, PathLike, Progress
from ..audio.doubts import collected_doubts
from ..audio.fitting import offset
from ..datasets.embeddings import is_embedding_table, read_embeddings
from ..errors import HearingAIError, warn
from ..runtime.arguments import path_of
from ..tables.label_sets import LABELS, is_multi_label, membership
from .clip_format import as_waveforms
from .decoding import decode_all, report_bad_files
from .embedded import embedded, embeddings_folder, varied
from .packed import PackedClips
from .store import packed_clips

if TYPE_CHECKING:
    from .clip_format import ClipFormat

_SMALL = 2**26  # bytes; smaller corpora are decoded in memory each time


@dataclass
class Store:
    """The clips of a table, read once.

    Attributes:
        clips: `PackedClips`: int16 waveforms, uint8 embeddings, or float32 embeddings of a body.
        truth: Class of each, as a position in the classifier's labels; where a clip may have any
            number of labels, whether it has each, 0 or 1, `(clips, labels)`.
        table: The rows of the table that could be read.
        notes: What is missing of recordings that were read in part, by path.
        copies: Augmented copies, or their embeddings, each of all clips in the same order.
        targets: What each clip and each copy is to be answered with, `(1 + copies, clips,
            classes)`; `None` for its class.
    """

    clips: PackedClips
    truth: np.ndarray
    table: pd.DataFrame
    notes: dict[str, str] = field(default_factory=dict)
    copies: list[PackedClips] = field(default_factory=list)
    targets: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.clips)


def read_stores(
    classifier: Any,
    train: pd.DataFrame,
    held: pd.DataFrame | None = None,
    on_error: OnError = "report",
    seed: int | None = None,
    place: str = "start",
    store: PathLike | bool | None = None,
    progress: Progress = None,
    partial: bool = False,
    variations: Sequence[Callable[[np.ndarray], np.ndarray]] = (),
) -> Any:
    """Read the clips to train on and those to validate on, each a `Store`.

    Those that cannot be read are left out with a warning.

    Args:
        classifier: An `AudioClassifier`.
        train: A table of clips, checked.
        held: A table of validation clips, or `None`.
        on_error: See `fit`.
        seed: Seeds random places and crops of the training clips.
        place: Where their sound lies where it is shorter than a clip, see `fit_length`.
        store: See `fit`.
        progress: See `fit`.
        partial: See `fit`.
        variations: A function from int16 waveforms to changed ones for each copy of the training
            clips.

    Returns:
        `(train, held)`.
    """
    tables = [table for table in (train, held) if table is not None]
    for table in tables:
        check_kind(classifier, table)
    together = pd.concat(tables, ignore_index=True)
    seeds = [seed] * len(train) + [None] * (len(together) - len(train))
    with collected_doubts() as doubts:
        packed, lengths, good, errors = _read(
            classifier, together, on_error, seeds, store, progress, partial
        )
    kept, trains = together.iloc[good].reset_index(drop=True), good < len(train)
    if not trains.any() or (held is not None and trains.all()):
        raise HearingAIError(f"no clip can be read: {report_bad_files(errors, len(together))}")
    if len(errors):
        warn(report_bad_files(errors, len(together)))
    truth = _truth(kept, classifier.labels)
    shifts = _shifts(classifier, place, lengths, good, seed)
    found = [_select(packed, kept, truth, trains, shifts)]
    if held is not None:
        found.append(_select(packed, kept, truth, ~trains))
    notes = doubts.notes()
    for each in found:
        each.notes = {path: notes[path] for path in each.table["fname"] if path in notes}
    copies = (varied(found[0].clips, variation) for variation in variations)
    if classifier.body is None:
        found[0].copies = list(copies)
    else:
        folder = embeddings_folder(store)
        found[0].copies = [embedded(each, classifier.body, folder, progress) for each in copies]
        for each in found:
            each.clips = embedded(each.clips, classifier.body, folder, progress)
    return found[0], found[1] if held is not None else None


def _read(
    classifier: Any,
    table: pd.DataFrame,
    on_error: OnError,
    seeds: Any,
    store: PathLike | bool | None,
    progress: Progress,
    partial: bool,
) -> Any:
    if classifier.hears_embeddings:
        clips, good, errors = read_embeddings(table, classifier.clip_shape[0], on_error=on_error)
        return PackedClips(clips.astype("uint8")), None, good, errors
    keep = keeps(table, classifier.clip_format, store)
    if keep or (store is None and classifier.clip_format.crop != "random"):
        # A small corpus is not stored, but found if it was prepared.
        kept = packed_clips(
            table,
            classifier.clip_format,
            folder=store,  # type: ignore[arg-type]  # a folder or none, says `keeps`
            on_error=on_error,
            progress=progress,
            make=keep,
            partial=partial,
        )
        if kept is not None:
            return kept
    read = decode_all(
        table,
        classifier.clip_format,
        on_error=on_error,
        dtype="int16",
        seeds=seeds,
        progress=progress,
        partial=partial,
    )
    return PackedClips(read[0]), *read[1:]


def keeps(table: pd.DataFrame, clip_format: ClipFormat, store: PathLike | bool | None) -> bool:
    """Whether the decoded clips of a table are stored on disk."""
    if store is True or not isinstance(store, (str, os.PathLike, bool, type(None))):
        raise HearingAIError(f"`store` must be a folder, or `False`. Received: {store!r}")
    if not isinstance(store, bool) and store is not None:
        path_of("store", store)
    if clip_format.crop == "random":  # random crops differ from seed to seed
        return False
    if store is None:
        return len(table) * 2 * np.prod(clip_format.shape) > _SMALL
    return store is not False


def _shifts(
    classifier: Any, place: str, lengths: np.ndarray, good: np.ndarray, seed: int | None
) -> np.ndarray | None:
    """The shift of each clip's sound within its padding."""
    if classifier.hears_embeddings or place == "start":
        return None
    pairs = zip(good, classifier.samples - lengths, strict=True)
    return np.array([offset(place, room, [seed, i]) if room else 0 for i, room in pairs])


def _truth(table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    """The classes of a table's clips, or their labels, as a `Store` has them."""
    if is_multi_label(table):
        return membership(table[LABELS], labels).astype("int8")
    return table["class_id"].to_numpy()


def _select(
    packed: Any,
    kept: Any,
    truth: np.ndarray,
    chosen: np.ndarray,
    shifts: np.ndarray | None = None,
) -> Any:
    rows = np.flatnonzero(chosen)
    clips = packed.select(rows, None if shifts is None else shifts[rows])
    return Store(clips, truth[rows], kept.iloc[rows].reset_index(drop=True))


def as_clips(classifier: Any, arrays: Any, sample_rate: float | None = None) -> np.ndarray:
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


def check_kind(classifier: Any, table: pd.DataFrame) -> None:
    """Refuse a table that lists embeddings where the classifier takes sound, or vice versa."""
    if classifier.hears_embeddings == is_embedding_table(table):
        return
    if classifier.hears_embeddings:
        raise HearingAIError(
            f"the recipe `{classifier.recipe}` takes embeddings, and the table lists recordings; "
            f"audioset_embeddings() and turkey() list embeddings, and the body `vggish` makes them "
            f"of sound, see get_body()"
        )
    raise HearingAIError(
        f"the recipe `{classifier.recipe}` takes recordings, and the table lists embeddings; "
        f"embedding-gru and audio-gate, without a body, hear those"
    )
