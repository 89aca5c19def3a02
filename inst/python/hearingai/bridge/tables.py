"""Tables as plain columns, and back: pandas objects cannot be passed to other languages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..tables.class_types import with_classes
from ..tables.label_sets import LABELS

_PATHS = ("fname", "clip", "recording")  # columns of files
_INT32 = 2**31  # the largest integer of R; beyond it, floating point


def plain(value: Any) -> Any:
    """Turn tables into `{"columns": ..., "n": rows}`, through lists and dicts.

    Integers too large for R become floating-point numbers, and names of files that are not ASCII
    their bytes, which every locale takes as they are.
    """
    if isinstance(value, pd.DataFrame):
        return {
            "columns": {str(c): _column(value[c], str(c) in _PATHS) for c in value},
            "n": len(value),
        }
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and abs(value) >= _INT32:
        return float(value)
    return value


def table(columns: Mapping[str, list[Any]], classes: dict[str, Any] | None = None) -> pd.DataFrame:
    """Build a table from a dict of lists, `None` where a value is missing.

    Args:
        columns: The columns.
        classes: What the classes were before they became text, see `classes_of`.
    """
    series = {  # names of any bytes; labels, of which a value may be several
        name: pd.Series(values, dtype=object if name in ("fname", LABELS) else None)
        for name, values in columns.items()
    }
    return with_classes(pd.DataFrame(series), classes)


def columns(values: Mapping[str, Iterable[Any]]) -> pd.DataFrame:
    """Build a table from a dict of arrays and lists."""
    return pd.DataFrame(dict(values))


def path(name: bytes) -> str:
    """The path of these bytes, as Python's functions of files take it."""
    return os.fsdecode(bytes(name))


def _text(value: str) -> str | bytearray:
    """Text, or the bytes of a name that is none."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return bytearray(os.fsencode(value))
    return value


def _name(value: object) -> str | bytearray:
    """The name of a file, or its bytes where these depend on the locale."""
    text = str(value)
    return text if text.isascii() else bytearray(os.fsencode(text))


def _column(series: pd.Series, names: bool = False) -> np.ndarray | list | dict[str, list]:
    """Numbers as an array; anything else as a list, `None` where a value is missing.

    Labels, of which a value may be several, are a dict of the list, so that they are known.
    """
    if any(isinstance(value, tuple) for value in series):
        return {"sets": [list(v) if isinstance(v, tuple) else None for v in series]}
    if series.dtype.kind in "iu" and not series.isna().any():
        fits = series.between(-_INT32 + 1, _INT32 - 1).all()
        return series.to_numpy("int32" if fits else "float64")
    if series.dtype.kind in "iuf":
        return series.to_numpy("float64", na_value=float("nan"))
    known = series.dropna()
    logical = len(known) and known.map(lambda v: isinstance(v, bool)).all()
    convert: Any = bool if logical else _name if names else lambda v: _text(str(v))
    return [None if pd.isna(v) else convert(v) for v in series]
