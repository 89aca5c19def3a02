"""Tables that commands take and write: .csv and .parquet files."""

from pathlib import Path
from typing import TYPE_CHECKING

from .._typing import PathLike
from .console import print_json, print_line, print_table

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 40  # rows printed as text
_TEXTS = ("fname", "label", "new", "site", "recorder", "source", "time", "tz", "clock_set")


def is_table(path: PathLike) -> bool:
    """Whether a path is that of a table, by its ending."""
    return Path(path).suffix.lower() in (".csv", ".parquet")


def table_from(path: PathLike) -> "pd.DataFrame":
    """A table in a .csv or .parquet file; empty cells are missing."""
    from ..runtime.files import read_parquet
    from ..runtime.remote_files import file_here
    from ..tables.text_tables import guess_types, read_text_table

    here = file_here("path", path)
    if here.suffix.lower() == ".parquet":
        return read_parquet(here)
    table, separator = read_text_table(here)
    return guess_types(table, _TEXTS, decimal_comma=separator != ",")


def recordings_from(path: PathLike) -> "pd.DataFrame":
    """A table of recordings; paths in it are relative to its folder."""
    from ..tables.clip_table import beside, names_of

    table = table_from(path)
    if "fname" in table and not table["fname"].isna().any():
        table["fname"] = names_of((beside(path, f) for f in table["fname"]), table.index)
    return table


def check_out(out: Path | None, overwrite: bool) -> None:
    """Refuse a table that cannot be written, before anything is computed."""
    from ..runtime.files import writable_table

    if out is not None:
        writable_table(out, overwrite)


def answer_with(table: "pd.DataFrame", out: Path | None, overwrite: bool, as_json: bool) -> None:
    """Write a table, and print it where it was not written."""
    from ..runtime.files import write_table

    if out is not None:
        write_table(table, out, overwrite)
    if as_json:
        print_json(table.to_dict("records"))
    elif out is not None:
        print_line(f"Wrote {out}: {len(table)} rows.")
    else:
        print_table(table.head(_SHOWN), None)
        if len(table) > _SHOWN:
            print_line(f"... and {len(table) - _SHOWN} more; --out writes all.")
