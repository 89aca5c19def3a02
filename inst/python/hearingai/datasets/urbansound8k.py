"""UrbanSound8K: ten classes of city sounds in ten official folds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._typing import PathLike
from ..audio.files import warn_left_out
from ..errors import HearingAIError
from ._files import (
    corpus_folder,
    existing_folder,
    file_in,
    listed_clips,
    number_in,
    table_of,
    text_in,
)

if TYPE_CHECKING:
    import pandas as pd

ADDRESS = "https://urbansounddataset.weebly.com/urbansound8k.html"
TABLE = "metadata/UrbanSound8K.csv"

_COLUMNS = ["slice_file_name", "fsID", "start", "end", "salience", "fold", "classID", "class"]


def urbansound8k(path: PathLike) -> pd.DataFrame:
    """List a copy of UrbanSound8K: 8,732 city sounds of at most 4 s, 10 classes, 10 folds.

    Slices of one recording are in one fold, so a split by fold or by source does not leak. The
    licence forbids an automatic download: get it from
    https://urbansounddataset.weebly.com/urbansound8k.html and give the folder.

    Args:
        path: The folder that holds `metadata/UrbanSound8K.csv` and `audio/fold1` ...
            `audio/fold10`, or the folder that holds it as `UrbanSound8K`.

    Returns:
        A table of clips in the order of the official table: `fname`, `class`, `class_id` (from 0,
        classes in alphabetical order, which are the official numbers), `fold` (1 to 10), `source`
        (the Freesound number of the recording, as text), `salience` (1 foreground, 2 background),
        `source_start` and `source_end` (seconds, where the clip lay in that recording).

    Raises:
        HearingAIError: The table or the folder `audio` is not there, or no recording in it can be
            read.

    Warns:
        HearingAIWarning: Malformed rows and recordings that are missing, empty or cannot be read
            are left out; it names the first five with their reasons.

    Source:
        Salamon, Jacoby and Bello (2014), A Dataset and Taxonomy for Urban Sound Research, ACM
        Multimedia. Data: CC BY-NC 3.0.

    Example:
        >>> import hearingai
        >>> clips = hearingai.urbansound8k("UrbanSound8K")  # doctest: +SKIP
        >>> len(clips)  # doctest: +SKIP
        8732
    """
    existing_folder(path)
    folder = corpus_folder(path, TABLE, ["UrbanSound8K"])
    if folder is None or not (folder / "audio").is_dir():
        lacking = f"`{TABLE}`" if folder is None else "the folder `audio`"
        raise HearingAIError(
            f"`path` must hold `{TABLE}` and `audio/fold1` to `audio/fold10`. Received: "
            f"{str(path)!r}, without {lacking}. The data set's licence forbids an automatic "
            f"download: get it from {ADDRESS}"
        )
    clips, problems = listed_clips(folder / TABLE, _COLUMNS, lambda row: _clip(folder, row))
    warn_left_out(problems, "row(s) or file(s)")
    if not clips:
        raise HearingAIError(f"`{folder}` holds no recording that its table lists and can be read")
    return table_of(clips)


def holds_urbansound8k(path: Path) -> bool:
    """Whether a folder holds UrbanSound8K's table."""
    return corpus_folder(path, TABLE, ["UrbanSound8K"]) is not None


def _clip(folder: Path, row: dict[str, Any]) -> Any:
    fold = number_in(row, "fold", low=1, high=10)
    start = number_in(row, "start", float, low=0)
    return {
        "fname": file_in(folder / "audio" / f"fold{fold}", row["slice_file_name"]),
        "class": text_in(row, "class"),
        "fold": fold,
        "source": text_in(row, "fsID"),
        "salience": number_in(row, "salience", low=1, high=2),
        "source_start": start,
        "source_end": number_in(row, "end", float, low=start, high=1e9),
    }
