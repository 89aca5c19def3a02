"""Events cut out of their recordings: files to listen to, in folders of labels."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from .._typing import OnError, PathLike, Progress
from ..annotation.result import Annotation
from ..audio.doubts import collected_doubts
from ..audio.files import warn_left_out
from ..errors import AudioFileError, HearingAIError, readable
from ..events.tables import complete_events
from ..runtime.arguments import choose, flag, number, path_of, positive, scalar
from ..runtime.backend import draw_seed
from ..runtime.files import made_folder, refuse_to_replace
from ..runtime.progress import progress_bar
from ..runtime.shared_options import shared_options
from ._pieces import Piece, Sound, cut, piece_of, sound_of

_LONGEST = 60  # letters of a label or a recording in a name
_BYTES = 100  # of these letters; systems take 255 in all


@shared_options
@collected_doubts()
def cut_events(
    events: pd.DataFrame | Annotation,
    folder: PathLike,
    *,
    by: Literal["label", "score"] = "label",
    n: int | None = None,
    bins: int | Sequence[float] = 10,
    context: float = 0.0,
    pictures: bool = False,
    seed: int | None = None,
    overwrite: bool = False,
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
) -> pd.DataFrame:
    """Cut events out of their recordings: a file each, in a folder for each label.

    Names sort by label, score, recording and time: `wren/wren_0.873_night_00061.250.wav` begins at
    61.25 s of `night.wav`. A clip has the rate and the channels of its recording, and its encoding
    where that is without loss; clips of others, such as mp3, are FLAC. `audio_folder(folder)` is
    the table of the clips.

    Args:
        events: Events of recordings: a table with `fname`, `start`, `end`, `label` and where known
            `score`, such as `read_annotations` or `read_events` return; or an `Annotation`.
        folder: Where to write; it is made where it is missing.
        by: What `n` counts: the events of each `"label"`, or of each label and bin of its
            `"score"`, so that weak ones are heard as often as strong ones.
        n: How many to draw of each; `None` takes all.
        bins: How many bins of equal width scores from 0 to 1 have, or the edges of bins.
        context: Seconds before and after an event, as far as its recording reaches.
        pictures: Draw the spectrogram of each clip, a `.png` beside it.
        seed: Whole number that seeds the drawing; `None` draws one.
        overwrite: Replace files of these names.
        on_error: `"report"` names events that cannot be cut, and goes on; `"raise"` stops at the
            first.
        partial: {partial}
        progress: {progress}

    Returns:
        The events in their clips, a row a clip in the order of names: `fname` (the clip), `start`
        and `end` (seconds in the clip), `label`, `score`, the further columns of the events,
        `recording` (where it comes from) and `at` (seconds at which the clip begins there).

    Raises:
        HearingAIError: The table is malformed, a file exists and `overwrite` is false, an argument
            is out of range, or a file cannot be written.
        AudioFileError: A recording cannot be read, and `on_error="raise"`.

    Warns:
        HearingAIWarning: Events that cannot be cut: their recording cannot be read, they lie
            beyond its end, or last no time and have no context.

    Example:
        >>> import hearingai, numpy, os, pandas, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> night = os.path.join(folder, "night.wav")
        >>> hearingai.write_audio(numpy.zeros(80000), night, 16000)
        >>> events = pandas.DataFrame(
        ...     {"fname": night, "start": [1.0], "end": [1.5], "label": "owl", "score": 0.9}
        ... )
        >>> cut = hearingai.cut_events(events, os.path.join(folder, "clips"), context=0.25)
        >>> os.path.basename(cut["fname"][0]), cut[["start", "end", "at"]].values.tolist()
        ('owl_0.900_night_00000.750.wav', [[0.25, 0.75, 0.75]])
    """
    choose("on_error", on_error, ("report", "raise"))
    before, partial = number("context", context, low=0), flag("partial", partial)
    pictures, folder = flag("pictures", pictures), path_of("folder", folder).expanduser()
    table = complete_events(events)
    if table["fname"].isna().any():
        row = int(np.flatnonzero(table["fname"].isna())[0]) + 1
        raise HearingAIError(f'`events["fname"]` is missing in row {row}: what is it to be cut of?')
    groups = _groups(table, choose("by", by, ("label", "score")), bins)
    table = table[_drawn(groups, n, draw_seed(seed))].reset_index(drop=True)
    pieces, problems = _pieces(table, before, partial)
    if problems and on_error == "raise":
        raise problems[0]
    files = _files(folder, pieces, table)
    for file in files.values():
        for path in (file, file.with_suffix(".png")) if pictures else (file,):
            refuse_to_replace(path, overwrite)
    rows = []
    with progress_bar("Cutting events", len(files), progress) as bar:
        for done, (row, file) in enumerate(sorted(files.items(), key=lambda item: item[1]), 1):
            made_folder(file.parent)
            piece, event = pieces[row], table.iloc[row]
            try:
                cut(piece, file, event if pictures else None, partial)
                rows.append(_row(event, piece, file))
            except AudioFileError as error:
                if on_error == "raise":
                    raise
                problems.append(error)
            bar(done)
    warn_left_out(problems, "event(s)")
    if not rows:  # the columns keep their types
        return table.iloc[:0].assign(recording=pd.Series(dtype=object), at=pd.Series(dtype=float))
    columns = [*table, "recording", "at"]
    return pd.DataFrame(rows, columns=columns).astype({"fname": object, "recording": object})


def _groups(table: pd.DataFrame, by: str, bins: Any) -> list[tuple[str, int]]:
    """The label and the bin of the score of each event."""
    edges = _edges(bins)
    if by == "label":
        return [(label, 0) for label in table["label"]]
    if table["score"].isna().any():
        row = int(np.flatnonzero(table["score"].isna())[0]) + 1
        raise HearingAIError(f'`events["score"]` is missing in row {row}, and `by` is "score"')
    return list(zip(table["label"], np.digitize(table["score"], edges[1:-1]).tolist(), strict=True))


def _edges(bins: Any) -> list[float]:
    """The edges of bins of scores."""
    if scalar(bins) is not None:
        return np.linspace(0, 1, positive("bins", bins, whole=True, most=1000) + 1).tolist()
    if isinstance(bins, (str, bytes, dict, set)) or not hasattr(bins, "__len__"):
        raise HearingAIError(f"`bins` must be a number, or the edges of bins. Received: {bins!r}")
    edges = [number("bins", edge) for edge in bins]
    if len(edges) < 2 or edges != sorted(set(edges)):
        raise HearingAIError(f"`bins` must be edges that rise, two or more. Received: {edges}")
    return edges


def _drawn(groups: list[tuple[str, int]], n: int | None, seed: int) -> np.ndarray:
    """Which events are drawn: `n` of each group, or all."""
    if n is None:
        return np.ones(len(groups), dtype=bool)
    n, rng = positive("n", n, whole=True), np.random.default_rng(seed)
    rows: dict[tuple[str, int], list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    kept = {int(row) for group in sorted(rows) for row in rng.permutation(rows[group])[:n]}
    return np.array([row in kept for row in range(len(groups))], dtype=bool)


def _pieces(
    table: pd.DataFrame, context: float, partial: bool
) -> tuple[dict[int, Piece], list[AudioFileError]]:
    """The piece of each event by its row, and what is wrong with the others."""
    sounds: dict[str, Sound | AudioFileError] = {}
    pieces: dict[int, Piece] = {}
    problems: list[AudioFileError] = []
    for row, (fname, start, end) in enumerate(
        zip(table["fname"], table["start"], table["end"], strict=True)
    ):
        try:
            if fname not in sounds:
                sounds[fname] = sound_of(fname, partial)
            sound = sounds[fname]
            if isinstance(sound, AudioFileError):
                raise sound
            pieces[row] = piece_of(sound, start, end, context)
        except AudioFileError as error:
            sounds.setdefault(fname, error)
            problems.append(error)
    return pieces, problems


def _files(folder: Path, pieces: dict[int, Piece], table: pd.DataFrame) -> dict[int, Path]:
    """The file of each piece; equal names are numbered."""
    digits = len(str(int(max((piece.start for piece in pieces.values()), default=0))))
    width = max(digits, 5) + 4
    taken: set[str] = set()
    labels = {label: _free(_plain(label), taken) for label in sorted(set(table["label"]))}
    files = {}
    for row, piece in pieces.items():
        label, score = labels[table["label"][row]], table["score"][row]
        parts = [label, *([] if pd.isna(score) else [f"{score:.3f}"])]
        parts += [_plain(Path(piece.sound.fname).stem), f"{piece.start:0{width}.3f}"]
        files[row] = folder / label / f"{_free('_'.join(parts), taken)}{piece.sound.form[2]}"
    return files


def _free(name: str, taken: set[str]) -> str:
    """A name that is not taken yet, in any case of letters: this one, or a numbered one."""
    tries = itertools.chain([name], (f"{name}-{i}" for i in itertools.count(2)))
    free = next(text for text in tries if text.lower() not in taken)
    taken.add(free.lower())
    return free


def _plain(text: str) -> str:
    """Text as a part of a name that every system takes."""
    whole = unicodedata.normalize("NFC", readable(text))
    name = re.sub(r"[^\w.-]+", "-", whole).strip(".-")[:_LONGEST]
    return name.encode()[:_BYTES].decode(errors="ignore") or "none"


def _row(event: pd.Series, piece: Piece, file: Path) -> dict[str, Any]:
    """The event in its clip."""
    within = {name: min(event[name], piece.end) - piece.start for name in ("start", "end")}
    rounded = {name: round(seconds, 9) for name, seconds in within.items()}
    place = {"recording": piece.sound.fname, "at": round(piece.start, 9)}
    return (
        {str(name): value for name, value in event.items()} | {"fname": str(file)} | rounded | place
    )
