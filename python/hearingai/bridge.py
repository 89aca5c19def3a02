"""What a face in another language needs: tables as plain columns, warnings as text."""

import operator
import sys
import warnings

import pandas as pd

from .errors import HearingAIWarning

_INT32 = 2**31  # beyond it, R has only floating point


def find(name):
    """Find a function of the package by its name, with dots for submodules."""
    return operator.attrgetter(name)(sys.modules[__package__])


def call(function, *args, **kwargs):
    """Call a function and keep its warnings.

    Returns:
        A dict with `value`, tables in it as columns, and `warnings`, a list of texts.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HearingAIWarning)
        value = function(*args, **kwargs)
    texts = [str(w.message) for w in caught if issubclass(w.category, HearingAIWarning)]
    return {"value": plain(value), "warnings": texts}


def plain(value):
    """Turn tables into `{"columns": ..., "n": rows}`, through lists and dicts."""
    if isinstance(value, pd.DataFrame):
        return {"columns": {str(c): _column(value[c]) for c in value}, "n": len(value)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def _column(series):
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


def table(columns):
    """Build a table from a dict of lists, `None` where a value is missing."""
    return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


def apply(layer, waveforms):
    """Call a Keras layer on an array; returns an array."""
    return layer(waveforms.astype("float32")).numpy()


def evaluate(classifier, clips, **options):
    """Evaluate a classifier; returns the result as a dict, tables in it as columns."""
    from .prediction import evaluate

    return plain(vars(evaluate(classifier, clips, **options)))
