"""Files, folders and tables, written atomically."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .._typing import PathLike
from ..errors import HearingAIError, as_utf8, first_line
from ..runtime.arguments import flag, path_of

if TYPE_CHECKING:
    import pandas as pd

NO_PARQUET = 'Parquet needs pyarrow. Type: `pip install "hearingai[parquet]"`'
_ENDINGS = (".csv", ".parquet")


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """Yield a temporary path for a file or a folder; it is renamed when the block succeeds.

    Otherwise it is deleted, and what was at `path` is unchanged.

    Args:
        path: The final `Path`.

    Raises:
        HearingAIError: It cannot be written, or not completely.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".part-", dir=path.parent) as folder:
            partial = Path(folder, path.name)
            yield partial
            if partial.is_dir() and path.is_dir():  # the old one is deleted later
                path.replace(Path(folder, f"{path.name}.before"))
            partial.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from None


def made_folder(path: PathLike) -> Path:
    """Return a folder as a `Path`; it is made where it is missing."""
    path = path_of("path", path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None
    return path


def cannot_write(path: PathLike, error: OSError) -> HearingAIError:
    """The error that names a file and why the system refuses to write it."""
    reason = os.strerror(error.errno) if error.errno else error
    return HearingAIError(f"cannot write `{path}`: {reason}")


def writable(path: Path, overwrite: bool) -> Path:
    """Check, before the work, that `path` is in a folder and replaces nothing."""
    if not path.parent.is_dir():
        raise HearingAIError(f"the folder of `{path}` does not exist")
    refuse_to_replace(path, overwrite)
    return path


def refuse_to_replace(path: Path, overwrite: bool) -> None:
    """Raise an error where something lies at `path` that may not be replaced."""
    if not flag("overwrite", overwrite) and path.exists():
        raise HearingAIError(f"`{path}` exists; `overwrite=True` replaces it")


def refuse_to_lose(path: Path, sources: Iterable[PathLike]) -> None:
    """Raise an error where writing `path` would replace one of the files it is made from."""
    if not path.exists():
        return
    for source in dict.fromkeys(sources):
        if Path(source).exists() and path.samefile(source):
            raise HearingAIError(
                f"`path` is one of the recordings that are mixed: {path}. Give it another name"
            )


def writable_artifact(path: PathLike, overwrite: bool = False, argument: str = "path") -> Path:
    """Check a path to save a classifier to, before hours of training rather than after."""
    path = path_of(argument, path)
    if path.suffix != ".keras":
        raise HearingAIError(f"`{argument}` must end in .keras. Received: {path}")
    return writable(path, overwrite)


def writable_table(path: PathLike, overwrite: bool = False) -> Path:
    """Check a path to write a table to, before the work rather than after."""
    path = Path(path)
    if path.suffix not in _ENDINGS:
        raise HearingAIError(f"`{path}` must end in {' or '.join(_ENDINGS)}")
    writable(path, overwrite)
    if path.suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise HearingAIError(NO_PARQUET)
    return path


def write_table(table: pd.DataFrame, path: PathLike, overwrite: bool = False) -> None:
    """Write a table to a `.csv` or `.parquet` file."""
    path = writable_table(path, overwrite)
    with written(path) as partial:
        (to_csv if path.suffix == ".csv" else to_parquet)(table, partial)


def to_csv(table: pd.DataFrame, path: PathLike | IO[str], header: bool = True) -> None:
    """A table as text, the same on every system."""
    text = written_as_utf8(table)
    text.to_csv(path, index=False, header=header, encoding="utf-8", lineterminator="\n")


def written_as_utf8(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose text can be written: names of files may hold bytes that are not UTF-8."""

    def written(value: object) -> object:
        return as_utf8(value) if isinstance(value, str) else value

    texts = [name for name in table if table[name].dtype == object]
    table = table.copy() if texts else table
    for name in texts:
        table[name] = table[name].map(written)
    return table


def read_parquet(path: PathLike) -> pd.DataFrame:
    """The table in a Parquet file."""
    import pandas as pd

    try:
        return pd.read_parquet(path, engine="pyarrow")
    except ImportError:
        raise HearingAIError(NO_PARQUET) from None
    except (OSError, ValueError) as error:
        raise HearingAIError(f"cannot read the table `{path}`: {first_line(error)}") from None


def to_parquet(table: pd.DataFrame, path: PathLike) -> None:
    """A table as Parquet."""
    try:
        written_as_utf8(table).to_parquet(path, engine="pyarrow", index=False)
    except ImportError:
        raise HearingAIError(NO_PARQUET) from None
