"""What the corpora share: reading headers, naming what is left out, filling a folder safely."""

import contextlib
import os
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..audio import audio_info
from ..errors import AudioFileError, HearingAIError, HearingAIWarning
from ..progress import ProgressBar

_NAMED = 5  # how many of the files left out a warning names


def is_class_folder(entry):
    """Whether a folder entry (a `Path` or `os.DirEntry`) is a folder that may name a class."""
    return entry.name[0] not in "._" and entry.is_dir()


def existing_folder(path):
    """Return `path` as a `Path`, else raise an error when it is not a folder."""
    folder = Path(path).expanduser()
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise HearingAIError(f"`path` must be a folder. Received: {str(path)!r}, which {what}")
    return folder


def read_headers(files):
    """Read the headers of recordings, several at a time.

    Returns:
        `(found, problems)`: a list of `(file, info)` in the order of `files`, and a list of the
        `AudioFileError`s of the others.
    """
    found, problems = [], []
    with ProgressBar("Reading headers", len(files)) as bar, ThreadPoolExecutor(8) as pool:
        for file, info in zip(files, pool.map(_info_or_error, files), strict=True):
            if isinstance(info, AudioFileError):
                problems.append(info)
            else:
                found.append((file, info))
            bar.advance()
    return found, problems


def _info_or_error(file):
    try:
        return audio_info(file)
    except AudioFileError as error:
        return error
    except OSError as error:
        return AudioFileError(file, f"cannot be opened ({error.strerror})")


def warn_left_out(problems):
    """Warn, once and in the name of the public function's caller, of files that cannot be used."""
    if not problems:
        return
    more = f" and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
    warnings.warn(
        f"left out {len(problems)} file(s) that cannot be used: "
        + "; ".join(f"{p.path} {p.reason}" for p in problems[:_NAMED])
        + more,
        HearingAIWarning,
        stacklevel=3,
    )


@contextlib.contextmanager
def filling(folder):
    """Yield an empty temporary folder whose entries move into `folder` when the block ends well.

    Folders move first and files last, so a file can say that all is there. When the block fails
    nothing stays.

    Raises:
        HearingAIError: An entry of that name is in `folder` already; nothing is moved.
    """
    folder = Path(folder)
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
