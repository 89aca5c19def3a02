"""Tables of pandas as those of Arrow and back, the same for every shard."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, as_utf8
from ..runtime.files import NO_PARQUET
from ..tables.label_sets import LABELS, TRUE_LABELS, LabelSet

_BYTES = "fname_bytes"  # names that are not UTF-8, which text in Parquet cannot hold

BLOBS = "samples"  # a column of bytes


def parquet() -> Any:
    """`pyarrow.parquet`, or an error that says how to install it."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise HearingAIError(NO_PARQUET) from None
    return pyarrow.parquet


def as_arrow(table: pd.DataFrame) -> Any:
    """A table as one of Arrow; texts are texts even where all are missing.

    Names of files that are not UTF-8 are escaped, with their bytes in a column beside them.
    """
    import pyarrow as pa

    columns = {str(name): _column(str(name), table[name]) for name in table}
    if "fname" in table:
        names = table["fname"].to_numpy()
        odd = [name is not None and not name.isascii() and as_utf8(name) != name for name in names]
        if any(odd):
            pairs = zip(names, odd, strict=True)
            values = [os.fsencode(name) if strange else None for name, strange in pairs]
            columns[_BYTES] = pa.array(values, pa.binary())
    return pa.table(columns)


def _column(name: str, values: pd.Series) -> Any:
    import pyarrow as pa

    if name in (LABELS, TRUE_LABELS):
        lists = [None if value is None else list(value) for value in values]
        return pa.array(lists, pa.list_(pa.string()))
    if name == BLOBS:
        return pa.array(values, pa.binary())
    if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
        texts = [as_utf8(v) if isinstance(v, str) else None for v in values]
        return pa.array(texts, pa.string())
    return pa.array(values.to_numpy())


def from_arrow(table: Any) -> pd.DataFrame:
    """A table of Arrow as one of pandas; texts are objects, and `None` where they are missing."""
    odd = table[_BYTES].to_pylist() if _BYTES in table.column_names else None
    found = {name: _values(name, table[name]) for name in table.column_names if name != _BYTES}
    if odd is not None and "fname" in found:
        pairs = zip(odd, found["fname"], strict=True)
        names = [text if raw is None else os.fsdecode(raw) for raw, text in pairs]
        found["fname"] = np.array(names, dtype=object)
    columns = {
        name: pd.Series(values, dtype=object if values.dtype == object else None)
        for name, values in found.items()
    }
    return pd.DataFrame(columns, copy=False)


def _values(name: str, column: Any) -> np.ndarray:
    import pyarrow as pa

    if pa.types.is_list(column.type):
        sets = [None if value is None else LabelSet(value) for value in column.to_pylist()]
        found = np.empty(len(sets), dtype=object)
        found[:] = sets
        return found
    return column.to_numpy()
