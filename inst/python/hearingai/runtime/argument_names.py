"""Names of arguments that other packages use, for errors that say what may be meant."""

from __future__ import annotations

from collections.abc import Collection

_OTHERS = {
    "batch": ("batch_size",),
    "class_weights": ("class_weight",),
    "classes": ("labels",),
    "data": ("clips", "df"),
    "df": ("clips",),
    "file": ("path",),
    "filename": ("path",),
    "files": ("recordings",),
    "fs": ("sample_rate",),
    "levels": ("labels",),
    "lr": ("learning_rate",),
    "model": ("classifier", "object"),
    "n_epochs": ("epochs",),
    "new_data": ("recordings", "clips"),
    "newdata": ("recordings", "clips"),
    "random_state": ("seed",),
    "rate": ("sample_rate",),
    "samp.rate": ("sample_rate",),
    "sr": ("sample_rate",),
    "validation_data": ("validation",),
    "validation_split": ("validation",),
    "verbose": ("progress",),
    "weights": ("class_weight",),
}


def meant_argument(name: str, known: Collection[str]) -> str | None:
    """The known argument that an unknown one may stand for, or `None`."""
    import difflib

    others = [other for other in _OTHERS.get(name, ()) if other in known]
    return next(iter(others or difflib.get_close_matches(name, known, 1)), None)
