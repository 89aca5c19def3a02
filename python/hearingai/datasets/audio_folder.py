"""Any folder of class folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._typing import PathLike
from ..audio.files import EXTENSIONS, audio_files, openable, warn_left_out
from ..errors import HearingAIError
from ..tables.clip_table import clip_table
from ._files import existing_folder, is_class_folder

if TYPE_CHECKING:
    import pandas as pd


def audio_folder(path: PathLike) -> pd.DataFrame:
    """List a folder that holds one folder a class, with recordings of any format in each.

    Recordings in subfolders of a class folder belong to its class. Names that begin with `.` or
    `_` are skipped, and so are files that are not recordings by their ending. Only headers are
    read.

    Args:
        path: The folder that holds the class folders.

    Returns:
        A table of clips: `fname`, `class` (the folder's name) and `class_id` (from 0, classes in
        alphabetical order), sorted by class and file name.

    Raises:
        HearingAIError: `path` is not a folder, holds no class folder, or no recording in them can
            be read.

    Warns:
        HearingAIWarning: Files that are empty or cannot be read are left out; it names the first
            five with their reasons.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = tempfile.mkdtemp()
        >>> for name in ("bark", "meow"):
        ...     os.mkdir(os.path.join(path, name))
        ...     hearingai.write_audio(os.path.join(path, name, "1.flac"), numpy.zeros(800), 8000)
        >>> hearingai.audio_folder(path)[["class", "class_id"]].values.tolist()
        [['bark', 0], ['meow', 1]]
    """
    folder = existing_folder(path)
    classes = sorted((e for e in folder.iterdir() if is_class_folder(e)), key=lambda e: e.name)
    if not classes:
        raise HearingAIError(f"`{folder}` contains no class folders(one folder a class)")
    class_of = {file: entry.name for entry in classes for file in audio_files(entry, hidden="._")}
    files, problems = openable(class_of)
    warn_left_out(problems)
    if not files:
        raise HearingAIError(
            f"`{folder}` holds no recording that can be read in its {len(classes)} class "
            f"folder(s). Endings looked for: {', '.join(EXTENSIONS)}"
        )
    return clip_table(files, [class_of[file] for file in files])
