"""Bootstrap confidence intervals that resample whole speakers or recordings."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from .._typing import Labels
from ..errors import HearingAIError, HearingAIWarning
from ..runtime.arguments import number, positive
from ..runtime.backend import draw_seed
from .checks import label_series, paired, place, ratio, same_length

_DRAWN_AT_ONCE = 4_000_000  # groups times samples: 32 MB per array


def bootstrap_interval(
    truth: Labels,
    predicted: Labels,
    *,
    groups: Labels | None = None,
    metric: str | Callable[[np.ndarray, np.ndarray], float] = "accuracy",
    level: float = 0.95,
    n: int = 1000,
    seed: int | None = None,
) -> pd.DataFrame:
    """Estimate a bootstrap confidence interval of a metric.

    Draws as many groups as there are, with replacement, `n` times, and takes the middle `level`
    of the metric's values (the percentile interval). Clips of one speaker or of one source
    recording resemble each other: resampled one by one they give an interval that is too narrow,
    so name their group. With fewer than some twenty groups the interval is rough. With only a few
    clips per label macro F1 is lower on the samples than on the clips: a warning says so if the
    interval does not contain the estimate.

    Args:
        truth: The true label of each clip.
        predicted: The predicted label of each clip, in the same order.
        groups: What each clip belongs to, such as its speaker; `None` draws single clips.
        metric: `"accuracy"`, `"f1_macro"`, `"f1_weighted"` (as `f1_score`, over the labels found in
            the sample) or a function of `truth` and `predicted`, two arrays, that returns a number.
        level: The share of samples inside the interval.
        n: How many samples to draw.
        seed: Whole number that decides the draws; `None` draws one.

    Returns:
        A DataFrame of one row with `estimate` (the metric of the clips given), `low`, `high`,
        `level` and `n_groups`. The ends are NaN where a function returns NaN for a sample.

    Raises:
        HearingAIError: The lengths differ, a value is missing, there are fewer than two groups, or
            `metric`, `level`, `n` or `seed` is out of range.

    Source:
        B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993; whole groups:
        C. A. Field and A. H. Welsh, "Bootstrapping clustered data", J. R. Stat. Soc. B 69, 2007.

    Example:
        >>> import hearingai
        >>> truth, predicted = ["go", "no"] * 50, ["go", "no", "go", "go"] * 25
        >>> interval = hearingai.bootstrap_interval(truth, predicted, seed=1)
        >>> interval["estimate"].item(), bool(interval["low"].item() < 0.75)
        (0.75, True)
    """
    truth, predicted = paired(truth, predicted)
    if not callable(metric) and not (isinstance(metric, str) and metric in _METRICS):
        names = ", ".join(repr(name) for name in _METRICS)
        raise HearingAIError(f"`metric` must be one of {names} or a function. Received: {metric!r}")
    level, n = number("level", level, above=0, below=1), positive("n", n, whole=True)
    rng = np.random.default_rng(draw_seed(seed))
    group_of, n_groups = _number_groups(groups, truth)
    prepare = _applied if callable(metric) else _counted
    measure = prepare(metric, truth, predicted, group_of, n_groups)
    values = np.concatenate([measure(times) for times in _draws(rng, n, n_groups)])
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    estimate = measure(np.ones((1, n_groups), dtype="int64"))[0]
    if not low <= estimate <= high and low <= high:
        warnings.warn(
            f"the interval {low:.4g} to {high:.4g} does not contain the estimate {estimate:.4g}: "
            "resampling biases this metric, as it does macro F1 with few clips per label. The "
            "accuracy's interval is unaffected",
            HearingAIWarning,
            stacklevel=2,
        )
    row = {"estimate": estimate, "low": low, "high": high, "level": level, "n_groups": n_groups}
    return pd.DataFrame([row])


def _number_groups(groups: Labels | None, truth: pd.Series) -> tuple[np.ndarray, int]:
    """Return `(group_of, n_groups)`: the group of each clip, counted from 0."""
    group_of = np.arange(len(truth))
    if groups is not None:
        groups = label_series("groups", groups)
        same_length(truth=truth, groups=groups)
        group_of = pd.factorize(groups)[0]
    n_groups = int(group_of.max()) + 1
    if n_groups < 2:
        argument, kind = ("truth", "clips") if groups is None else ("groups", "groups")
        raise HearingAIError(f"`{argument}` must hold two {kind} or more to draw from. Received: 1")
    return group_of, n_groups


def _draws(rng: np.random.Generator, n: int, n_groups: int) -> Iterator[np.ndarray]:
    """Yield arrays `(samples, groups)` of how many times each group was drawn, `n` rows in all."""
    most = max(1, _DRAWN_AT_ONCE // n_groups)
    for first in range(0, n, most):
        rows = min(most, n - first)
        drawn = rng.integers(n_groups, size=(rows, n_groups))
        drawn += n_groups * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=drawn.size).reshape(rows, n_groups)


def _counted(
    metric: Any, truth: pd.Series, predicted: pd.Series, group_of: np.ndarray, n_groups: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Make a function from draws to a metric, by counts of each label in each group."""
    position, labels, _ = place(pd.concat([truth, predicted], ignore_index=True))
    true, taken = position.reshape(2, -1)
    counts = np.zeros((3, n_groups, len(labels)))  # right, clips, predictions
    hit = true == taken
    for table, which, clips in zip(counts, (true, true, taken), (hit, ..., ...), strict=True):
        np.add.at(table, (group_of[clips], which[clips]), 1)
    return lambda times: _METRICS[metric](*(times.astype("float64") @ counts))


def _applied(
    metric: Any, truth: pd.Series, predicted: pd.Series, group_of: np.ndarray, n_groups: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Make a function from draws to the values of a metric that is itself a function."""
    true, taken, clips = truth.to_numpy(), predicted.to_numpy(), np.arange(len(truth))

    def measure(times: np.ndarray) -> np.ndarray:
        chosen = (np.repeat(clips, row[group_of]) for row in times)
        values = [metric(true[c], taken[c]) for c in chosen]
        if any(np.ndim(v) or not np.issubdtype(np.asarray(v).dtype, np.number) for v in values):
            raise HearingAIError(f"`metric` must return one number. Received: {values[0]!r}")
        return np.array(values, dtype="float64")

    return measure


# Each takes three arrays `(samples, labels)`: right, clips and predictions of each label.


def _accuracy(right: np.ndarray, clips: np.ndarray, _: np.ndarray) -> np.ndarray:
    return right.sum(axis=1) / clips.sum(axis=1)


def _f1_macro(right: np.ndarray, clips: np.ndarray, answers: np.ndarray) -> np.ndarray:
    return ratio(2 * right, clips + answers).sum(axis=1) / (clips + answers > 0).sum(axis=1)


def _f1_weighted(right: np.ndarray, clips: np.ndarray, answers: np.ndarray) -> np.ndarray:
    return (ratio(2 * right, clips + answers) * clips).sum(axis=1) / clips.sum(axis=1)


_METRICS = {"accuracy": _accuracy, "f1_macro": _f1_macro, "f1_weighted": _f1_weighted}
