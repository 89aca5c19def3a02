"""Tables of events from files that hearingai, Audacity or Raven wrote."""

import csv
from pathlib import Path

import pandas as pd

from .._typing import PathLike
from ..audio.files import EXTENSIONS
from ..errors import HearingAIError
from ..runtime.files import NO_PARQUET
from .tables import complete_events, event_format, path_of

_NAMES = ("Annotation", "Label", "Species", "Common Name", "Tag")  # columns of labels in Raven
_SCORES = ("Score", "Confidence")


def read_events(path: PathLike) -> pd.DataFrame:
    """Read events from a file, or from all files of a folder and below.

    Args:
        path: A file that `write_events`, Audacity (exported labels) or Raven (a selection table)
            wrote; or a folder of them.

    Returns:
        A DataFrame with `fname`, `start`, `end`, `label` and `score`, and what further columns a
        CSV or Parquet has. Files of Audacity do not name their recording: `fname` is the recording
        of the same name beside the file where there is one, else `None`.

    Raises:
        HearingAIError: The file is missing, of no known format, or malformed; the message names
            the line where it can.

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
            raise HearingAIError(f"`path`: the folder {path} holds no files of events")
        return pd.concat([read_events(file) for file in inside], ignore_index=True)
    if not path.is_file():
        raise HearingAIError(f"`{path}` does not exist")
    kind = event_format(path)
    try:
        if kind == "parquet":
            table = pd.read_parquet(path, engine="pyarrow")
        elif kind == "csv":
            table = _read_text(path, ",")
        else:
            table = _read_labels(path)
        return complete_events(table)
    except ImportError:
        raise HearingAIError(NO_PARQUET) from None
    except HearingAIError as error:
        raise HearingAIError(f"`{path}`: {error}") from None
    except (OSError, ValueError) as error:
        raise HearingAIError(f"cannot read the events in `{path}`: {error}") from None


def _read_text(path: Path, separator: str) -> pd.DataFrame:
    """A table whose texts stay as they are: a label may be called NA."""
    table = pd.read_csv(
        path,
        sep=separator,
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        quoting=csv.QUOTE_MINIMAL if separator == "," else csv.QUOTE_NONE,
    )
    return table.map(lambda text: text or None)


def _read_labels(path: Path) -> pd.DataFrame:
    """Labels of Audacity, or a selection table of Raven, which begins with its columns."""
    with open(path, encoding="utf-8-sig") as file:
        first = file.readline()
    if "Begin Time (s)" in first:
        return _read_raven(path)
    rows = []
    for number, line in enumerate(Path(path).read_text("utf-8-sig").splitlines(), 1):
        if not line.strip() or line.startswith("\\"):  # a range of frequencies
            continue
        start, end, label = [*line.split("\t", 2), "", ""][:3]
        try:
            rows.append((float(start), float(end), label))
        except ValueError:
            raise HearingAIError(
                f"line {number} is no label: start, end and text with tabs between. "
                f"Received: {line[:60]!r}"
            ) from None
    table = pd.DataFrame(rows, columns=["start", "end", "label"])
    return table.assign(fname=_all(_recording_beside(path), table))


def _read_raven(path: Path) -> pd.DataFrame:
    given = _read_text(path, "\t")
    if "Selection" in given:  # a row for each view of a selection
        given = given.drop_duplicates("Selection")
    label = next((name for name in _NAMES if name in given), None)
    if label is None or "End Time (s)" not in given:
        raise HearingAIError(
            f"a selection table needs End Time (s) and one of {', '.join(_NAMES)}. "
            f"Its columns: {', '.join(given.columns)}"
        )
    begin, end = (given[name].astype(float) for name in ("Begin Time (s)", "End Time (s)"))
    # in the file, where Raven showed several of them as one
    start = given["File Offset (s)"].astype(float) if "File Offset (s)" in given else begin
    table = pd.DataFrame({"start": start, "end": end if start is begin else start + (end - begin)})
    table["label"] = given[label]
    table["fname"] = _all(_recording_beside(path), table)
    if "Begin Path" in given:
        table["fname"] = given["Begin Path"].astype(object).fillna(table["fname"])
    score = next((name for name in _SCORES if name in given), None)
    return table.assign(score=given[score].astype(float) if score else None)


def _all(fname: str | None, table: pd.DataFrame) -> pd.Series:
    """One name as a column: objects, since pandas' own text refuses names that are not UTF-8."""
    return pd.Series([fname] * len(table), index=table.index, dtype=object)


def _recording_beside(path: Path) -> str | None:
    """The recording that a file of labels is named after, where it lies beside it."""
    stem = path.name
    for ending in (".txt", ".selections", ".1", ".Table"):
        stem = stem.removesuffix(ending)
    for ending in ("", *EXTENSIONS):
        file = path.with_name(stem + ending)
        if file.suffix.lower() in EXTENSIONS and file.is_file():
            return str(file)
    return None
