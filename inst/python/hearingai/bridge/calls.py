"""Call the core's functions by name; return warnings and errors in parts."""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from .._messages import parse
from ..errors import HearingAIError, HearingAIWarning
from .tables import plain

_PACKAGE, _, _BRIDGE = __package__.partition(".")


def find(name: str) -> Callable[..., Any]:
    """Find a public function by its name, or one of this folder as `"bridge.name"`.

    `"bridge.plots.name"` are the data of figures, loaded on first use.
    """
    module, _, attribute = name.rpartition(".")
    if module.split(".")[0] not in ("", _BRIDGE):
        raise AttributeError(f"no function of the bridge: {name}")
    return getattr(importlib.import_module(f"{_PACKAGE}.{module}".rstrip(".")), attribute)


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Call a function and collect its warnings.

    Returns:
        A dict with `value`, tables in it as columns, and `warnings`, a list of messages in parts
        as `message` gives them.
    """
    _check_given(function, args, kwargs)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HearingAIWarning)
        value = function(*args, **kwargs)
    texts = [w.message for w in caught if issubclass(w.category, HearingAIWarning)]
    return {"value": plain(value), "warnings": [message(text) for text in texts]}


def _check_given(function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    """Name an argument that has no default and was not given."""
    parameters = list(inspect.signature(function).parameters.values())
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    placed = {p.name for p in parameters[: len(args)]}
    for p in parameters:
        if p.kind in kinds and p.default is p.empty and p.name not in placed | kwargs.keys():
            raise HearingAIError(f"`{p.name}` must be given. Received: None")


def message(error: object) -> dict[str, Any] | None:
    """The message of an error or a warning in parts; `None` where it is not of the core.

    Args:
        error: An exception, or a text.

    Returns:
        A dict with `wrong` and `received`, lists of dicts with the attributes of a `Part`, and
        `hints`, a list of such lists.
    """
    if not isinstance(error, (HearingAIError, HearingAIWarning, str)):
        return None
    wrong, received, hints = parse(str(error))
    return {
        "wrong": [part._asdict() for part in wrong],
        "received": [part._asdict() for part in received],
        "hints": [[part._asdict() for part in hint] for hint in hints],
    }


def check_backend() -> None:
    """Raise an error where Keras or its backend cannot be loaded."""
    from ..runtime.backend import require_keras

    require_keras()


def check_clips(clips: pd.DataFrame) -> pd.DataFrame:
    """A new table of clips with its classes numbered."""
    from ..tables.clip_table import checked_once

    return checked_once(clips)


def classes_of(classifier: Any) -> dict[str, Any] | None:
    """What the classes that a classifier was trained on were before they became labels."""
    return classifier.record.get("classes")


def meant(column: str, columns: list[str]) -> str:
    """The column that a missing one may be called by mistake, as a hint; else nothing."""
    from ..tables.columns import meant

    return meant(column, columns)


def meant_argument(name: str, known: list[str]) -> str | None:
    """The known argument that an unknown one may stand for, or `None`."""
    from ..runtime.argument_names import meant_argument

    return meant_argument(name, known)


def situation(extras: Mapping[str, list[str]]) -> dict[str, Any]:
    """The facts of a situation report that `info` does not have.

    Args:
        extras: A dict of the packages of every extra, lists of names.

    Returns:
        A dict of `precision` (what `"auto"` resolves to here), `cache` (its folder), `cache_bytes`
        (the size of what it holds) and `missing`, a dict of the packages that each extra lacks.
    """
    from importlib import metadata

    from ..runtime.cache import cache_dir
    from ..runtime.precision import precision_of

    there = {d.metadata["Name"].lower() for d in metadata.distributions() if d.metadata["Name"]}
    cache = cache_dir()
    files = [f.lstat().st_size for f in cache.rglob("*") if f.is_file()]
    return {
        "precision": precision_of("auto"),
        "cache": str(cache),
        "cache_bytes": plain(sum(files)),
        "missing": {k: [p for p in names if p.lower() not in there] for k, names in extras.items()},
    }
