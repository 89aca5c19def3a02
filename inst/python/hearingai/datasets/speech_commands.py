"""Google Speech Commands, and any folder in its layout."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from .._typing import PathLike
from ..audio.files import is_audio_name, read_headers, warn_left_out
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import choose, flag, name_list, path_of
from ..tables.clip_table import clip_table
from ._files import existing_folder, is_class_folder
from ._standard_tasks import TASKS, TESTED, Row, twelve_classes, words_for
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
    version: str | None = None,
    download: bool = False,
    words: Sequence[str] | None = None,
    task: Literal[12, 30, 35] | str | None = None,
) -> pd.DataFrame:
    """List a copy of Google Speech Commands: one-second recordings of single words.

    The split is the official one, by speaker, so no speaker is in two parts.
    The `testing_list.txt` and `validation_list.txt` of the data set say the same.

    The standard task of 12 classes, on which the small networks of the literature are compared, is
    made of the ten words (down, go, left, no, off, on, right, stop, up, yes); of `unknown`, other
    words drawn by chance; and of `silence`, stretches of a second of the recordings in
    `_background_noise_`, at random places. In each split, both have a tenth as many clips as the
    ten words together, as in TensorFlow's `input_data.py`. Everybody gets the same table.

    Unlike there, no recording of noise is in two splits: in the order of their names, the first
    tests, the second validates and the others train (`doing_the_dishes`, `dude_miaowing` and four
    more). Published numbers have silence of all recordings in all splits, which is easier. The
    stretch of a row is from its `start` to its `end`; its `speaker` is the recording, so that
    `split_clips(clips.drop(columns="split"), by="speaker")` keeps these apart too. In a part of
    the data set of which less than a quarter is to train on, all recordings have their share.

    The archives `speech_commands_test_set_v0.01` and `v0.02`, with folders `_silence_` and
    `_unknown_` beside the ten words, are opened by `task=12` as well, all rows as `"test"`.

    Args:
        path: The folder that holds the word folders.
        version: Which version `download=True` fetches: `"0.01"` (30 words, 1.4 GB) or `"0.02"`
            (35 words, 2.3 GB); `None` takes 0.02 for `task=35`, else 0.01.
        download: Fetch the data set into `path` if no word folders are there yet.
        words: The words to list; `None` lists all.
        task: A standard task in place of `words`: `12` classes; the `30` words of version 0.01; or
            the `35` of version 0.02.

    Returns:
        A table of clips: `fname`, `class` (the word), `class_id` (from 0, words in alphabetical
        order), `speaker` and `split` (`"train"`, `"validation"` or `"test"`), sorted by word and
        file name; for `task=12` with `start` and `end`, seconds, of the stretches of silence, and
        missing values for other clips.

    Raises:
        HearingAIError: There are no word folders, a word is not among them, `words` and `task` are
            both given, a task lacks words or noise, or the download fails.

    Warns:
        HearingAIWarning: Empty files, and folders without wav files, are left out.

    Source:
        Warden (2018), Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition,
        https://arxiv.org/abs/1804.03209. Data: CC BY 4.0. The task of 12 classes:
        tensorflow/examples/speech_commands/input_data.py.

    Example:
        >>> import hearingai
        >>> clips = hearingai.speech_commands("speech_commands", download=True)  # doctest: +SKIP
        >>> len(clips)  # doctest: +SKIP
        64727
        >>> clips = hearingai.speech_commands("speech_commands", task=12)  # doctest: +SKIP
        >>> classifier = hearingai.fit("words", clips, seed=1)  # doctest: +SKIP
    """
    n = None if task is None else int(choose("task", str(task), tuple(map(str, TASKS))))
    if n is not None and words is not None:
        raise HearingAIError("`words` and `task` are two ways to choose classes: give one of them")
    version = ("0.02" if n == 35 else "0.01") if version is None else version
    folder, download = path_of("path", path).expanduser(), flag("download", download)
    version = choose("version", str(version).removeprefix("v"), tuple(_ARCHIVES))
    also = TESTED if n == 12 else ()
    found = _word_folders(folder, also)
    if download and not found:
        _download(folder, version)
        found = _word_folders(folder, also)
    if not found:
        raise HearingAIError(
            f"`path` must hold one folder a word with wav files in it, as Speech Commands has "
            f"them ({folder / 'yes' / '0a7c2a8d_nohash_0.wav'}). Received: {str(path)!r}, with "
            f"none. `download=True` fetches the data set to it"
        )
    chosen = _wanted(words, found) if n is None else words_for(n, found, folder)
    files = [(word, *entry) for word in chosen for entry in found[word]]
    empty = [AudioFileError(file, fault) for _, file, fault in files if fault]
    warn_left_out(empty + (_without_wavs(folder, found) if words is None and n is None else []))
    rows = [_row(word, file) for word, file, fault in files if not fault]
    if not rows:
        raise HearingAIError(f"`{folder}` holds only empty files")
    if n != 12:
        return _table(rows).drop(columns=["start", "end"])
    noise = None if set(found) & set(TESTED) else background_noise(folder)
    return _table(sorted(twelve_classes(rows, noise)))


def background_noise(path: PathLike) -> pd.DataFrame:
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


def _word_folders(folder: Path, also: Collection[str] = ()) -> Any:
    """A dict from each word to its `(file, fault or "")` pairs, in order; `also` of these names."""
    if not folder.is_dir():
        return {}
    words = {}
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if is_class_folder(entry) or entry.name in also:
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


def _row(word: str, file: str) -> Row:
    name = os.path.basename(file)  # noqa: PTH119, strings are faster here
    speaker = os.path.splitext(name)[0].split("_nohash_")[0]  # noqa: PTH122
    return word, file, speaker, official_split(name), None, None


def _table(rows: Sequence[Row]) -> pd.DataFrame:
    names, files, *others = zip(*rows, strict=True)
    columns = dict(zip(("speaker", "split", "start", "end"), others, strict=True))
    return clip_table(files, names, **columns)


def _download(folder: Path, version: str) -> None:
    url, sha256 = _ARCHIVES[version]
    archive = folder / url.rsplit("/", 1)[1]
    ours = not archive.exists()
    fetch(url, archive, sha256=sha256)
    unpack(archive, folder)
    if ours:
        archive.unlink()
