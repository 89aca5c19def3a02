"""Output of the command: tables to read, or one JSON document for programs."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import typer

from ..errors import HearingAIWarning, escaped, readable
from ..runtime.plain_values import is_missing, plain

if TYPE_CHECKING:
    import pandas as pd

_LONG = 1e12  # numbers from here on are written as a power of ten


@contextmanager
def stdout_for_answers() -> Iterator[None]:
    """Keep stdout for results: what libraries print goes to stderr."""
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout = stdout


def _lines(text: str) -> str:
    """Lines of which none controls the terminal: a file from a stranger may hold names that do."""
    return "\n".join(map(escaped, text.split("\n")))


def print_json(value: Any) -> None:
    """Print one JSON document; numbers that are not finite become null."""
    print(json.dumps(plain(value), indent=2, allow_nan=False))


def print_line(text: str) -> None:
    """Print a line of the result."""
    typer.echo(_lines(text))


def print_table(table: "pd.DataFrame", title: str | None) -> None:
    """Print a table as text."""
    print_rows(map(str, table.columns), table.itertuples(index=False), title)


def print_rows(columns: Iterable[str], rows: Iterable[Iterable[Any]], title: str | None) -> None:
    """Print rows as text, below the names of their columns."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title)
    for name in columns:
        shown.add_column(Text(readable(name)))
    for row in rows:
        shown.add_row(*[Text(_cell(value)) for value in row])  # no markup: names may hold brackets
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(shown)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else _number(value)
    return "" if value is None or is_missing(value) else readable(value)


def _number(value: float) -> str:
    """A number to four digits that count, and to all that are before the point: 16000, 0.1235."""
    return f"{value:.0f}" if 1000 <= abs(value) < _LONG else f"{value:.4g}"


def say(text: str, *, alarm: bool = False) -> None:
    """Print a message to stderr."""
    typer.secho(_lines(text), err=True, fg="red" if alarm else None)


def show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show hearingai's warnings as one line each; ignore all others."""
    if issubclass(category, HearingAIWarning):
        say(f"warning: {message}", alarm=True)
