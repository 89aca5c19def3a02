"""Shared by the data sets: read tables and headers, report problems, fill a folder safely."""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._typing import PathLike
from ..audio.files import openable
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import path_of
from ..tables.clip_table import clip_table

if TYPE_CHECKING:
    import pandas as pd


def is_class_folder(entry: Any) -> bool:
    """Whether an entry of a folder (a `Path` or `os.DirEntry`) is a class folder."""
    return entry.name[0] not in "._" and entry.is_dir()


def existing_folder(path: PathLike) -> Path:
    """Return `path` as a `Path`, else raise an error when it is not a folder."""
    folder = path_of("path", path).expanduser()
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise HearingAIError(f"`path` must be a folder. Received: {str(path)!r}, which {what}")
    return folder


def corpus_folder(path: PathLike, marker: str, names: Sequence[str] = ()) -> Path | None:
    """Return the folder that holds `marker` (a relative path): `path`, or `path/name`.

    Returns:
        A `Path`, or `None` where neither does.
    """
    folder = Path(path).expanduser()
    return next((f for f in (folder, *(folder / n for n in names)) if (f / marker).exists()), None)


def read_rows(
    file: Path, columns: Sequence[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[AudioFileError]]:
    """Read the rows of a data set's CSV table.

    Args:
        file: The CSV file, with a header.
        columns: Required columns.

    Returns:
        `(rows, problems)`: a list of `(line, dict of texts)`, and `AudioFileError`s for the rows
        that are malformed or have too few or too many values.

    Raises:
        HearingAIError: The file is not such a table.
    """
    try:
        lines = Path(file).read_bytes().splitlines() or [b""]
        header = _values(lines[0])
    except (OSError, ValueError) as error:
        raise HearingAIError(f"cannot read the table `{file}`: {error}") from None
    lacking = [column for column in columns if column not in header]
    if lacking:
        raise HearingAIError(f"the table `{file}` has no column {', '.join(lacking)}")
    rows, problems = [], []
    for line, text in enumerate(lines[1:], 2):
        try:
            values = _values(text)
            if values and len(values) != len(header):
                raise ValueError(f"has {len(values)} values, the header {len(header)}")
        except ValueError as error:
            problems.append(AudioFileError(file, f"line {line}: {error}"))
        else:
            if values:
                rows.append((line, dict(zip(header, values, strict=True))))
    return rows, problems


def _values(line: bytes) -> list[str]:
    """The values of one line (bytes) of a table; a `ValueError` where it is malformed."""
    try:  # line by line: a stray quote must not swallow the next lines
        return next(csv.reader([line.decode("utf-8-sig")], strict=True), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"is malformed ({error})") from None


def listed_clips(
    table: Path, columns: Sequence[str], clip: Callable[[dict[str, str]], dict[str, Any] | None]
) -> tuple[list[dict[str, Any]], list[AudioFileError]]:
    """Turn a data set's CSV table into clips whose recordings can be opened.

    Args:
        table: The CSV file.
        columns: Columns that must be there.
        clip: A function from a row (a dict of texts) to a dict with at least `fname` and `class`,
            or `None` to skip the row. It raises a `ValueError` for a row that is wrong.

    Returns:
        `(clips, problems)`: the dicts in the order of the table, and the `AudioFileError`s of the
        rows and recordings left out.
    """
    rows, problems = read_rows(table, columns)
    clips = {}
    for line, row in rows:
        try:
            one = clip(row)
            if one is None:
                continue
            if one["fname"] in clips:
                raise ValueError(f"lists {one['fname'].name} a second time")
        except ValueError as error:
            problems.append(AudioFileError(table, f"line {line}: {error}"))
        else:
            clips[one["fname"]] = one
    found, unreadable = openable(clips)
    return [clips[file] for file in found], problems + unreadable


def file_in(folder: Path, name: str) -> Path:
    """Return `folder/name`; a `ValueError` where the name is invalid or leads elsewhere."""
    if not name or Path(name).name != name:
        raise ValueError(f"has an invalid file name: {name!r}")
    return folder / name


def number_in(
    row: dict[str, Any],
    column: str,
    kind: type = int,
    low: float | None = None,
    high: float | None = None,
) -> Any:
    """Return a number from a row of texts; a `ValueError` where it is invalid or out of range."""
    try:
        number = kind(row[column])
    except ValueError:
        raise ValueError(f"{column} is not a number: {row[column]!r}") from None
    if (low is not None and not number >= low) or (high is not None and not number <= high):
        raise ValueError(f"{column} is out of range: {row[column]!r}")
    return number


def text_in(row: dict[str, Any], column: str) -> str:
    """Return a text from a row; a `ValueError` where it is empty."""
    if not row[column].strip():
        raise ValueError(f"{column} is missing")
    return row[column].strip()


def table_of(clips: Any) -> pd.DataFrame:
    """The table of clips from dicts with the same keys."""
    columns = {name: [clip[name] for clip in clips] for name in clips[0]}
    return clip_table(columns.pop("fname"), columns.pop("class", None), **columns)


@contextlib.contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Yield an empty temporary folder whose entries move into `folder` when the block succeeds.

    Folders move first and files last, so a file can mark a complete folder. When the block fails
    nothing is left.

    Raises:
        HearingAIError: An entry of that name is in `folder` already; nothing is moved.
    """
    folder = path_of("path", folder)
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as name:
            yield Path(name)
            entries = sorted(Path(name).iterdir(), key=lambda e: (e.is_file(), e.name))
            if taken := [e.name for e in entries if os.path.lexists(folder / e.name)]:
                raise HearingAIError(
                    f"`{folder}` already holds {', '.join(taken[:5])}; nothing was overwritten. "
                    f"Give a new or empty folder"
                )
            for entry in entries:
                entry.rename(folder / entry.name)
    except BaseException:
        if new:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
