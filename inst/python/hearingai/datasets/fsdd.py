"""The Free Spoken Digit Dataset: ten digits, six speakers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._typing import PathLike
from ..audio.files import openable, warn_left_out
from ..errors import AudioFileError, HearingAIError
from ._files import existing_folder, table_of

if TYPE_CHECKING:
    import pandas as pd

_ADDRESS = "https://github.com/Jakobovski/free-spoken-digit-dataset"
_HOMES = ("free-spoken-digit-dataset", "free-spoken-digit-dataset-master", "fsdd")
_NAME = re.compile(r"(\d)_(.+)_(\d+)\.wav", re.IGNORECASE)
_TEST_TAKES = 5  # the first of each speaker and digit are the official test set


def fsdd(path: PathLike) -> pd.DataFrame:
    """List a copy of the Free Spoken Digit Dataset: 3,000 clips, 10 digits, 6 speakers, 8 kHz.

    The split is the official one, with every speaker in both parts: it measures accuracy on known
    speakers. `split_clips(clips, by="speaker")` measures it on new ones.

    Args:
        path: The folder of the data set, its folder `recordings`, or the folder that holds it.

    Returns:
        A table of clips: `fname`, `class` (the digit, as text), `class_id` (the digit, where all
        ten are there), `speaker`, `index` (which take it is) and `split` (`"test"` for the takes
        0 to 4, else `"train"`), sorted by digit, speaker and take.

    Raises:
        HearingAIError: There are no recordings named `digit_speaker_take.wav`, or none can be
            read.

    Warns:
        HearingAIWarning: Recordings that are empty, named otherwise or cannot be read are left
            out; it names the first five with their reasons.

    Source:
        Jackson and contributors, https://github.com/Jakobovski/free-spoken-digit-dataset. Data:
        CC BY-SA 4.0.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = tempfile.mkdtemp()
        >>> for name in ("7_ann_4.wav", "7_ann_5.wav"):
        ...     hearingai.write_audio(numpy.zeros(800), os.path.join(path, name), 8000)
        >>> hearingai.fsdd(path).drop(columns="fname").values.tolist()
        [['7', 0, 'ann', 4, 'test'], ['7', 0, 'ann', 5, 'train']]
    """
    existing_folder(path)
    folder = fsdd_folder(path)
    if folder is None:
        raise HearingAIError(
            f"`path` must hold `recordings` with files such as `7_jackson_32.wav`. Received: "
            f"{str(path)!r}, with none. Get the data set from {_ADDRESS}"
        )
    names, problems = {}, []
    for file in folder.iterdir():
        if match := _NAME.fullmatch(file.name):
            names[file] = (match[1], match[2], int(match[3]))
        elif file.suffix.lower() == ".wav" and file.name[0] != ".":
            problems.append(AudioFileError(file, "is not named digit_speaker_take.wav"))
    found, unreadable = openable(sorted(names, key=lambda file: names[file]))
    warn_left_out(problems + unreadable)
    if not found:
        raise HearingAIError(f"`{folder}` holds no recording that can be read")
    return table_of([_clip(file, *names[file]) for file in found])


def fsdd_folder(path: PathLike) -> Path | None:
    """Return the folder of recordings at `path`, in it or two below it, else `None`."""
    path = Path(path).expanduser()
    places = [path, path / "recordings", *(path / home / "recordings" for home in _HOMES)]
    for folder in places:
        if folder.is_dir() and any(_NAME.fullmatch(f.name) for f in folder.glob("?_*_*")):
            return folder
    return None


def _clip(file: Path, digit: str, speaker: str, index: int) -> dict[str, Any]:
    split = "test" if index < _TEST_TAKES else "train"
    return {"fname": file, "class": digit, "speaker": speaker, "index": index, "split": split}
