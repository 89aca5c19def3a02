"""A table as one file, written whole or not at all."""

import importlib.util
import tempfile
from pathlib import Path

from .errors import HearingAIError

_ENDINGS = (".csv", ".parquet")


def writable_table(path, overwrite=False):
    """Check a path to write a table to, before the work rather than after."""
    path = Path(path)
    if path.suffix not in _ENDINGS:
        raise HearingAIError(f"`{path}` must end in {' or '.join(_ENDINGS)}")
    if not path.parent.is_dir():
        raise HearingAIError(f"the folder of `{path}` does not exist")
    if path.exists() and not overwrite:
        raise HearingAIError(f"`{path}` exists; overwrite=True (--overwrite) replaces it")
    if path.suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise HearingAIError('Parquet needs pyarrow. Type: pip install "hearingai[parquet]"')
    return path


def write_table(table, path, overwrite=False):
    """Write a table to a `.csv` or `.parquet` file."""
    path = writable_table(path, overwrite)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=path.parent) as folder:
        partial = Path(folder, path.name)
        if path.suffix == ".csv":
            table.to_csv(partial, index=False, encoding="utf-8", lineterminator="\n")
        else:
            table.to_parquet(partial, engine="pyarrow", index=False)
        partial.replace(path)
