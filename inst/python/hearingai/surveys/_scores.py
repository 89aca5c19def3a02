"""The tables of a density estimate: scores of windows, and the verdicts of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, as_utf8, warn
from ..runtime.arguments import finite_array, whole
from ..tables.columns import check_column, check_columns

_TINY = 1e-6  # that a score may be off, once written as text
_VERDICTS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0}


def scored_windows(scores: Any, label: str | None, by: str | None = None) -> pd.DataFrame:
    """The windows, in rows from 0, with `score` in the place of probabilities.

    Args:
        scores: A table of windows or events, or an `Annotation`.
        label: Which of several `prob_<label>`; of events, those of this label.
        by: A column that an annotation may know of its recordings.
    """
    table = getattr(scores, "windows", scores)
    if not isinstance(table, pd.DataFrame) or not len(table):
        raise HearingAIError(
            "`scores` must be a table of windows with `score` or `prob_<label>`, or what "
            f"annotate() returned with its windows. Received: {type(table).__name__}"
        )
    labels = [str(c)[5:] for c in table if str(c).startswith("prob_")]
    if label is not None and not isinstance(label, str):
        raise HearingAIError(f"`label` must be text. Received: {label!r}")
    if "score" not in table or (label is not None and labels):
        label = labels[0] if label is None and len(labels) == 1 else label
        if label not in labels:
            raise HearingAIError(
                f"`label` must be one of {', '.join(map(repr, labels)) or 'no labels'}, of which "
                f"`scores` has probabilities. Received: {label!r}"
            )
        table = table.assign(score=table[f"prob_{label}"])
    elif label is not None and "label" in table:
        named = table["label"].astype(str)
        if label not in set(named):
            names = ", ".join(map(repr, sorted(set(named))))
            raise HearingAIError(
                f"`label` must be one of {names}, which `scores` has events of. Received: {label!r}"
            )
        table = table[named == label]
    known = getattr(scores, "recordings", None)
    if isinstance(by, str) and known is not None and by not in table and by in known:
        table = table.assign(**{by: table["fname"].map(_of_recordings(known, by))})
    kept = table[[c for c in table if not str(c).startswith("prob_")]].reset_index(drop=True)
    return kept.assign(score=_finite("scores", kept["score"]))


def _of_recordings(recordings: pd.DataFrame, column: str) -> dict[Any, Any]:
    """What a table of recordings, or of parts of them, says of each."""
    return dict(zip(recordings["fname"], recordings[column], strict=True))


def _finite(argument: str, values: pd.Series) -> np.ndarray:
    try:
        numbers = pd.to_numeric(values).to_numpy("float64", na_value=np.nan)
    except (ValueError, TypeError):
        raise HearingAIError(f'`{argument}["score"]` must be numbers') from None
    missing = np.flatnonzero(~np.isfinite(numbers))
    if len(missing):
        raise HearingAIError(f'`{argument}["score"]` is no finite number in row {missing[0] + 1}')
    return numbers


def judged_windows(validated: Any) -> pd.DataFrame:
    """The windows with a verdict, in rows from 0; `present` as 0 and 1."""
    check_columns("validated", validated, ("score", "present"))
    table = validated.reset_index(drop=True)
    present = pd.Series([_verdict(v, row) for row, v in enumerate(table["present"])], dtype=float)
    table = table.assign(score=_finite("validated", table["score"]), present=present)
    without = int(present.isna().sum())
    if without == len(table):
        raise HearingAIError("`validated` has no window whose `present` is filled in")
    if without:
        warn(f"{without} of {len(table)} validated windows have no `present`: left out")
    _refuse_twice(table, [c for c in ("fname", "start", "end", "label") if c in table])
    return table[present.notna()].reset_index(drop=True)


def _refuse_twice(table: pd.DataFrame, columns: list[str]) -> None:
    """Raise an error where a window is there twice, which would count as two."""
    if not {"fname", "start"} <= set(columns):
        return
    # numbers, since pandas groups texts by UTF-8 alone
    keys = pd.DataFrame({c: pd.factorize(table[c].to_numpy())[0] for c in columns})
    twice = np.flatnonzero(keys.duplicated())
    if len(twice):
        raise HearingAIError(
            f"`validated` has the window in row {twice[0] + 1} twice: each needs one verdict"
        )


def edges_told(table: pd.DataFrame) -> np.ndarray:
    """The edges of bins that validated windows tell: `low` and `high` of each, around its score."""
    low, high = (
        finite_array(f"validated[{c!r}]", table[c]).astype("float64") for c in ("low", "high")
    )
    scores = table["score"].to_numpy("float64")
    wrong = np.flatnonzero((scores < low - _TINY) | (scores > high + _TINY))
    if len(wrong):
        row = wrong[0]
        raise HearingAIError(
            f'`validated["score"]` in row {row + 1} must lie from `low` to `high`, the scores of '
            f"its bin, {low[row]:g} to {high[row]:g}. Received: {scores[row]:g}"
        )
    return np.unique(np.concatenate([low, high]))


def _verdict(value: Any, row: int) -> float:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return np.nan
    text = str(int(value) if isinstance(value, float) and value in (0, 1) else value).strip()
    if text.lower() in _VERDICTS or not text:
        return _VERDICTS.get(text.lower(), np.nan)
    raise HearingAIError(
        f'`validated["present"]` in row {row + 1} must be 1 or 0, or missing. Received: {value!r}'
    )


def groups_of(table: pd.DataFrame, by: str, argument: str) -> dict[str, np.ndarray]:
    """The rows of each value of a column."""
    if not isinstance(by, str):
        raise HearingAIError(f"`by` must name a column. Received: {by!r}")
    check_column(argument, table, by)
    if table[by].isna().any():
        raise HearingAIError(f'`{argument}["{by}"]` is missing in some rows')
    indices = table.groupby(names_in(table[by])).indices
    return {str(name): np.asarray(rows) for name, rows in sorted(indices.items())}


def names_in(values: pd.Series) -> pd.Series:
    """A column as text that can be written."""
    return pd.Series([as_utf8(str(value)) for value in values], values.index, dtype=object)


def inner_edges(scores: np.ndarray, bins: Any) -> np.ndarray:
    """The scores that part the bins; equal ones are one."""
    if isinstance(bins, (int, np.integer)) or not isinstance(bins, (Sequence, np.ndarray)):
        count = whole("bins", bins, low=1, high=20)
        shares = 1 - 0.5 ** np.arange(1, count)
        inner = np.unique(np.quantile(scores, shares)) if count > 1 else np.array([])
    else:
        inner = finite_array("bins", bins, ndim=1).astype("float64")
        if (np.diff(inner) <= 0).any():
            raise HearingAIError(f"`bins` must rise. Received: {list(bins)!r}")
    return inner[inner > scores.min()]
