"""Any folder of class folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .._typing import PathLike
from ..audio.files import extensions, is_audio_name, openable
from ..audio.folders import Below, look_below, of_endings
from ..errors import AudioFileError, HearingAIError, first_few, readable, warn
from ..tables.clip_table import clip_table, warn_of_two_classes
from ._files import existing_folder, is_class_folder

if TYPE_CHECKING:
    import pandas as pd

_SPLITS = {  # what folders above the class folders are called
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "val", "valid", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}


def audio_folder(path: PathLike) -> pd.DataFrame:
    """List a folder that holds one folder a class, with recordings of any format in each.

    Recordings in subfolders of a class folder belong to its class. Folders `train`, `validation`
    (or `val`) and `test` that hold the class folders are a split, not classes. Links to files and
    folders are followed. Names that begin with `.` or `_` are skipped, and so are files that are
    not recordings by their ending. Only headers are read.

    Args:
        path: The folder that holds the class folders.

    Returns:
        A table of clips: `fname`, `class` (the folder's name), `class_id` (from 0, classes in
        alphabetical order) and, where the folders tell it, `split`; sorted by class and file name,
        a split after the other.

    Raises:
        HearingAIError: `path` is not a folder, holds no class folder, or no recording in them can
            be read.

    Warns:
        HearingAIWarning: What is left out, counted by reason: sound of other endings (such as
            .m4a), empty folders, files that cannot be read, recordings beside the class folders;
            and the classes of which nothing is left. Also a file that lies in two class folders,
            by a link.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = tempfile.mkdtemp()
        >>> for name in ("bark", "meow"):
        ...     os.mkdir(os.path.join(path, name))
        ...     hearingai.write_audio(numpy.zeros(800), os.path.join(path, name, "1.flac"), 8000)
        >>> hearingai.audio_folder(path)[["class", "class_id"]].values.tolist()
        [['bark', 0], ['meow', 1]]
    """
    folder = existing_folder(path)
    parts = _parts(folder)
    classes = [(entry, split) for part, split in parts for entry in _class_folders(part)]
    if not classes:
        raise HearingAIError(f"`{folder}` holds no class folders: one folder a class is looked for")
    below = {entry: look_below(entry, hidden="._") for entry, _ in classes}
    found = [(file, e.name, split) for e, split in classes for file in below[e].recordings]
    kept, problems = openable([file for file, _, _ in found])
    good = set(kept)
    found = [clip for clip in found if clip[0] in good]
    lost = sorted({entry.name for entry, _ in classes} - {name for _, name, _ in found})
    beside = [entry for part in {folder, *(p for p, _ in parts)} for entry in _beside(part)]
    told = _left_out(below, lost, beside, problems)
    if not found:
        raise HearingAIError(
            f"`{folder}` holds no recording that can be read in its {len(below)} class "
            f"folder(s){told and ': '}{told}. Endings looked for: {', '.join(extensions())}"
        )
    if told:
        gone = f". No clips are left of: {', '.join(lost)}" if lost else ""
        warn(f"left out {told}{gone}")
    files, names, splits = zip(*found, strict=True)
    table = clip_table(files, names)
    warn_of_two_classes(table.assign(file=[_file_of(file) for file in files]), "file")
    return table if splits[0] is None else table.assign(split=list(splits))


def _file_of(path: str) -> str:
    """What a file and all links to it have in common."""
    state = os.stat(path)  # noqa: PTH116
    return f"{state.st_dev}:{state.st_ino}"


def _parts(folder: Path) -> list[tuple[Path, str | None]]:
    """The folders that hold the class folders, each with the split that it is."""
    entries = sorted((e for e in folder.iterdir() if is_class_folder(e)), key=lambda e: e.name)
    splits = [(entry, _SPLITS.get(entry.name.lower())) for entry in entries]
    if entries and all(split and _holds_folders_alone(entry) for entry, split in splits):
        return splits
    return [(folder, None)]


def _holds_folders_alone(folder: Path) -> bool:
    entries = list(folder.iterdir())
    return any(map(is_class_folder, entries)) and not any(
        is_audio_name(entry.name) and not entry.is_dir() for entry in entries
    )


def _class_folders(part: Path) -> list[Path]:
    return sorted((e for e in part.iterdir() if is_class_folder(e)), key=lambda e: e.name)


def _beside(part: Path) -> list[Path]:
    """Recordings that lie in no class folder, and links to class folders that are gone."""
    entries = [e for e in part.iterdir() if e.name[0] not in "._" and not e.is_dir()]
    return [e for e in entries if is_audio_name(e.name) or (e.is_symlink() and not e.exists())]


def _left_out(
    below: dict[Path, Below],
    lost: Sequence[str],
    beside: Sequence[Path],
    problems: Sequence[AudioFileError],
) -> str:
    """What is left out, counted by reason; nothing where nothing is."""
    reasons, n = list[str](), 0
    unknown = [file for each in below.values() for file in each.unknown]
    foreign = [f for e, each in below.items() if e.name in lost for f in each.others]
    for files in (unknown, foreign):  # files that are no sound are told where a class is lost
        if files:
            n += len(files)
            places = {e.name for e, b in below.items() if {*b.unknown, *b.others} & set(files)}
            reasons.append(f"{of_endings(files)} in {first_few(sorted(places))}")
    problems = [*problems, *(problem for each in below.values() for problem in each.problems)]
    if problems:
        n += len(problems)
        told = first_few(
            [f"{readable(problem.path)} {problem.reason}" for problem in problems], between="; "
        )
        reasons.append(f"{len(problems)} not read: {told}")
    if beside:
        n += len(beside)
        names = first_few(sorted(entry.name for entry in beside))
        reasons.append(f"{len(beside)} beside the class folders ({names})")
    counted = f"{n} file(s) that cannot be used: " + "; ".join(reasons) if reasons else ""
    empty = sorted(
        os.path.basename(e)  # noqa: PTH119
        for e, b in below.items()
        if not (b.recordings or b.unknown or b.others or b.problems)
    )
    folders = f"{len(empty)} empty folder(s): {first_few(empty)}" if empty else ""
    return " and ".join(filter(None, (counted, folders)))
