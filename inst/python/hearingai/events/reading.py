"""Read tables of events from files: of hearingai, Audacity, Raven, Kaleidoscope and others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from .._typing import PathLike
from ..audio.files import warn_left_out
from ..audio.folders import look_below
from ..errors import HearingAIError, as_utf8, warn
from ..runtime.files import NO_PARQUET
from ..tables.text_tables import read_text_table, text_of
from ._audacity import is_label, labels_of
from ._dialects import BEGIN, PLAIN, dialect_of
from ._matching import Beside, is_file
from ._selections import Source, selections_of
from .tables import complete_events, event_format, path_of

_ENDINGS = (".csv", ".parquet", ".tsv", ".txt")


def read_events(path: PathLike) -> pd.DataFrame:
    """Read events from a file, or from all files of a folder and below.

    Whatever is wrong in a file is an error. `read_annotations` reads the same files and is made for
    annotations by people: it finds their recordings, takes columns of any name, and tells of rows
    that cannot be right.

    Args:
        path: A file that `write_events`, Audacity (exported labels), Raven (a selection table),
            Kaleidoscope, warbleR or BirdNET wrote; or a folder of them.

    Returns:
        A DataFrame with `fname`, `start`, `end`, `label` and `score`, and where the file has them
        `low` and `high`, Hz, and further columns. Where a file does not name its recording, as
        Audacity's do not, `fname` is the recording of the same name in the same folder, else
        `None`. Raven may name only the file, not its path: it is looked for in the folder of the
        table. A label that Audacity left empty is `""`; elsewhere a missing one is an error.

    Raises:
        HearingAIError: The file is missing, of no known format, or malformed; a time is no number,
            negative, or an event ends before it starts. The message names the line or row.

    Warns:
        HearingAIWarning: Rows of a selection table are further views of one selection, and count
            once.

    Example:
        >>> import hearingai, os, pandas, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "a.csv")
        >>> events = pandas.DataFrame({"start": [1.5], "end": [2.0], "label": ["yes"]})
        >>> table = hearingai.read_events(hearingai.write_events(events, path))
        >>> table[["start", "end", "label"]].values.tolist()
        [[1.5, 2.0, 'yes']]
    """
    path = path_of(path)
    if path.is_dir():
        return pd.concat([read_events(file) for file in event_files(path)], ignore_index=True)
    source = Source(
        lambda what: warn(f"{path}: {what}; each selection is one event"),
        Beside(),
        path,
        argument="path",
    )
    return naming(path, lambda: complete_events(selections_in(source)))


def event_files(folder: Path) -> list[Path]:
    """The files in a folder and below that may hold events, sorted; an error if there are none.

    As recordings are looked for: links are followed, hidden folders hold what nobody finished.
    """
    below = look_below(folder)
    warn_left_out(below.problems)
    inside = sorted(Path(f) for f in below.others if f.lower().endswith(_ENDINGS) and is_file(f))
    if not inside:
        raise HearingAIError(f"`path`: the folder {folder} contains no files of events")
    return inside


def naming(path: Path, read: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """What a function reads from a file; its errors name the file."""
    try:
        return read()
    except ImportError:
        raise HearingAIError(NO_PARQUET) from None
    except HearingAIError as error:
        if as_utf8(str(path)) in str(error):
            raise
        raise HearingAIError(f"`{path}`: {error}") from None
    except (OSError, ValueError) as error:
        raise HearingAIError(f"cannot read the events in `{path}`: {error}") from None


def selections_in(source: Source) -> pd.DataFrame:
    """The selections in a file as they stand, by the number of their row, or line of labels.

    Args:
        source: The file, and how it is to be read.

    Returns:
        A DataFrame as of `selections_of`.
    """
    path = source.path
    if path is None or not is_file(path):
        raise HearingAIError(f"`{path}` does not exist")
    kind = "csv" if path.suffix.lower() == ".tsv" else event_format(path)
    if kind == "parquet":
        return selections_of(pd.read_parquet(path, engine="pyarrow"), source)
    if kind == "csv":
        table, separator = read_text_table(path)
        return selections_of(table, source, comma=separator != ",")
    lines = text_of(path).split("\n")
    if _has_header(lines[0], bool(source.columns)):
        table, _ = read_text_table(path, separator="\t", quoted=False)
        return selections_of(table, source)
    labels = labels_of(lines)
    own = source.beside(path)
    return labels.assign(fname=pd.Series([own] * len(labels), labels.index, dtype=object))


def _has_header(line: str, named: bool) -> bool:
    """Whether the first line of a text names columns; label tracks begin with a label."""
    names = line.split("\t")
    known = BEGIN in line or dialect_of(names) is not PLAIN or {"start", "end"} <= {*names}
    return known or (named and len(names) > 1 and not is_label(line))
