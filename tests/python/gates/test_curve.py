"""The gain: when it moves, how fast, and that no portion of the keys changes it."""

import math
from fractions import Fraction

import numpy as np
import pytest

from hearingai.gates._curve import GainCurve, GateRules, gain_curve
from hearingai.gates._mixtures import activity


def by_hand(keys, rules, rate, hop, samples):
    """The gain sample by sample, as the documentation tells it."""

    def at(seconds):
        return math.floor(seconds * rate + Fraction(1, 2))

    kept, spans = False, []
    for k, key in enumerate(keys):
        kept = key >= (rules.low if kept else rules.threshold)
        if kept:
            ends = max(at(k * hop + Fraction(str(rules.hold))), at((k + 1) * hop - rules.lead))
            spans.append((at(k * hop - rules.lead), ends))
    share, gains = 0.0, []
    rise, fall = max(1, round(rules.attack * rate)), max(1, round(rules.release * rate))
    for n in range(min(0, at(-rules.lead)), samples):
        if n >= 0:
            gains.append(rules.floor + (1 - rules.floor) * (1 - math.cos(math.pi * share)) / 2)
        wanted = any(begin <= n < end for begin, end in spans)
        share = min(1.0, share + 1 / rise) if wanted else max(0.0, share - 1 / fall)
    return gains


@pytest.mark.parametrize("seed", range(12))
def test_the_curve_is_the_one_that_is_told(seed):
    rng = np.random.default_rng(seed)
    keys = np.clip(np.cumsum(rng.normal(0, 0.3, 40)) % 2 - 0.5, 0, 1)
    threshold = rng.uniform(0.3, 0.9)
    rules = GateRules(
        threshold,
        threshold * rng.uniform(0.3, 1),
        float(rng.choice([-40.0, -6.0, -np.inf])),
        attack=float(rng.choice([0, 0.013, 0.1])),
        hold=float(rng.choice([0, 0.04, 0.25])),
        release=float(rng.choice([0, 0.05, 0.3])),
        lead=Fraction(int(rng.integers(-30, 31)), 200),
    )
    rate, hop = int(rng.choice([100, 441, 1000])), Fraction(1, 50)
    found = gain_curve(keys, rules, rate, hop, rate)
    np.testing.assert_allclose(found, by_hand(keys, rules, rate, hop, rate), atol=1e-9)


def test_portions_change_no_bit():
    rng = np.random.default_rng(1)
    keys = rng.random(500)
    rules = GateRules(0.8, 0.3, -30, 0.011, 0.037, 0.09, Fraction(1, 7))
    whole = gain_curve(keys, rules, 44100, Fraction(1, 100), 5 * 44100)
    curve, parts, first = GainCurve(rules, 44100, Fraction(1, 100)), [], 0
    while first < len(keys):
        n = int(rng.integers(1, 60))
        curve.push(keys[first : first + n])
        first += n
        done = sum(map(len, parts))
        parts.append(curve.read(done + int(rng.integers(0, 40000))))
    curve.finish()
    parts.append(curve.read(5 * 44100))
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_no_step_is_larger_than_the_ramp_allows():
    keys = np.random.default_rng(2).random(300)
    rules = GateRules(0.7, 0.5, -np.inf, attack=0.01, hold=0.0, release=0.05, lead=Fraction(1, 40))
    gain = gain_curve(keys, rules, 48000, Fraction(1, 50), 6 * 48000)
    steps = np.diff(gain)
    assert gain.min() == 0
    assert gain.max() == 1
    assert steps.max() <= np.pi / 2 / 480 + 1e-12
    assert -steps.min() <= np.pi / 2 / 2400 + 1e-12


def test_a_key_half_a_day_later_is_still_at_its_sample():
    hop, k = Fraction(1, 100), 12 * 3600 * 100
    curve = GainCurve(GateRules(0.5, 0.5, -40, 0.01, 0, 0.01), 44100, hop, Fraction(1, 44100 * 3))
    assert curve.sample(k) == 12 * 3600 * 44100
    assert curve.time(k) == pytest.approx(12 * 3600)


def test_activity_bridges_short_pauses_only():
    wave = np.zeros(1000)  # at 100 Hz a frame is a sample
    wave[[100, 120, 150]] = 1.0
    wave[160] = 0.01  # 40 dB below
    expected = np.zeros(1000, bool)
    expected[100:121] = True
    expected[150] = True
    np.testing.assert_array_equal(activity(wave, 100), expected)
    assert not activity(np.zeros(10), 100).any()
