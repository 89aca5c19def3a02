"""Clips with a turkey in them or not, as JSON records of embeddings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._typing import PathLike
from ..audio.files import warn_left_out
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import path_of, scalar
from ..tables.rest_labels import OTHER
from ._files import table_of
from ._tfrecord import WIDTH

if TYPE_CHECKING:
    import pandas as pd

CLASSES = (OTHER, "turkey")

_ADDRESS = "https://www.kaggle.com/competitions/dont-call-me-turkey"
_START, _END = "start_time_seconds_youtube_clip", "end_time_seconds_youtube_clip"
_PARTS = ("train", "validation", "test")


def turkey(path: PathLike) -> pd.DataFrame:
    """List the clips of "Don't call me turkey!": with a turkey in them or not, up to ten seconds.

    `read_embeddings` reads the embeddings themselves. The data are at
    https://www.kaggle.com/competitions/dont-call-me-turkey.

    Args:
        path: A file with a JSON list of records or with a record a line (`.json`, `.jsonl`), or a
            folder with `train.json`, and perhaps `test.json` and `validation.json`. A record has
            `vid_id`, `start_time_seconds_youtube_clip`, `end_time_seconds_youtube_clip`,
            `audio_embedding` (a list of frames of 128 numbers in 0...255) and `is_turkey`.

    Returns:
        A table of clips, by file and record: `fname` (the JSON file), `class` (`"turkey"` or
        `"other"`), `class_id` (from 0, classes in alphabetical order), `source` (the video),
        `video_start` and `video_end` (seconds, in the video), `record` (position in the file,
        from 0), `frames` (how many embeddings), and where several files of a folder say
        `is_turkey` also `split`.

    Raises:
        HearingAIError: There is no such file, or no labelled record in it.

    Warns:
        HearingAIWarning: Malformed records and those that do not say `is_turkey` are left out; it
            names the first five with their reasons.

    Source:
        Kaggle (2018), Don't call me turkey!; embeddings from AudioSet, CC BY 4.0.

    Example:
        >>> import hearingai, json, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "train.json")
        >>> record = {"vid_id": "a", "start_time_seconds_youtube_clip": 30,
        ...     "end_time_seconds_youtube_clip": 40, "audio_embedding": [[7] * 128] * 10,
        ...     "is_turkey": 1}
        >>> with open(path, "w") as file:
        ...     json.dump([record], file)
        >>> hearingai.turkey(path)[["class", "record", "frames"]].values.tolist()
        [['turkey', 0, 10]]
    """
    clips, problems = [], []
    for file in _json_files(path):
        found, faults, unlabelled = _labelled(file)
        clips += found
        problems += faults
        if unlabelled and not found:  # the competition's test.json, say
            reason = f"has `is_turkey` in none of its {len(unlabelled)} records"
            problems.append(AudioFileError(file, reason))
        else:
            problems += unlabelled
    warn_left_out(problems, "record(s) or file(s)")
    if not clips:
        raise HearingAIError(f"`{path}` holds no record that can be read and says `is_turkey`")
    table = table_of(clips)
    splits = [Path(file).stem for file in table["fname"]]
    return table.assign(split=splits) if len(set(splits)) > 1 else table


def holds_turkeys(path: Path) -> bool:
    """Whether a path is a JSON file of embeddings, or a folder with such a `train.json`."""
    if path.is_dir():
        path = path / "train.json"
    if not path.is_file() or path.suffix.lower() not in (".json", ".jsonl"):
        return False
    with open(path, "rb") as file:
        return b'"audio_embedding"' in file.read(2**16)


def records(path: PathLike) -> Any:
    """Yield each record of a JSON file: a dict, or the `AudioFileError` it is instead."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        yield AudioFileError(path, f"cannot be opened ({error.strerror})")
        return
    except UnicodeDecodeError:
        yield AudioFileError(path, "is not JSON: it is not text")
        return
    if not text.strip():
        yield AudioFileError(path, "is empty")
    elif text.lstrip()[0] == "[":
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield AudioFileError(path, f"is not JSON ({error})")
            return
        for number, record in enumerate(found):
            yield record if isinstance(record, dict) else _fault(path, number, "is no object")
    else:
        lines = [line for line in text.split("\n") if line.strip()]
        for number, line in enumerate(lines):
            yield _from_line(path, number, line)


def embedding_of(record: dict[str, Any]) -> np.ndarray:
    """The embeddings of a record, uint8 `(frames, 128)`; a `ValueError` where they are none."""
    frames = record.get("audio_embedding")
    if not isinstance(frames, list) or not frames:
        raise ValueError("holds no frames of audio_embedding")
    for frame in frames:
        if not isinstance(frame, list) or len(frame) != WIDTH:
            raise ValueError(f"a frame of audio_embedding is no list of {WIDTH} numbers")
    try:
        values = np.asarray(frames)
        with np.errstate(invalid="ignore"):  # NaN or infinite: an error below
            exact = values.astype("uint8")
    except (ValueError, TypeError, OverflowError):
        raise ValueError("audio_embedding holds values that are not numbers") from None
    if values.ndim != 2 or values.dtype.kind not in "iuf" or not (values == exact).all():
        raise ValueError("audio_embedding holds values that are not whole numbers in 0...255")
    return exact


def _json_files(path: PathLike) -> list[Path]:
    path = path_of("path", path).expanduser()
    if path.is_file():
        return [path]
    files = [path / f"{part}.json" for part in _PARTS if (path / f"{part}.json").is_file()]
    if not files:
        raise HearingAIError(
            f"`path` must be a JSON file, or a folder with `train.json`. Received: {str(path)!r}. "
            f"The data are at {_ADDRESS}"
        )
    return files


def _labelled(file: Path) -> Any:
    """`(clips, problems, unlabelled)` of a file."""
    clips, problems, unlabelled = [], [], []
    for number, record in enumerate(records(file)):
        if isinstance(record, AudioFileError):
            problems.append(record)
        elif record.get("is_turkey") is None:
            unlabelled.append(_fault(file, number, "does not say `is_turkey`"))
        else:
            try:
                clips.append(_clip(file, number, record))
            except ValueError as error:
                problems.append(_fault(file, number, error))
    return clips, problems, unlabelled


def _clip(file: Path, number: int, record: dict[str, Any]) -> Any:
    label = record["is_turkey"]
    if label not in (0, 1):  # True and False are
        raise ValueError(f"`is_turkey` is neither 0 nor 1: {label!r}")
    if not isinstance(record.get("vid_id"), str) or not record["vid_id"]:
        raise ValueError("holds no vid_id")
    start, end = _seconds(record, _START), _seconds(record, _END)
    if end < start:
        raise ValueError(f"ends at {end:g} s, before it starts at {start:g} s")
    return {
        "fname": file,
        "class": CLASSES[int(label)],
        "source": record["vid_id"],
        "video_start": start,
        "video_end": end,
        "record": number,
        "frames": len(embedding_of(record)),
    }


def _seconds(record: dict[str, Any], name: str) -> float:
    value = record.get(name)
    seconds = scalar(value)
    if seconds is None or not 0 <= seconds < 1e9:
        raise ValueError(f"{name} is no time in seconds: {value!r}")
    return float(seconds)


def _from_line(path: PathLike, number: int, line: str) -> Any:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _fault(path, number, f"is not JSON ({error})")
    return record if isinstance(record, dict) else _fault(path, number, "is no object")


def _fault(path: PathLike, number: int, reason: object) -> AudioFileError:
    return AudioFileError(path, f"record {number}: {reason}")
