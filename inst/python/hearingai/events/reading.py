"""Read tables of events from files written by hearingai, Audacity or Raven."""

from pathlib import Path

import pandas as pd

from .._typing import PathLike
from ..audio.files import EXTENSIONS
from ..errors import HearingAIError, as_utf8
from ..runtime.files import NO_PARQUET
from ..tables.text_tables import read_text_table, text_of
from ._raven import BEGIN, events_of_raven
from .tables import as_seconds, complete_events, event_format, path_of, seconds_of


def read_events(path: PathLike) -> pd.DataFrame:
    """Read events from a file, or from all files of a folder and below.

    Args:
        path: A file that `write_events`, Audacity (exported labels) or Raven (a selection table)
            wrote; or a folder of them.

    Returns:
        A DataFrame with `fname`, `start`, `end`, `label` and `score`, and the further columns of a
        CSV or Parquet file. Audacity's files do not name their recording: `fname` is the recording
        of the same name in the same folder where there is one, else `None`. Raven may name only the
        file, not its path: it is looked for in the folder of the table. A label that Audacity left
        empty is `""`; elsewhere a missing one is an error.

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
        known = (".csv", ".parquet", ".txt")
        inside = sorted(f for f in path.rglob("*") if f.suffix.lower() in known and f.is_file())
        if not inside:
            raise HearingAIError(f"`path`: the folder {path} contains no files of events")
        return pd.concat([read_events(file) for file in inside], ignore_index=True)
    if not path.is_file():
        raise HearingAIError(f"`{path}` does not exist")
    kind = event_format(path)
    try:
        if kind == "parquet":
            table = pd.read_parquet(path, engine="pyarrow")
        elif kind == "csv":
            table = _read_table(path)
        else:
            table = _read_labels(path)
        return complete_events(table)
    except ImportError:
        raise HearingAIError(NO_PARQUET) from None
    except HearingAIError as error:
        if as_utf8(str(path)) in str(error):
            raise
        raise HearingAIError(f"`{path}`: {error}") from None
    except (OSError, ValueError) as error:
        raise HearingAIError(f"cannot read the events in `{path}`: {error}") from None


def _read_table(path: Path) -> pd.DataFrame:
    """A CSV table, whose texts stay as they are: a label may be called NA."""
    table, separator = read_text_table(path)
    if BEGIN in table:
        return events_of_raven(table, path, _recording_beside)
    times = {"start", "end", "score"} & set(table)
    return table.assign(**{c: seconds_of(table, c, comma=separator != ",") for c in times})


def _read_labels(path: Path) -> pd.DataFrame:
    """Labels of Audacity, or a selection table of Raven, which begins with its columns."""
    lines = text_of(path).split("\n")
    if BEGIN in lines[0]:
        table, _ = read_text_table(path, separator="\t", quoted=False)
        return events_of_raven(table, path, _recording_beside)
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("\\"):  # a range of frequencies
            continue
        start, end, label = [*line.split("\t", 2), "", ""][:3]
        try:
            rows.append((as_seconds(start), as_seconds(end), label))
        except ValueError:
            raise HearingAIError(
                f"line {number} is not a label: start, end and text, separated by tabs. "
                f"Received: {line[:60]!r}"
            ) from None
    table = pd.DataFrame(rows, columns=["start", "end", "label"])
    return table.assign(fname=_all(_recording_beside(path), table))


def _all(fname: str | None, table: pd.DataFrame) -> pd.Series:
    """One name as a column: objects, since pandas' own text refuses names that are not UTF-8."""
    return pd.Series([fname] * len(table), index=table.index, dtype=object)


def _recording_beside(path: Path) -> str | None:
    """The recording with the name of a file of labels, in the same folder."""
    stem = path.name
    for ending in (".txt", ".selections", ".1", ".Table"):
        stem = stem.removesuffix(ending)
    for ending in ("", *EXTENSIONS):
        file = path.with_name(stem + ending)
        if file.suffix.lower() in EXTENSIONS and file.is_file():
            return str(file)
    return None
