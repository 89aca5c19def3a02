"""What a face in another language needs: tables as plain columns, warnings as text."""

import warnings

import pandas as pd

from .errors import HearingAIWarning


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
    if series.dtype.kind == "f":
        return series.to_numpy()
    if series.dtype.kind in "iu":
        return series.to_numpy().astype("int32")
    if series.dtype.kind == "b":
        return series.to_numpy()
    return [None if pd.isna(v) else str(v) for v in series]


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
