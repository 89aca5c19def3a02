"""The files of finished folds, and their summary."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..evaluation import confusion
from ..evaluation.label_sets import cooccurrence
from ..inference.label_scoring import TRUE_LABELS
from ..tables.label_sets import LABELS, class_names, is_multi_label, label_sets, membership

_SETS = (LABELS, TRUE_LABELS)


def read_folds(folder: Path, names: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the results of the folds of these names.

    Returns:
        `(folds, predictions)`: a row per fold, and a row per clip with its fold.
    """
    folds = pd.DataFrame([json.loads(done_file(folder, name).read_text()) for name in names])
    tables = [
        pd.read_csv(
            folder / f"{file_name(name)}.csv",
            dtype=dict.fromkeys(("fname", "class", "label", *_SETS), str),
            keep_default_na=False,  # a class may be called "None"
            na_values=[""],
        ).assign(fold=name)
        for name in names
    ]
    predictions = pd.concat(tables, ignore_index=True)
    for name in set(_SETS) & set(predictions):  # an empty cell is a clip without labels
        sets = label_sets(name, predictions[name].fillna(""))
        predictions[name] = sets
        if name == LABELS:
            predictions[name] = sets.where(predictions["error"].isna(), None)
    first = ["row", "fold"]
    return folds, predictions[first + [c for c in predictions if c not in first]]


def summarise(folds: pd.DataFrame) -> pd.DataFrame:
    """Mean, standard deviation and range of every metric, and how many folds have it."""
    others = ("fold", "n_train", "n_test", "epochs", "seconds", "fingerprint", "threshold")
    metrics = [c for c in folds if c not in others]
    return pd.DataFrame(
        {
            "metric": metrics,
            "mean": [folds[m].mean() for m in metrics],
            "sd": [folds[m].std(ddof=1) for m in metrics],
            "low": [folds[m].min() for m in metrics],
            "high": [folds[m].max() for m in metrics],
            "n": [folds[m].count() for m in metrics],
        }
    )


def pooled(predictions: pd.DataFrame) -> pd.DataFrame:
    """The confusion of the predictions of all folds, or how labels occur together."""
    if not is_multi_label(predictions):
        return confusion(predictions["class"], predictions["label"])
    both = [predictions[TRUE_LABELS], predictions[LABELS]]
    names = class_names(pd.concat(both).to_frame(LABELS))
    found, taken = (membership(sets, names) for sets in both)
    return cooccurrence(found, taken, names)


def done_file(folder: Path, name: str) -> Path:
    """The file that says a fold is finished."""
    return folder / f"{file_name(name)}.json"


def file_name(name: str) -> str:
    """A unique name for the files of a fold."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in str(name))
    if safe != str(name) or safe != safe.lower():  # `a b` and `a_b`; `A` and `a` on some disks
        safe += "-" + hashlib.sha256(str(name).encode()).hexdigest()[:6]
    return f"fold-{safe}"
