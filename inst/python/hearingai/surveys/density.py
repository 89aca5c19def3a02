"""Call density from scores of which a sample was listened to: density_sample(), estimate_density().

As Navine, Denton, Weldy and Hart have it: windows are stratified by score, a person validates some
of each bin, and the share of windows with a call is the sum over bins of P(call | bin) P(bin).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError
from ..runtime.arguments import flag, number, whole
from ..runtime.backend import draw_seed
from ..tables.columns import check_column
from ._scores import edges_told, groups_of, inner_edges, judged_windows, names_in, scored_windows

# Added to the counts with and without a call. With one prior for both bounds, many bins without a
# call lift the lower bound above the truth; these keep the interval's promise for rare labels too.
_NEAR, _FAR = 0.5, 0.1
_DRAWS = 2000  # from the posterior, for each bound


@dataclass
class Density:
    """The result of `estimate_density`.

    Attributes:
        summary: DataFrame with one row, or one a value of `by`: that column, `density` (the share
            of windows with the label), `lower` and `upper` (its interval), `n_windows`,
            `n_validated` and `n_present`.
        bins: DataFrame with a row a bin (and value of `by`, where each has its own): `bin` from 1,
            `low` and `high` (its scores), `n_windows`, `n_validated`, `n_present`, `share` of those
            with the label, and `lower` and `upper`, the interval of that.
        level: The probability of the intervals.
        by: The column of `summary` that tells its rows apart, or `None`.
    """

    summary: pd.DataFrame
    bins: pd.DataFrame
    level: float
    by: str | None

    def __repr__(self) -> str:
        first = self.summary.iloc[0]
        if len(self.summary) > 1:
            return f"<Density: of {len(self.summary)} values of {self.by}>"
        interval = f"{first['lower']:.3g} to {first['upper']:.3g}"
        return (
            f"<Density: {first['density']:.3g} ({self.level:.0%} interval {interval}) of "
            f"{first['n_windows']:.0f} windows, {first['n_validated']:.0f} validated>"
        )


def density_sample(
    scores: Any,
    n: int = 200,
    *,
    label: str | None = None,
    bins: int | Sequence[float] = 4,
    by: str | None = None,
    seed: int | None = None,
) -> pd.DataFrame:
    """Draw the windows that a person should listen to, for `estimate_density`.

    The windows are divided by their scores: of 4 bins the first holds the lower half, the second
    half of the rest, and so on, so that high scores, where most calls are, are sampled densely. Of
    each bin equally many are drawn, or all.

    Args:
        scores: All windows and their scores: an `Annotation`, or a table with a column `score`, or
            `prob_<label>`, and others such as `fname`, `start` and `end`, which are kept.
        n: How many to draw; with `by` of each value.
        label: Which of several `prob_<label>`; of a table of events, those of this label.
        bins: How many bins, or the scores that part them, rising.
        by: A column such as the site, of the table or of the recordings of an annotation: as many
            are drawn of each of its values.
        seed: Whole number that decides the choice; `None` draws one.

    Returns:
        A DataFrame of windows in random order: the columns of the table but for `prob_<label>`,
        `score`, `bin`, `low` and `high` (the scores of its bin), and `present`, empty: fill in 1
        where the label occurs in the window and 0 where not.

    Raises:
        HearingAIError: An argument is invalid, or a score is missing.

    Example:
        >>> import hearingai, numpy, pandas
        >>> scores = pandas.DataFrame({"fname": "a.wav", "start": range(1000)})
        >>> scores["score"] = numpy.random.default_rng(1).uniform(size=1000)
        >>> sample = hearingai.density_sample(scores, 40)
        >>> sample["bin"].value_counts().sort_index().tolist()
        [10, 10, 10, 10]
    """
    table = scored_windows(scores, label, by)
    n = whole("n", n, low=1)
    inner = inner_edges(table["score"].to_numpy(), bins)
    edges = [table["score"].min(), *inner, table["score"].max()]
    place = np.searchsorted(inner, table["score"].to_numpy(), "right")
    rng = np.random.default_rng(draw_seed(seed))
    groups = [np.arange(len(table))] if by is None else groups_of(table, by, "scores").values()
    found = [row for rows in groups for row in _drawn(place[rows], n, rng, rows)]
    drawn = rng.permutation(np.array(found, dtype=int))
    sample = table.iloc[drawn].reset_index(drop=True)
    return sample.assign(
        bin=place[drawn] + 1,
        low=np.array(edges)[place[drawn]],
        high=np.array(edges)[place[drawn] + 1],
        present=pd.Series(pd.NA, index=sample.index, dtype="Int64"),
    )


def _drawn(place: np.ndarray, n: int, rng: np.random.Generator, rows: np.ndarray) -> list[int]:
    """`n` rows, equally many of each bin, and more of the others where a bin has too few."""
    members = [rng.permutation(rows[place == b]) for b in np.unique(place)]
    members.sort(key=len)
    drawn: list[int] = []
    for i, some in enumerate(members):
        share = (n - len(drawn)) // (len(members) - i)
        drawn += some[:share].tolist()
    return drawn


def estimate_density(
    scores: Any,
    validated: pd.DataFrame,
    *,
    label: str | None = None,
    bins: int | Sequence[float] = 4,
    by: str | None = None,
    pool: bool = False,
    level: float = 0.95,
    seed: int | None = None,
) -> Density:
    """Estimate the share of windows in which a label occurs, without a threshold.

    Scores tell how windows are divided into bins, the validated ones how many of a bin hold the
    label; the estimate needs neither calibrated scores nor a good classifier, which only makes the
    interval shorter. Each bound is a quantile of the posterior of the share in each bin, for the
    windows that nobody has listened to.

    Args:
        scores: All windows and their scores, see `density_sample`.
        validated: The windows of `density_sample` with `present` filled in (1 and 0, true and
            false); or others with `score` and `present` that were drawn at random within `bins`.
        label: As of `density_sample`.
        bins: As of `density_sample`, where `validated` lacks its columns `low` and `high`.
        by: A column of both tables, such as the site, for an estimate of each of its values.
        pool: Whether values of `by` share their validated windows, as in the publication. That
            needs fewer, but takes equal scores to mean the same everywhere; where the label is
            rarer they mean less, and the intervals are much too short. `False` takes those of each
            alone, which needs some in every bin.
        level: The probability of the interval.
        seed: Whole number that decides the draws from the posterior; `None` draws one.

    Returns:
        A `Density`.

    Raises:
        HearingAIError: A table is malformed, no window of a bin was validated, or one twice.

    Warns:
        HearingAIWarning: Windows without a verdict are left out.

    References:
        Navine, A., Denton, T., Weldy, M., Hart, P. (2024). All thresholds barred: direct estimation
        of call density in bioacoustic data. Frontiers in Bird Science 3.

    Example:
        >>> import hearingai, numpy, pandas
        >>> rng = numpy.random.default_rng(1)
        >>> scores = pandas.DataFrame({"score": rng.uniform(size=5000), "start": range(5000)})
        >>> calls = rng.uniform(size=5000) < scores["score"] ** 4
        >>> sample = hearingai.density_sample(scores, 200, seed=1)
        >>> sample["present"] = calls[sample["start"]].to_numpy()
        >>> row = hearingai.estimate_density(scores, sample, seed=1).summary.iloc[0]
        >>> bool(row["lower"] < calls.mean() < row["upper"])
        True
    """
    table, verdicts = scored_windows(scores, label, by), judged_windows(validated)
    level = number("level", level, above=0, below=1)
    pool = flag("pool", pool)
    if {"low", "high"} <= set(verdicts):
        inner = edges_told(verdicts)[1:-1]
    else:
        inner = inner_edges(table["score"].to_numpy(), bins)
    names: list[Any] = [None]
    of_window, of_verdict = np.zeros(len(table), int), np.zeros(len(verdicts), int)
    if by is not None:
        names = list(groups_of(table, by, "scores"))
        of_window = pd.Index(names).get_indexer(names_in(table[by]))
        check_column("validated", verdicts, by)
        of_verdict = pd.Index(names).get_indexer(names_in(verdicts[by]))
        if (of_verdict < 0).any():
            other = verdicts[by].iloc[int(np.flatnonzero(of_verdict < 0)[0])]
            raise HearingAIError(f'`validated["{by}"]` holds {other!r}, which `scores` lacks')
    shape = (len(names), len(inner) + 1)
    windows, heard, present = np.zeros(shape, int), np.zeros(shape, int), np.zeros(shape, int)
    np.add.at(windows, (of_window, np.searchsorted(inner, table["score"], "right")), 1)
    places = (of_verdict, np.searchsorted(inner, verdicts["score"], "right"))
    np.add.at(heard, places, 1)
    np.add.at(present, places, verdicts["present"].to_numpy(int))
    _check_counts(windows, heard, names, by, pool)
    edges = np.array([table["score"].min(), *inner, table["score"].max()])
    return _estimated(windows, heard, present, names, by, pool, level, edges, draw_seed(seed))


def _estimated(
    windows: np.ndarray,
    heard: np.ndarray,
    present: np.ndarray,
    names: list[Any],
    by: str | None,
    pool: bool,
    level: float,
    edges: np.ndarray,
    seed: int,
) -> Density:
    """The estimates of counts `(values of by, bins)`."""
    rng = np.random.default_rng(seed)
    n, k = (heard, present) if not pool else (heard.sum(0)[None], present.sum(0)[None])
    rest, tail = windows - heard, (1 - level) / 2
    of_bins, of_all = [], []
    for prior, quantile in (((_FAR, _NEAR), tail), ((_NEAR, _FAR), 1 - tail)):
        p = rng.beta(k + prior[0], n - k + prior[1], size=(_DRAWS, *n.shape))
        calls = present + rng.binomial(rest, np.broadcast_to(p, (_DRAWS, *rest.shape)))
        of_all.append(np.quantile(calls.sum(-1) / windows.sum(-1), quantile, axis=0))
        of_bins.append(np.quantile(p, quantile, axis=0))
    share = k / np.maximum(n, 1)
    density = (present + rest * share).sum(-1) / windows.sum(-1)
    summary = pd.DataFrame({} if by is None else {by: pd.Series(names, dtype=object)})
    summary["density"] = density
    summary["lower"] = np.minimum(of_all[0], density)
    summary["upper"] = np.maximum(of_all[1], density)
    counts = {"n_windows": windows, "n_validated": heard, "n_present": present}
    for name, values in counts.items():
        summary[name] = values.sum(-1)
    rows, columns = n.shape
    bins = pd.DataFrame({} if by is None or pool else {by: np.repeat(names, columns)})
    bins["bin"] = np.tile(np.arange(1, columns + 1), rows)
    bins["low"], bins["high"] = np.tile(edges[:-1], rows), np.tile(edges[1:], rows)
    for name, values in counts.items():
        bins[name] = (values.sum(0) if pool else values).ravel()
    bins["share"] = np.where(n > 0, share, np.nan).ravel()
    bins["lower"] = np.where(k == 0, 0, of_bins[0]).ravel()
    bins["upper"] = np.where(k == n, 1, of_bins[1]).ravel()
    return Density(summary, bins, level, by)


def _check_counts(
    windows: np.ndarray, heard: np.ndarray, names: list[Any], by: str | None, pool: bool
) -> None:
    """Every bin that has windows must have validated ones, and not more than windows."""
    if (heard > windows).any():
        raise HearingAIError("`validated` has more windows of a bin than `scores` has")
    lacking = (windows.sum(0) > 0) & (heard.sum(0) == 0) if pool else (windows > 0) & (heard == 0)
    if lacking.any():
        place = np.argwhere(np.atleast_2d(lacking))[0]
        where = "" if pool else f" of {by} {names[place[0]]!r}"
        hint = "" if pool else "; `pool=True` takes those of all"
        raise HearingAIError(
            f"`validated` has no window of bin {place[1] + 1}{where}, whose share of calls is "
            f"unknown then{hint}"
        )
