"""Choose a gate's threshold, hold and release by their errors on mixtures with known parts."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from .._typing import Progress
from ..runtime.progress import progress_bar
from ._curve import GateRules, gain_curve
from ._mixtures import Mixture
from ._settings import GateSettings

_RATE = 1000  # Hz; rate of the gain curves that are compared
_LEVELS = (0.02, *(k / 20 for k in range(1, 20)), 0.98)
_SHARES = (1.0, 0.8, 0.6, 0.4, 0.2)  # of the threshold: the values of `low` that are tried
_HOLDS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
_RELEASES = (0.02, 0.05, 0.1, 0.2, 0.3)
_ROUNDS = 2


def learn_rules(
    keys: Sequence[np.ndarray],
    mixtures: Iterable[Mixture],
    sample_rate: int,
    settings: GateSettings,
    care: float,
    progress: Progress = None,
    levels: Sequence[float] = _LEVELS,
) -> dict[str, Any]:
    """Choose threshold, low, hold and release by the smallest loss.

    The pairs (threshold, low) and (hold, release) are chosen in turn, twice, each by grid search.

    Args:
        keys: The keys of each mixture, see `GainCurve`.
        mixtures: `Mixture`s.
        sample_rate: Their rate, Hz.
        settings: The `GateSettings` that hold all other settings.
        care: See `train_gate`.
        progress: See `train_gate`.
        levels: The thresholds to try.

    Returns:
        A dict, see `train_gate`.
    """
    judged = [Judged(m, sample_rate) for m in mixtures]
    hop, window = settings.grid.hop, settings.grid.window
    rules, least, best = replace(settings.rules, hold=0.1, release=0.05), math.inf, (0.0, 0.0)
    steps = _ROUNDS * (len(levels) * len(_SHARES) + len(_HOLDS) * len(_RELEASES))
    tried: list[list[dict[str, Any]]] = [
        [{"threshold": t, "low": t * s} for t, s in itertools.product(levels, _SHARES)],
        [{"hold": h, "release": r} for h, r in itertools.product(_HOLDS, _RELEASES)],
    ]
    with progress_bar("Choosing the gate's settings", steps, progress) as bar:
        for done, change in enumerate(itertools.chain(*tried * _ROUNDS)):
            candidate = replace(rules, **change)
            lost, leaked = judge(keys, judged, candidate, hop)
            if care * lost + leaked < least:
                rules, least, best = candidate, care * lost + leaked, (lost, leaked)
            bar(done + 1)
    return {
        "target": list(settings.target),
        **{n: getattr(rules, n) for n in ("threshold", "low", "attack", "hold", "release")},
        "hop": float(hop),
        "window": float(window),
        "range_db": rules.range_db,
        "care": care,
        "lost": best[0],
        "leaked": best[1],
    }


class Judged:
    """The energies of a mixture's parts, millisecond by millisecond.

    Args:
        mixture: A `Mixture`.
        sample_rate: Hz.
    """

    def __init__(self, mixture: Mixture, sample_rate: int) -> None:
        n = len(mixture.wanted) * _RATE // sample_rate
        bounds = np.arange(n) * sample_rate // _RATE
        pause = np.where(mixture.active, 0, mixture.unwanted)
        self.wanted = _energy(mixture.wanted, bounds)
        self.pause = _energy(pause, bounds)

    def __len__(self) -> int:
        return len(self.wanted)


def judge(
    keys: Sequence[np.ndarray], judged: Sequence[Judged], rules: GateRules, hop: Fraction
) -> tuple[float, float]:
    """How much of the wanted sound gates remove, and how much unwanted sound leaks in pauses.

    Args:
        keys: The keys of each mixture, see `GainCurve`.
        judged: A `Judged` of each.
        rules: The `GateRules`.
        hop: Seconds, a `Fraction`.

    Returns:
        `(lost, leaked)`: shares of energy, means over the mixtures.
    """
    shares = []
    for key, one in zip(keys, judged, strict=True):
        gain = gain_curve(key, rules, _RATE, hop, len(one))
        shares.append((np.square(1 - gain) @ one.wanted, np.square(gain) @ one.pause))
    lost, leaked = np.mean(shares, axis=0)
    return float(lost), float(leaked)


def _energy(waveform: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The share of the energy in each frame; zeros in silence."""
    energy = np.add.reduceat(np.square(waveform, dtype="float64"), bounds)
    return energy / (energy.sum() or 1)
