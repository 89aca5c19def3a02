"""Decoding a corpus ahead of its trainings."""

import os
from typing import Any

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import OnError, PathLike, Progress, Recordings
from ..audio.doubts import collected_doubts
from ..audio.folders import files_at
from ..classifier.model import AudioClassifier
from ..corpora.options import RunOptions
from ..corpora.running import wanted
from ..datasets.embeddings import is_embedding_table
from ..errors import HearingAIError
from ..recipes.recipe import Recipe
from ..recipes.registry import get_recipe
from ..runtime.arguments import flag
from ..runtime.shared_options import shared_options
from ..tables.columns import check_columns, check_paths
from ._prepared import Prepared, prepare_into, stored


@shared_options
@collected_doubts()
def prepare(
    clips: Recordings,
    recipe: str | Recipe | AudioClassifier = "speech-commands",
    *,
    store: PathLike | None = None,
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
    **options: Unpack[RunOptions],
) -> Prepared:
    """Decode a corpus once, for every training to come.

    Every recording is read, resampled, mixed down and fitted to the recipe's clips, and packed as
    16-bit samples in one file that trainings map into memory: a corpus may be larger than the
    memory. `fit`, `cross_validate` and `tune` do this by themselves; call it to do it ahead of
    time, or in a folder of your choice, which is then named to them as `store`.

    Decoded clips are looked up by path, size, times and part of the recordings and by the recipe's
    format, whatever else is in the table: a changed recording is decoded again. After an
    interruption, the next call resumes.

    Args:
        clips: A table of recordings with a column `fname` (and `start` and `end`, in seconds, for
            parts); or a path, a folder (with all below it), or a list of those.
        recipe: Sets rate, length and channels: the name of a recipe, a `Recipe` or an
            `AudioClassifier`.
        store: The folder to store them in; `None` is the user's cache, which keeps the 20 GiB that
            were used last.
        on_error: `"report"` lists recordings that cannot be read; `"raise"` stops at the first.
        partial: {partial}
        progress: {progress}
        **options: A run in a folder, see `RunOptions`: workers decode there, and what they decoded
            is put into the store by the call that finds all of it done.

    Returns:
        A `Prepared`; of a run that is not done that of the slice, with `path` the folder `out`.

    Raises:
        HearingAIError: `clips` lists no recordings; the recipe takes embeddings or random
            stretches, which are not kept; the disk has too little room; or the folder cannot be
            written.
        AudioFileError: A recording cannot be read and `on_error="raise"`.

    Example:
        >>> import hearingai, tempfile
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> prepared = hearingai.prepare(
        ...     clips, "speech-commands-small", store=tempfile.mkdtemp()
        ... )
        >>> prepared.n, prepared.bytes
        (40, 1280000)
    """
    is_classifier = isinstance(recipe, AudioClassifier)
    source: Any = recipe if is_classifier else get_recipe(recipe)
    if source.hears_embeddings if is_classifier else not source.takes_sound:
        raise HearingAIError(f"`recipe` must take recordings; `{source.name}` takes embeddings")
    if not isinstance(store, (str, os.PathLike, type(None))):
        raise HearingAIError(f"`store` must be a folder. Received: {store!r}")
    if source.crop == "random":
        raise HearingAIError("`recipe` crops at random: there is no fixed clip to store")
    clips = _recordings(clips)
    partial = flag("partial", partial)
    if wanted(options):
        return prepare_into(clips, source.clip_format, store, on_error, partial, options, progress)
    return stored(clips, source.clip_format, store, on_error, partial, progress)


def _recordings(clips: Recordings) -> Any:
    """A table of recordings or a list of paths, checked."""
    if isinstance(clips, (str, os.PathLike)):
        return files_at("clips", os.fspath(clips))
    if not isinstance(clips, (pd.DataFrame, list, tuple, pd.Series, np.ndarray)):
        raise HearingAIError(f"`clips` must be a table or paths. Received: {clips!r}")
    if isinstance(clips, pd.DataFrame):
        check_columns("clips", clips, ("fname",))
        if is_embedding_table(clips):
            raise HearingAIError("`clips` lists embeddings, which need no decoding")
        check_paths("clips", clips)
    else:
        for i, fname in enumerate(clips):
            if not isinstance(fname, (str, os.PathLike)):
                raise HearingAIError(
                    f"`clips` (number {i + 1}) must be a path. Received: {fname!r}"
                )
        clips = [file for path in clips for file in files_at("clips", os.fspath(path), empty=True)]
    if not len(clips):
        raise HearingAIError("`clips` lists no recordings")
    return clips
