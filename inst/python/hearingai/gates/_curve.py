"""The curve of a gate's gain: when it opens and closes, computed sample by sample."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np


@dataclass(frozen=True)
class GateRules:
    """How the gate's control signal (its keys: probabilities in time) becomes a gain.

    Attributes:
        threshold: Keys of this and above open the gate.
        low: Keys of this and above keep it open.
        range_db: The gain of the closed gate, dB, 0 or less; minus infinity is silence.
        attack: Seconds from closed to open.
        hold: Seconds it stays open after the last key that kept it open.
        release: Seconds from open to closed.
        lead: Seconds, a `Fraction`, by which it begins to open before the time of the key; negative
            where it opens later.
    """

    threshold: float
    low: float
    range_db: float
    attack: float
    hold: float
    release: float
    lead: Fraction = Fraction(0)

    @property
    def floor(self) -> float:
        """The gain of the closed gate as a factor."""
        return 10 ** (self.range_db / 20)


class GainCurve:
    """The gain of a gate, from keys in portions; it does not depend on the portions.

    Key `k` belongs to the time `offset + k * hop`. One that reaches `threshold` opens the gate,
    `lead` before its time, and those that follow keep it open while they reach `low`. It begins to
    close `hold` after the time of the last of these. Opening and closing are the halves of a
    raised cosine: the gain has neither a step nor a kink at their ends. One that is reversed before
    its end goes back from the gain reached. Positions are exact fractions, so they do not drift.

    Args:
        rules: The `GateRules`.
        sample_rate: Rate of the curve, Hz.
        hop: Seconds from key to key, a `Fraction`.
        offset: Time of the first key, seconds, a `Fraction`.

    Attributes:
        known: How many samples of the curve are final.

    Example:
        >>> rules = GateRules(0.5, 0.5, float("-inf"), attack=0.2, hold=0.1, release=0.4)
        >>> curve = GainCurve(rules, 10, Fraction(1, 2))
        >>> curve.push([0.1, 0.9, 0.1]).tolist()
        [False, True, False]
        >>> curve.finish()
        >>> [round(float(gain), 2) for gain in curve.read(14)]
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 0.85, 0.5, 0.15]
    """

    def __init__(
        self, rules: GateRules, sample_rate: int, hop: Fraction, offset: Fraction = Fraction(0)
    ) -> None:
        self._rules, self._hop, self._offset = rules, hop, offset
        self._times = _Steps(offset, hop, sample_rate)
        self._acts = _Steps(offset - rules.lead, hop, sample_rate)
        self._ends = _Steps(offset + Fraction(repr(float(rules.hold))), hop, sample_rate)
        self._rise = 1 / max(1, round(rules.attack * sample_rate))
        self._fall = -1 / max(1, round(rules.release * sample_rate))
        self._n, self._kept, self._open, self._until = 0, False, False, 0
        # a gate may begin to open before the sound begins
        self._position = min(0, self._acts(0))
        self._ramps = [(self._position, 0.0, self._fall)]  # first sample, openness there, slope
        self.known: int | float = self._acts(0)

    def time(self, k: int) -> float:
        """The time of key `k`, seconds."""
        return float(self._offset + k * self._hop)

    def sample(self, k: int) -> int:
        """The sample at the time of key `k`."""
        return self._times(k)

    def push(self, keys: Sequence[float] | np.ndarray) -> np.ndarray:
        """Add the next keys.

        Args:
            keys: `(n,)`.

        Returns:
            bool, `(n,)`: whether each keeps the gate open.
        """
        kept = np.zeros(len(keys), bool)
        for i, key in enumerate(keys):
            kept[i] = self._follow(key)
        return kept

    def finish(self) -> None:
        """End the keys: all of the curve becomes final."""
        if self._open:
            self._turn(self._until, self._fall)
        self._open, self.known = False, math.inf

    def read(self, to: int) -> np.ndarray:
        """The next gains, up to sample `to`, as far as they are final.

        Returns:
            float64 factors, from the first sample that was not read yet.
        """
        to = int(min(to, self.known))
        shares = [np.zeros(0)]
        while self._position < to:
            first, share, slope = self._ramps[0]
            end = self._ramps[1][0] if len(self._ramps) > 1 else to
            if end <= self._position:
                self._ramps.pop(0)
                continue
            n = np.arange(self._position, min(to, end))
            shares.append(np.clip(share + (n - first) * slope, 0, 1)[n >= 0])
            self._position = min(to, end)
        floor = self._rules.floor
        return floor + (1 - floor) * (0.5 - 0.5 * np.cos(np.pi * np.concatenate(shares)))

    def _follow(self, key: float) -> bool:
        k, self._n = self._n, self._n + 1
        self._kept = bool(key >= (self._rules.low if self._kept else self._rules.threshold))
        self.known = self._acts(k + 1)
        if self._kept:
            if not self._open:
                self._turn(self._acts(k), self._rise)
            self._open = True
            self._until = max(self._ends(k), self.known)
        elif self._open and self._until < self.known:
            self._turn(self._until, self._fall)
            self._open = False
        return self._kept

    def _turn(self, sample: int, slope: float) -> None:
        """Begin to open or to close at a sample."""
        first, share, before = self._ramps[-1]
        share = min(1.0, max(0.0, share + (sample - first) * before))
        self._ramps.append((sample, share, slope))


class _Steps:
    """The samples nearest to the times `first + k * hop`, in integer arithmetic."""

    def __init__(self, first: Fraction, hop: Fraction, rate: int) -> None:
        first, step = Fraction(first) * rate + Fraction(1, 2), Fraction(hop) * rate
        self._over = math.lcm(first.denominator, step.denominator)
        self._first, self._step = int(first * self._over), int(step * self._over)

    def __call__(self, k: int) -> int:
        return (self._first + k * self._step) // self._over


def gain_curve(
    keys: Sequence[float] | np.ndarray,
    rules: GateRules,
    sample_rate: int,
    hop: Fraction,
    samples: int,
    offset: Fraction = Fraction(0),
) -> np.ndarray:
    """The gain of a whole sound.

    Args:
        keys: `(n,)`, see `GainCurve`.
        rules: The `GateRules`.
        sample_rate: Rate of the curve, Hz.
        hop: Seconds from key to key, a `Fraction`.
        samples: Length of the sound.
        offset: Time of the first key, seconds, a `Fraction`.

    Returns:
        float64 factors, `(samples,)`.
    """
    curve = GainCurve(rules, sample_rate, hop, offset)
    curve.push(keys)
    curve.finish()
    return curve.read(samples)
