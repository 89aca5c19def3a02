"""Read the embeddings that a table of clips lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .._typing import OnError, Progress
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import choose, positive
from ..runtime.progress import progress_bar
from ._tfrecord import WIDTH, parse, payloads
from .turkey import embedding_of, records

_JSON = (".json", ".jsonl")


def is_embedding_table(clips: object) -> bool:
    """Whether a table of clips lists embeddings: it has a column `record`."""
    return isinstance(clips, pd.DataFrame) and "record" in clips


def read_embeddings(
    clips: pd.DataFrame,
    frames: int = 10,
    *,
    on_error: OnError = "report",
    progress: Progress = False,
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Read the embeddings of a table of clips, as `audioset_embeddings` and `turkey` list them.

    Args:
        clips: A table with `fname` (a `.tfrecord`, `.json` or `.jsonl` file) and `record`
            (position in that file, from 0).
        frames: Frames of each clip: a shorter one is padded with zeros in front, of a longer one
            the first frames are used.
        on_error: `"report"` leaves a bad record out and lists it; `"raise"` stops at it.
        progress: `True` or `False` shows a bar or none; `None` shows one on a terminal.

    Returns:
        `(embeddings, good, errors)`: float32 `(n, frames, 128)` of values in 0...255 in the order
        of `clips`, the positions in `clips` of the rows they belong to, and a table `fname`,
        `error` of the others.

    Raises:
        HearingAIError: `clips` lists no embeddings.
        AudioFileError: A record cannot be read and `on_error` is `"raise"`.

    Example:
        >>> import hearingai, json, os, pandas, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "clips.json")
        >>> with open(path, "w") as file:
        ...     json.dump([{"audio_embedding": [[7] * 128] * 3}], file)
        >>> clips = pandas.DataFrame({"fname": [path], "record": [0]})
        >>> embeddings, good, errors = hearingai.read_embeddings(clips, frames=4)
        >>> embeddings[0, :, 0].tolist()
        [0.0, 7.0, 7.0, 7.0]
    """
    choose("on_error", on_error, ("report", "raise"))
    frames = positive("frames", frames, whole=True)
    names, numbers = _columns(clips)
    embeddings = np.zeros((len(names), frames, WIDTH), "float32")
    reasons: list[str | None] = [None] * len(names)
    rows_of = pd.Series(range(len(names))).groupby(names, sort=False).indices
    done = 0
    with progress_bar("Reading embeddings", len(names), progress) as bar:
        for name, rows in rows_of.items():
            wanted = {int(numbers[row]) for row in rows}
            read = _read(str(name), wanted)
            for row in rows:
                found = read[int(numbers[row])]
                if isinstance(found, AudioFileError):
                    if on_error == "raise":
                        raise found
                    reasons[row] = found.reason
                else:
                    kept = found[:frames]
                    embeddings[row, frames - len(kept) :] = kept
            done += len(rows)
            bar(done)
    good = np.array([i for i, reason in enumerate(reasons) if reason is None], dtype=int)
    bad = [(names[i], reason) for i, reason in enumerate(reasons) if reason is not None]
    errors = pd.DataFrame(bad, columns=["fname", "error"], dtype=object)
    return (embeddings[good] if bad else embeddings), good, errors


def _columns(clips: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """The columns `fname` and `record`, checked."""
    if not is_embedding_table(clips) or "fname" not in clips:
        raise HearingAIError(
            f"`clips` must be a table with the columns `fname` and `record`, as "
            f"audioset_embeddings() and turkey() give it. Received: {_described(clips)}"
        )
    numbers = pd.to_numeric(clips["record"], errors="coerce").to_numpy("float64")
    wrong = np.flatnonzero(~(numbers >= 0) | (numbers % 1 != 0))
    if len(wrong):
        raise HearingAIError(
            '`clips["record"]` must hold whole numbers from 0. '
            f"Received in row {wrong[0] + 1}: {clips['record'].iloc[wrong[0]]!r}"
        )
    return [str(name) for name in clips["fname"]], numbers


def _described(clips: object) -> str:
    return ", ".join(map(str, clips)) if isinstance(clips, pd.DataFrame) else type(clips).__name__


def _read(name: str, wanted: set[int]) -> dict[int, np.ndarray | AudioFileError]:
    """A dict from record numbers to uint8 `(frames, 128)`, or to an `AudioFileError`."""
    ending = name[name.rfind(".") :].lower()
    if ending not in (".tfrecord", *_JSON):
        fault = AudioFileError(name, "is no file of embeddings: .tfrecord, .json or .jsonl")
        return dict.fromkeys(wanted, fault)
    found: dict[int, np.ndarray | AudioFileError] = {}
    last = None
    for number, record in enumerate(records(name) if ending in _JSON else payloads(name)):
        last = record
        if number in wanted:
            found[number] = _embedding(name, number, record)
    cause = f": {last.reason}" if isinstance(last, AudioFileError) else ""
    for number in wanted - set(found):
        found[number] = AudioFileError(name, f"holds no record {number}{cause}")
    return found


def _embedding(name: str, number: int, record: Any) -> np.ndarray | AudioFileError:
    """The embeddings of a record: a dict of a JSON file, bytes of a tfrecord file, or an error."""
    if isinstance(record, AudioFileError):
        return record
    try:
        return embedding_of(record) if isinstance(record, dict) else parse(record)["embedding"]
    except ValueError as error:
        return AudioFileError(name, f"record {number}: {error}")
