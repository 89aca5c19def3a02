"""ESC-50 and ESC-10: environmental sounds of five seconds in five official folds."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._typing import PathLike
from ..audio.files import is_audio_name, openable, warn_left_out
from ..errors import AudioFileError, HearingAIError
from ._files import (
    corpus_folder,
    existing_folder,
    file_in,
    is_class_folder,
    listed_clips,
    number_in,
    table_of,
    text_in,
)

if TYPE_CHECKING:
    import pandas as pd

TABLE = "meta/esc50.csv"

_ADDRESS = "https://github.com/karolpiczak/ESC-50"
_COLUMNS = ["filename", "fold", "target", "category", "esc10", "src_file", "take"]
_HOMES_50 = ("ESC-50", "ESC-50-master")
_HOMES_10 = ("ESC-10", "ESC-10-master")
_CLASS = re.compile(r"\d{3} - (.+)")
_NAME = re.compile(r"([1-5])-(\d+)-[A-Z]+\.\w+")


def esc50(path: PathLike, *, esc10: bool = False) -> pd.DataFrame:
    """List a copy of ESC-50 (2,000 clips, 50 classes) or of ESC-10 (400 clips, 10 classes).

    Clips of one recording are in one fold, so a split by fold or by source does not leak. ESC-50
    is at https://github.com/karolpiczak/ESC-50 and lists its clips in `meta/esc50.csv`. ESC-10
    has a folder a class, such as `001 - Dog bark`.

    Args:
        path: The folder of the data set, or the one that holds it.
        esc10: Keep the ten classes of ESC-10 only.

    Returns:
        A table of clips: `fname`, `class`, `class_id` (from 0, classes in alphabetical order),
        `fold` (1 to 5) and `source` (the Freesound number of the recording, as text).

    Raises:
        HearingAIError: `path` holds neither layout, or no recording in it can be read.

    Warns:
        HearingAIWarning: Malformed rows and names, and recordings that are missing, empty or
            cannot be read are left out; it names the first five with their reasons.

    Source:
        Piczak (2015), ESC: Dataset for Environmental Sound Classification, ACM Multimedia. Data:
        CC BY-NC 3.0 (ESC-10: CC BY 3.0).

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = tempfile.mkdtemp()
        >>> os.mkdir(os.path.join(path, "002 - Rain"))
        >>> file = os.path.join(path, "002 - Rain", "3-1234-A.ogg")
        >>> hearingai.write_audio(numpy.zeros(8000), file, 8000)
        >>> hearingai.esc50(path).drop(columns="fname").values.tolist()
        [['Rain', 0, 3, '1234']]
    """
    given = existing_folder(path)
    folder = corpus_folder(given, TABLE, _HOMES_50)
    if folder is not None:
        clips, problems = listed_clips(
            folder / TABLE, _COLUMNS, partial(_listed, folder, esc10=esc10)
        )
    elif (folder := _esc10_folder(given)) is not None:
        clips, problems = _named(folder)
    else:
        raise HearingAIError(
            f"`path` must hold `{TABLE}` as ESC-50 has it, or folders such as `001 - Dog bark` as "
            f"ESC-10 has them. Received: {str(path)!r}, with neither. Get ESC-50 from {_ADDRESS}"
        )
    warn_left_out(problems, "row(s) or file(s)")
    if not clips:
        raise HearingAIError(f"`{folder}` holds no clip of ESC that can be read")
    return table_of(clips)


def holds_esc(path: Path) -> bool:
    """Whether a folder holds ESC-50 or ESC-10."""
    return corpus_folder(path, TABLE, _HOMES_50) is not None or _esc10_folder(path) is not None


def _esc10_folder(path: Path) -> Any:
    """Return the folder, `path` or one in it, with the layout of ESC-10, else `None`."""
    for folder in (path, *(path / n for n in _HOMES_10)):
        if folder.is_dir() and any(
            _NAME.fullmatch(f.name) for e in _class_folders(folder) for f in e.iterdir()
        ):
            return folder
    return None


def _class_folders(folder: Path) -> list[Path]:
    """The folders named as ESC-10 names its classes, in order."""
    named = (e for e in folder.iterdir() if _CLASS.fullmatch(e.name) and is_class_folder(e))
    return sorted(named, key=lambda e: e.name)


def _listed(folder: Path, row: dict[str, Any], esc10: bool) -> Any:
    """A clip from a row of ESC-50's table."""
    if esc10 and row["esc10"].strip().lower() not in ("true", "1"):
        return None
    return {
        "fname": file_in(folder / "audio", row["filename"]),
        "class": text_in(row, "category"),
        "fold": number_in(row, "fold", low=1, high=5),
        "source": text_in(row, "src_file"),
    }


def _named(folder: Path) -> Any:
    """Clips from the names of ESC-10's files, and the problems with the others."""
    clips, problems = {}, []
    for entry in _class_folders(folder):
        for file in sorted(entry.iterdir()):
            if not is_audio_name(file.name):
                continue
            if match := _NAME.fullmatch(file.name):
                class_ = entry.name.partition(" - ")[2]
                clips[file] = {
                    "fname": file,
                    "class": class_,
                    "fold": int(match[1]),
                    "source": match[2],
                }
            else:
                problems.append(AudioFileError(file, "is not named fold-source-take"))
    found, unreadable = openable(clips)
    return [clips[file] for file in found], problems + unreadable
