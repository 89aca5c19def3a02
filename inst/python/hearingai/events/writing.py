"""Write tables of events: CSV, Parquet, and as Audacity, Raven and Kaleidoscope have them."""

import hashlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from .._typing import PathLike
from ..audio.reading import audio_info
from ..errors import AudioFileError, HearingAIError, as_utf8
from ..runtime.files import (
    NO_PARQUET,
    made_folder,
    refuse_to_replace,
    to_csv,
    to_parquet,
    written,
    written_as_utf8,
)
from ._audacity import lines_of
from ._kaleidoscope import kaleidoscope_table
from ._raven import raven_table
from .tables import complete_events, event_format, path_of

EventFormat = Literal["csv", "parquet", "audacity", "raven", "kaleidoscope"]

_RAVEN = ".Table.1.selections.txt"  # as Raven itself names them
_LONGEST = 200  # bytes of a name; systems take 255, and temporary ones are longer
_ONE_EACH = {"audacity": ".txt", "raven": _RAVEN}  # one recording a file; their endings


def write_events(
    events: pd.DataFrame | Any,
    path: PathLike,
    *,
    format: EventFormat | None = None,
    overwrite: bool = False,
) -> str:
    """Write events to a file that other programs open.

    Files of Audacity and Raven are for one recording: events of several recordings go into a
    folder, one file each, named after the recording; a recording without events has none.
    Audacity's labels have no score, and no further columns.

    Args:
        events: A table with `start` and `end` (seconds) and `label`, and where known `fname`,
            `score`, and `low` and `high`, the bounds of its frequencies, Hz; or an `Annotation`.
        path: The file. Its ending chooses the format: `.csv`, `.parquet`, `.txt` for Audacity,
            `.selections.txt` for Raven. For several recordings a folder, with `format`.
        format: `"csv"`, `"parquet"`, `"audacity"`, `"raven"`, or `"kaleidoscope"`, a CSV with its
            columns; `None` goes by the ending.
        overwrite: Replace files of that name.

    Returns:
        The path, as text.

    Raises:
        HearingAIError: The table is malformed, the ending is another, a file exists and
            `overwrite` is false, a library is missing, or it cannot be written; no half-written
            file stays.

    Example:
        >>> import hearingai, os, pandas, tempfile
        >>> events = pandas.DataFrame({"start": [1.5], "end": [2.0], "label": ["yes"]})
        >>> path = hearingai.write_events(events, os.path.join(tempfile.mkdtemp(), "a.txt"))
        >>> print(open(path).read())
        1.500000	2.000000	yes
    """
    events, path = complete_events(events), path_of(path)
    kind = event_format(path, format)
    if path.is_dir() or (kind in _ONE_EACH and not path.name.lower().endswith(".txt")):
        if kind not in _ONE_EACH:
            raise HearingAIError(f"`path` must name a file. Received: {path}, a folder")
        files = _files_in(path, events, kind)
    elif kind in _ONE_EACH and events["fname"].nunique() > 1:
        raise HearingAIError(
            f"a file of {kind.title()} is for one recording, and the events are of "
            f"{events['fname'].nunique()}; name a folder as `path` and `format={kind!r}`"
        )
    else:
        files = {path: events}
    for file in files:
        refuse_to_replace(file, overwrite)
    for file, some in files.items():
        _write(file, some, _WRITERS[kind], make_folder=file != path)
    return str(path)


def check_writable(path: Path, *, format: str | None = None, overwrite: bool = False) -> None:
    """Check where events are to be written, before hours of computing rather than after."""
    kind = event_format(path, format)
    if kind == "parquet" and importlib.util.find_spec("pyarrow") is None:
        raise HearingAIError(NO_PARQUET)
    if path.is_file():
        refuse_to_replace(path, overwrite)
    if path.suffix and not path.parent.is_dir():
        raise HearingAIError(f"cannot write `{path}`: its folder does not exist")


def _write(
    path: Path,
    events: pd.DataFrame,
    writer: Callable[[pd.DataFrame, Path], None],
    make_folder: bool,
) -> None:
    """Write one file, whole or not at all."""
    if make_folder:
        made_folder(path.parent)
    if not path.parent.is_dir():
        raise HearingAIError(f"cannot write `{path}`: its folder does not exist")
    with written(path) as partial:
        writer(events, partial)


def _write_audacity(events: pd.DataFrame, path: Path) -> None:
    path.write_text(as_utf8(lines_of(events)), "utf-8")


def _write_raven(events: pd.DataFrame, path: Path) -> None:
    fname = events["fname"].iloc[0] if len(events) else None
    table = written_as_utf8(raven_table(events, _highest(fname)))
    table.to_csv(path, sep="\t", index=False, encoding="utf-8", lineterminator="\n", quoting=3)


def _write_kaleidoscope(events: pd.DataFrame, path: Path) -> None:
    to_csv(kaleidoscope_table(events), path)


def _highest(fname: str | None) -> float:
    """The highest frequency that a recording holds, for Raven to draw its boxes to."""
    try:
        return audio_info(fname)["sample_rate"] / 2 if fname else 22050.0
    except AudioFileError:
        return 22050.0


def _files_in(folder: Path, events: pd.DataFrame, kind: str) -> dict[Path, pd.DataFrame]:
    """The file of each recording, in a folder; subfolders tell equal names apart."""
    if events["fname"].isna().any():
        raise HearingAIError(
            "`path` is a folder for one file a recording, but the events have no `fname`"
        )
    # without "..", which would lead out of the folder
    known = {fname: os.path.abspath(fname) for fname in events["fname"].unique()}  # noqa: PTH100
    if not known:
        made_folder(folder)
        return {}
    # numbers, since pandas groups texts by UTF-8 alone
    paths = np.array([known[fname] for fname in events["fname"]], dtype=object)
    numbers, places = pd.factorize(paths)
    common = os.path.commonpath([os.path.dirname(path) for path in places])  # noqa: PTH120
    inside = [Path(path).relative_to(common) for path in places]
    stems = [path.with_suffix("") for path in inside]
    plain = len(set(stems)) == len(stems)  # a.wav and a.flac keep their endings
    names = [str(path.with_suffix("") if plain else path) + _ONE_EACH[kind] for path in inside]
    files = [_short(folder / name, _ONE_EACH[kind]) for name in names]
    return {file: events[numbers == i] for i, file in enumerate(files)}


def _short(path: Path, ending: str) -> Path:
    """A path whose name is no longer than systems take, with the ending."""
    name = os.fsencode(path.name)
    if len(name) <= _LONGEST:
        return path
    digest = hashlib.sha256(name).hexdigest()[:12]
    begin = path.name[: _LONGEST - len(ending) - 13]
    while len(os.fsencode(begin)) > _LONGEST - len(ending) - 13:  # whole characters
        begin = begin[:-1]
    return path.with_name(f"{begin}-{digest}{ending}")


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {"csv": to_csv, "parquet": to_parquet}
_WRITERS |= {"audacity": _write_audacity, "raven": _write_raven}
_WRITERS |= {"kaleidoscope": _write_kaleidoscope}
