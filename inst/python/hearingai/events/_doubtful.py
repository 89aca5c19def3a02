"""What is doubtful in tables of annotations: an error, or told in one warning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import HearingAIError, first_few, readable, warn


class Doubtful:
    """Collects what is wrong with rows and files.

    Args:
        raises: Whether the first of them is an error.
    """

    def __init__(self, *, raises: bool) -> None:
        self._raises = raises
        self._files: list[str] = []
        self._views: list[str] = []
        self._out: dict[str, list[str]] = {}
        self._mended: dict[str, list[str]] = {}
        self._n_out = self._n_mended = 0

    def file(self, path: Path, reason: str) -> None:
        """A file that is left out."""
        if self._raises:
            raise HearingAIError(f"`{path}`: {reason}")
        self._files.append(f"{readable(path.name)} ({reason})")

    def views(self, path: Path | None, what: str) -> None:
        """Rows that are the same selections once more, which is no mistake."""
        self._views.append(f"{path or 'the table'}: {what}")

    def rows(self, table: pd.DataFrame, wrong: Any, reason: str, *columns: str) -> pd.DataFrame:
        """Leave out rows; returns the others.

        Args:
            table: The annotations, with `_table` and `_row`.
            wrong: Which rows, a mask.
            reason: Why, a clause; `{}` stands for the value of each of `columns`.
            *columns: Columns.
        """
        self._n_out += self._note(self._out, table[wrong], reason, columns)
        return table[~wrong]

    def mended(self, table: pd.DataFrame, wrong: Any, reason: str, *columns: str) -> None:
        """Tell of rows that stay, arguments as of `rows`."""
        self._n_mended += self._note(self._mended, table[wrong], reason, columns)

    def _note(
        self, reasons: dict[str, list[str]], rows: pd.DataFrame, reason: str, columns: Any
    ) -> int:
        values = rows[list(columns)].itertuples(index=False, name=None)
        for table, row, given in zip(rows["_table"], rows["_row"], values, strict=True):
            where = row if table is None else f"{readable(Path(table).name)} {row}"
            why = reason.format(*[f"{v:g}" if isinstance(v, float) else v for v in given])
            if self._raises:
                raise HearingAIError(
                    f"{where}: {why}" if table is None else f"`{table}` {row}: {why}"
                )
            reasons.setdefault(why, []).append(where)
        return len(rows)

    def tell(self) -> None:
        """Warn, once, of all that was found."""
        told = []
        if self._views:
            more = f", and so in {len(self._views) - 1} more" if len(self._views) > 1 else ""
            told.append(f"{self._views[0]}{more}; each selection counts once")
        if self._files:
            told.append(
                f"left out {len(self._files)} file(s): {first_few(self._files, between='; ')}"
            )
        if self._out:
            told.append(f"left out {self._n_out} annotation(s): {_reasons(self._out)}")
        if self._mended:
            told.append(f"kept {self._n_mended} doubtful annotation(s): {_reasons(self._mended)}")
        if told:
            warn(". ".join([told[0], *(text[0].upper() + text[1:] for text in told[1:])]))


def _reasons(found: dict[str, list[str]]) -> str:
    """Each reason with the first row that it is true of."""
    return first_few(
        [
            f"{rows[0]} {why}" + (f" ({len(rows) - 1} more like it)" if len(rows) > 1 else "")
            for why, rows in found.items()
        ],
        between="; ",
    )
