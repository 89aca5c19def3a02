"""The folder of a cross-validation: what it was begun with, and which folds are done."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from .._typing import PathLike
from ..errors import HearingAIError, warn
from ..recipes.recipe import Recipe, as_text
from ..runtime.arguments import flag, path_of
from ..runtime.files import made_folder, written
from ._fold_results import done_file
from .settings import TrainingOptions

_NOTE = "cross-validation.json"
_APART = (
    "precision",
    "device",
    "callbacks",
    "on_error",
    "partial",
)  # told elsewhere, or no part of the result


def opened_folder(path: PathLike, settings: dict[str, Any]) -> Path:
    """The folder of the finished folds, made or checked to be of the same cross-validation."""
    folder = made_folder(path)
    before = noted(path)
    if before:
        differ = [k for k in settings if before.get(k) != json.loads(json.dumps(settings[k]))]
        if differ:
            raise HearingAIError(
                f"`{folder}` holds another cross-validation (its {', '.join(differ)} differ); "
                f"give another `path`, or remove it"
            )
    else:
        with written(folder / _NOTE) as partial:
            partial.write_text(json.dumps(settings, indent=1))
    return folder


def unfinished(folder: Path, tasks: list[dict], keep: bool) -> list[dict]:
    """The folds still to train; a warning names finished ones without the classifier to keep."""
    done = {t["name"]: done_file(folder, t["name"]) for t in tasks}
    done = {name: file for name, file in done.items() if file.exists()}
    lost = [name for name, file in done.items() if not file.with_suffix(".keras").exists()]
    if keep and lost:
        warn(f"no classifier was saved of folds finished without `keep`: {', '.join(lost)}")
    return [t for t in tasks if t["name"] not in done]


def noted(path: PathLike | None) -> dict[str, Any]:
    """The settings of the cross-validation that a folder holds; empty where it holds none."""
    note = None if path is None else path_of("path", path) / _NOTE
    try:
        return json.loads(note.read_text()) if note and note.exists() else {}
    except ValueError:
        raise HearingAIError(
            f"`{note}` is damaged; give another `path`, or remove the folder"
        ) from None


def settings_of(
    recipe: Recipe,
    clips: pd.DataFrame,
    tasks: list[dict],
    seed: int,
    deterministic: bool,
    options: TrainingOptions,
) -> dict[str, Any]:
    """The settings that decide the result, to show and to identify it."""
    told = hashlib.sha256(json.dumps(recipe.settings()).encode())
    for task in tasks:
        for part in ("train", "held", "test"):
            rows = None if task[part] is None else list(task[part].index)
            told.update(repr(rows).encode())
    told.update(clips.to_csv(index=False).encode("utf-8", "surrogatepass"))
    return {
        "recipe": recipe.name,
        "folds": len(tasks),
        "seed": seed,
        "deterministic": flag("deterministic", deterministic),
        "options": {k: as_text(v) for k, v in options.items() if k not in _APART and v is not None},
        "data": told.hexdigest(),
    }
