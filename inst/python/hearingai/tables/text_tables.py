"""Tables in text files: every row as long as the header, every text as it stands."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import HearingAIError, warn

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SEPARATORS = (",", ";", "\t")
_WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,14})")  # "007" is a name, and so are 20 digits
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14})?(\.\d*)?([eE][+-]?\d+)?")
_TOLD = re.compile(r'"?sep=([,;\t])"?[,;\t]*(?=\n|$)')  # a first line for Excel
_LOGICAL = {"TRUE": True, "True": True, "FALSE": False, "False": False}


def read_text_table(
    path: Path, *, separator: str | None = None, quoted: bool = True
) -> tuple[pd.DataFrame, str]:
    """Read a table of texts; empty cells are `None`.

    Args:
        path: A text file whose first line names the columns: UTF-8, UTF-16 with its mark, or else
            Windows' Latin-1, with a warning.
        separator: What parts the columns; `None` takes what a line `sep=;` before the header says,
            else the one of comma, semicolon and tab that the header holds most of.
        quoted: Whether cells may stand in double quotes.

    Returns:
        `(table, separator)`.

    Raises:
        HearingAIError: The file cannot be read, is malformed, names a column twice, or a row has
            more cells than the header; the message names the line.
    """
    text = text_of(path)
    told = _TOLD.match(text)
    if told is not None:
        text, separator = text[told.end() :], separator or told[1]
    if separator is None:
        separator = max(_SEPARATORS, key=_first_line(text).count)
    cells = _cells(path, text, separator, quoted)
    _, header = next(cells, (1, []))
    names = _names(path, header)
    rows = [_fitted(path, line, row, names) for line, row in cells]
    table = pd.DataFrame(rows, columns=names, dtype=object)
    unnamed = [name for name, given in zip(names, header, strict=True) if not given.strip()]
    return table.drop(columns=[name for name in unnamed if table[name].isna().all()]), separator


def guess_types(
    table: pd.DataFrame, texts: Collection[str], *, decimal_comma: bool = False
) -> pd.DataFrame:
    """Make numbers and logicals of columns that hold nothing else.

    Args:
        table: A table of texts, `None` where a cell is empty.
        texts: Columns that stay as they are.
        decimal_comma: Whether 1,5 is a number too.
    """
    others = {str(c): _guessed(table[c], decimal_comma) for c in table if c not in texts}
    return table.assign(**others)


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or else Latin-1, with a warning."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise HearingAIError(f"cannot read the table `{path}`: it is no regular file")
    try:
        data = path.read_bytes()
        encoding = next((e for mark, e in _BOMS.items() if data.startswith(mark)), "utf-8")
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            if encoding != "utf-8":
                raise
            text = data.decode("cp1252")
            warn(f"{path} is not written in UTF-8; it is read as Latin-1 (Windows-1252)")
    except FileNotFoundError:
        raise HearingAIError(f"cannot read the table `{path}`: it does not exist") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise HearingAIError(f"cannot read the table `{path}`: {reason}") from None
    if "\0" in text:
        raise HearingAIError(
            f"cannot read the table `{path}`: it holds zero bytes: no text in UTF-8, nor in UTF-16 "
            f"with its mark; save it as UTF-8"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _first_line(text: str) -> str:
    """The first line that is not empty."""
    return text.lstrip("\n").split("\n", 1)[0]


def _cells(path: Path, text: str, separator: str, quoted: bool) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that is not blank, with the number of its last line."""
    spaced = f"{separator} " in _first_line(text)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        skipinitialspace=spaced,
        strict=True,
    )
    try:
        for row in reader:
            if any(row):
                yield reader.line_num, row
    except csv.Error as error:
        raise HearingAIError(
            f"cannot read the table `{path}`: line {reader.line_num} is malformed ({error})"
        ) from None


def _names(path: Path, header: list[str]) -> list[str]:
    if not header:
        raise HearingAIError(f"cannot read the table `{path}`: it is empty")
    names = [cell.strip() or f"Unnamed: {i}" for i, cell in enumerate(header)]
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise HearingAIError(f"cannot read the table `{path}`: it has two columns {name!r}")
        seen.add(name)
    return names


def _fitted(path: Path, line: int, row: list[str], names: list[str]) -> list[str | None]:
    """The cells of a row, as many as there are columns."""
    if any(row[len(names) :]):
        raise HearingAIError(
            f"cannot read the table `{path}`: line {line} has {len(row)} values, and its header "
            f"names {len(names)} columns: {', '.join(names)}"
        )
    filled = row[: len(names)] + [""] * (len(names) - len(row))
    return [cell or None for cell in filled]


def _guessed(column: pd.Series, decimal_comma: bool) -> pd.Series:
    column = column.where(column != "NA", None)  # as R writes a missing value
    known = list(column.dropna())
    if not known:
        return column
    if all(text in _LOGICAL for text in known):
        return column.map(_LOGICAL) if len(known) == len(column) else column.map(_LOGICAL.get)
    if decimal_comma:
        known = [text.replace(",", ".") if text.count(",") == 1 else text for text in known]
    if all(map(_WHOLE.fullmatch, known)):
        numbers: list[Any] = [int(text) for text in known]
    elif all(any(map(str.isdigit, text)) and _NUMBER.fullmatch(text) for text in known):
        numbers = [float(text) for text in known]
    else:
        return column
    kind = "int64" if len(known) == len(column) and isinstance(numbers[0], int) else "float64"
    found = pd.Series(float("nan"), index=column.index, dtype="float64")
    return found.mask(column.notna(), pd.Series(numbers, column.dropna().index)).astype(kind)
