"""What lies in a folder and in all below it: links are followed, each folder is entered once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .._typing import PathLike
from ..errors import AudioFileError, HearingAIError, readable, warn
from ..runtime.addresses import address_of
from ..runtime.remote import RemoteError, files_below, is_folder_at
from ._av import INSTALL
from .files import AV_EXTENSIONS, extensions, is_audio_name

ELSEWHERE = (  # sound in formats that libsndfile does not know; of these the first need PyAV
    *AV_EXTENSIONS,
    *(".aax", ".qcp", ".dss", ".ds2", ".gsm", ".caff"),
)


@dataclass
class Below:
    """What lies in a folder and below it, hidden files aside; each a list of sorted paths.

    Attributes:
        recordings: Files whose endings tell that they can be read.
        unknown: Sound of other endings, which cannot be read.
        others: Files that are no sound by their endings.
        problems: `AudioFileError`s: links to nothing, folders that cannot be entered.
    """

    recordings: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problems: list[AudioFileError] = field(default_factory=list)


def look_below(folder: PathLike, hidden: str = ".") -> Below:
    """Sort out what lies in a folder and below it.

    Args:
        folder: Where to look.
        hidden: First characters of the names of folders that are passed over.
    """
    address = address_of(folder)
    if address is not None:
        return _look_at(address, hidden)
    below, seen = Below(), set[tuple[int, int]]()
    waiting, links = [os.fspath(folder)], list[str]()
    while waiting or links:  # links last: a folder is listed where it lies, if that is below too
        place = waiting.pop() if waiting else links.pop(0)
        try:
            state = os.stat(place)  # noqa: PTH116  # strings are faster here than paths
            if (state.st_dev, state.st_ino) in seen:
                continue
            seen.add((state.st_dev, state.st_ino))
            with os.scandir(place) as entries:
                for entry in entries:
                    if not _is_folder(entry):
                        _sort_in(below, entry)
                    elif entry.name[0] not in hidden:
                        (links if entry.is_symlink() else waiting).append(entry.path)
        except OSError as error:
            below.problems.append(AudioFileError(place, f"cannot be opened ({error.strerror})"))
        links.sort()
    for found in (below.recordings, below.unknown, below.others):
        found.sort()
    return below


def _look_at(address: str, hidden: str) -> Below:
    """Sort out what lies at an address, in an object store or on a server, and below it."""
    below = Below()
    try:
        found, failures = files_below(address)
    except RemoteError as error:
        below.problems.append(AudioFileError(address, str(error)))
        return below
    for inside, why in failures.items():
        if not _passed_over(inside.split("/"), hidden):
            below.problems.append(AudioFileError(f"{address.rstrip('/')}/{inside}/", why))
    for inside, file in found.items():
        *folders, name = inside.split("/")
        if not name or name[0] == "." or _passed_over(folders, hidden):
            continue
        if is_audio_name(name):
            below.recordings.append(file)
        else:
            (below.unknown if name.lower().endswith(ELSEWHERE) else below.others).append(file)
    return below


def _passed_over(folders: list[str], hidden: str) -> bool:
    return any(folder[:1] in hidden for folder in folders if folder)


def is_folder(path: str) -> bool:
    """Whether a path, or an address, is a folder; what cannot be asked is told when it is read."""
    address = address_of(path)
    if address is None:
        return os.path.isdir(path)  # noqa: PTH112 (pathlib raises of names that no file has)
    name = address.rpartition("/")[2]
    if name and is_audio_name(name):
        return False
    try:
        return is_folder_at(address)
    except RemoteError:
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _sort_in(below: Below, entry: os.DirEntry[str]) -> None:
    if entry.name[0] == ".":
        return
    if is_audio_name(entry.name):  # a link to nothing is told when it is opened
        below.recordings.append(entry.path)
    elif entry.name.lower().endswith(ELSEWHERE):
        below.unknown.append(entry.path)
    elif entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110
        below.problems.append(AudioFileError(entry.path, "is a link to nothing"))
    else:
        below.others.append(entry.path)


def audio_files(folder: PathLike, hidden: str = ".") -> list[str]:
    """The recordings in a folder and in all below it, sorted paths; warns of what is left out.

    Args:
        folder: Where to look.
        hidden: First characters of the names of folders that are passed over.

    Raises:
        AudioFileError: The folder itself cannot be opened.
    """
    below = look_below(folder, hidden)
    for problem in below.problems:
        if problem.path == str(address_of(folder) or os.fspath(folder)):
            raise problem
    reasons = []
    if below.unknown:
        reasons.append(of_endings(below.unknown))
    reasons += [f"{readable(problem.path)} {problem.reason}" for problem in below.problems]
    if reasons:
        n = len(below.unknown) + len(below.problems)
        warn(f"left out {n} file(s) in {readable(os.fspath(folder))}: {'; '.join(reasons)}")
    return below.recordings


def files_at(argument: str, path: str, *, empty: bool = False) -> list[str]:
    """The recordings at a path: the file itself, or those in a folder and below, sorted by name.

    Args:
        argument: What the path is called, for the error.
        path: A file or a folder.
        empty: Whether a folder that holds none stands for itself, which cannot be read.

    Raises:
        HearingAIError: A folder holds none, or cannot be opened.
    """
    if not is_folder(path):
        return [address_of(path) or path]
    try:
        found = audio_files(path)
    except AudioFileError as error:
        if not empty:
            raise HearingAIError(f"`{argument}`: {error}") from None
        warn(str(error))
        found = []
    if not found and empty:
        return [path]
    if not found:
        raise HearingAIError(
            f"`{argument}`: the folder {readable(path)} contains no recordings. Endings looked "
            f"for: {', '.join(extensions())}"
        )
    return found


def of_endings(files: Iterable[str]) -> str:
    """How many files of which endings cannot be read: "5 of endings that cannot be read (.m4a)"."""
    endings = Counter(os.path.splitext(file)[1].lower() or "none" for file in files)  # noqa: PTH122
    named = ", ".join(ending for ending, _ in endings.most_common(5))
    can = set(AV_EXTENSIONS) & set(endings)  # which are known where PyAV is installed
    hint = f"; PyAV reads {', '.join(sorted(can))}. {INSTALL}" if can - set(extensions()) else ""
    return f"{endings.total()} of endings that cannot be read ({named}){hint}"
