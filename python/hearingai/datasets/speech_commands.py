"""Google Speech Commands, and any folder in its layout."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from .._typing import PathLike
from ..audio.files import is_audio_name, read_headers, warn_left_out
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import choose, flag, name_list, path_of
from ..tables.clip_table import clip_table
from ._files import existing_folder, is_class_folder
from .download import fetch, unpack

NOISE_FOLDER = "_background_noise_"

_ARCHIVES = {
    "0.01": (
        "http://download.tensorflow.org/data/speech_commands_v0.01.tar.gz",
        "743935421bb51cccdb6bdd152e04c5c70274e935c82119ad7faeec31780d811d",
    ),
    "0.02": (
        "http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
        "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58",
    ),
}


def speech_commands(
    path: PathLike,
    *,
    version: str = "0.01",
    download: bool = False,
    words: Sequence[str] | None = None,
) -> pd.DataFrame:
    """List a copy of Google Speech Commands: one-second recordings of single words.

    The split is the official one, by speaker, so no speaker is in two parts.
    The `testing_list.txt` and `validation_list.txt` of the data set say the same.

    Args:
        path: The folder that holds the word folders.
        version: Which version `download=True` fetches: `"0.01"` (30 words, 1.4 GB) or `"0.02"`
            (35 words, 2.3 GB).
        download: Fetch the data set into `path` if no word folders are there yet.
        words: The words to list; `None` lists all.

    Returns:
        A table of clips: `fname`, `class` (the word), `class_id` (from 0, words in alphabetical
        order), `speaker` and `split` (`"train"`, `"validation"` or `"test"`), sorted by word and
        file name.

    Raises:
        HearingAIError: There are no word folders, a word is not among them, or the download
            fails.

    Warns:
        HearingAIWarning: Empty files, and folders without wav files, are left out.

    Source:
        Warden (2018), Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition,
        https://arxiv.org/abs/1804.03209. Data: CC BY 4.0.

    Example:
        >>> import hearingai
        >>> clips = hearingai.speech_commands("speech_commands", download=True)  # doctest: +SKIP
        >>> len(clips)  # doctest: +SKIP
        64727
    """
    folder, download = path_of("path", path).expanduser(), flag("download", download)
    version = choose("version", str(version).removeprefix("v"), tuple(_ARCHIVES))
    found = _word_folders(folder)
    if download and not found:
        _download(folder, version)
        found = _word_folders(folder)
    if not found:
        raise HearingAIError(
            f"`path` must hold one folder a word with wav files in it, as Speech Commands has "
            f"them ({folder / 'yes' / '0a7c2a8d_nohash_0.wav'}). Received: {str(path)!r}, with "
            f"none. `download=True` fetches the data set to it"
        )
    names, files, empty = [], [], []
    for word in _wanted(words, found):
        for file, fault in found[word]:
            if fault:
                empty.append(AudioFileError(file, fault))
            else:
                names.append(word)
                files.append(file)
    warn_left_out(empty if words is not None else empty + _without_wavs(folder, found))
    if not files:
        raise HearingAIError(f"`{folder}` holds only empty files")
    return _table(files, names)


def background_noise(path: PathLike) -> list[str]:
    """List the long noise recordings of a copy of Speech Commands.

    Args:
        path: The folder that holds the word folders and `_background_noise_`.

    Returns:
        A DataFrame with `fname`, `duration` (seconds) and `sample_rate` (Hz), sorted by file
        name.

    Raises:
        HearingAIError: There is no `_background_noise_` folder, or no recording in it.

    Warns:
        HearingAIWarning: Files that cannot be read are left out.

    Example:
        >>> import hearingai
        >>> hearingai.background_noise("speech_commands")  # doctest: +SKIP
    """
    folder = existing_folder(path) / NOISE_FOLDER
    files = []
    if folder.is_dir():
        files = sorted(f for f in folder.iterdir() if is_audio_name(f.name))
    found, problems = read_headers(files)
    warn_left_out(problems)
    if not found:
        raise HearingAIError(f"`{folder}` holds no recordings of noise")
    rows = [(os.fspath(file), info["duration"], info["sample_rate"]) for file, info in found]
    table = pd.DataFrame(rows, columns=["fname", "duration", "sample_rate"], dtype=object)
    return table.astype({"duration": float, "sample_rate": int})


def official_split(name: str) -> str:
    """Return the split that Speech Commands gives a file, from its name without the folder.

    The SHA-1 of what comes before `_nohash_`, taken modulo 2^27 as a percentage: below 10 is
    validation, below 20 test, the rest train.
    """
    speaker = re.sub(r"_nohash_.*$", "", name)
    number = int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % 2**27
    percentage = number * (100.0 / (2**27 - 1))
    if percentage < 10:
        return "validation"
    return "test" if percentage < 20 else "train"


def _word_folders(folder: Path) -> Any:
    """A dict from each word to its `(file, fault or "")` pairs, in order."""
    if not folder.is_dir():
        return {}
    words = {}
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if is_class_folder(entry):
            with os.scandir(entry.path) as inside:
                wavs = [f for f in inside if f.name[0] != "." and f.name.lower().endswith(".wav")]
            if wavs:
                words[entry.name] = sorted((f.path, _fault(f)) for f in wavs)
    return words


def _without_wavs(folder: Path, found: Collection[str]) -> list[AudioFileError]:
    """The folders that look like words, and hold no wav file."""
    entries = sorted(e for e in folder.iterdir() if is_class_folder(e) and e.name not in found)
    return [AudioFileError(entry, "holds no wav file") for entry in entries]


def _fault(entry: Any) -> Any:
    """What is wrong with a file, by its name and size; empty where nothing is."""
    try:
        return "" if entry.stat().st_size else "is empty"
    except OSError:
        return "does not exist"


def _wanted(words: Sequence[str] | None, found: Sequence[str]) -> list[str]:
    """The words to list, sorted; an error names those that are not there."""
    if words is None:
        return list(found)
    wanted = set(name_list("words", words))
    unknown = sorted(map(str, wanted - set(found)))
    if unknown or not wanted:
        raise HearingAIError(
            f"`words` must be among the words found: {', '.join(found)}. "
            f"Received: {', '.join(unknown) or 'none'}"
        )
    return sorted(wanted)


def _table(files: Any, words: Any) -> pd.DataFrame:
    names = [os.path.basename(f) for f in files]  # noqa: PTH119, strings are faster here
    speakers = [os.path.splitext(n)[0].split("_nohash_")[0] for n in names]  # noqa: PTH122
    return clip_table(files, words, speaker=speakers, split=[official_split(n) for n in names])


def _download(folder: Path, version: str) -> None:
    url, sha256 = _ARCHIVES[version]
    archive = folder / url.rsplit("/", 1)[1]
    ours = not archive.exists()
    fetch(url, archive, sha256=sha256)
    unpack(archive, folder)
    if ours:
        archive.unlink()
