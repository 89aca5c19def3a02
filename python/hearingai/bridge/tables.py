"""Tables as plain columns, and back: pandas objects cannot be passed to other languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

_INT32 = 2**31  # the largest integer of R; beyond it, floating point


def plain(value: Any) -> Any:
    """Turn tables into `{"columns": ..., "n": rows}`, through lists and dicts.

    Integers too large for R become floating-point numbers.
    """
    if isinstance(value, pd.DataFrame):
        return {"columns": {str(c): _column(value[c]) for c in value}, "n": len(value)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, int) and abs(value) >= _INT32:
        return float(value)
    return value


def table(columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Build a table from a dict of lists, `None` where a value is missing."""
    return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


def columns(values: Mapping[str, Iterable[Any]]) -> pd.DataFrame:
    """Build a table from a dict of arrays and lists."""
    return pd.DataFrame(dict(values))


def _column(series: pd.Series) -> np.ndarray | list[bool | str | None]:
    """Numbers as an array; anything else as a list, `None` where a value is missing."""
    if series.dtype.kind in "iu" and not series.isna().any():
        fits = series.between(-_INT32 + 1, _INT32 - 1).all()
        return series.to_numpy("int32" if fits else "float64")
    if series.dtype.kind in "iuf":
        return series.to_numpy("float64", na_value=float("nan"))
    known = series.dropna()
    logical = len(known) and known.map(lambda v: isinstance(v, bool)).all()
    convert = bool if logical else str
    return [None if pd.isna(v) else convert(v) for v in series]
