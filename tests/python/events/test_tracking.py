"""Probabilities become events by rules that can be done by hand."""

from fractions import Fraction

import numpy as np
import pytest

from hearingai import HearingAIError
from hearingai.events.rules import event_rules
from hearingai.events.tracking import EventTracker, find_events
from hearingai.events.windows import Grid

GRID = Grid(4, 4, Fraction(1, 2))  # windows of a second, half a second apart
TENTH = Grid(10, 10, Fraction(1, 10))


def events_of(rows, seconds=None, grid=GRID, all_labels=("a",), **options):
    rows = np.asarray(rows, "float32").reshape(-1, len(all_labels))
    rules = event_rules(all_labels, grid, **{"smooth": 0, "low": None} | options)
    seconds = (len(rows) - 1) * grid.hop + grid.window if seconds is None else seconds
    return [tuple(event) for event in find_events(rows, rules, grid, seconds)]


def times(rows, **options):
    return [event[:2] for event in events_of(rows, **options)]


def test_an_event_is_the_time_around_the_middles_of_its_windows():
    # middles at 0.5, 1.0, 1.5, 2.0; each stands for a quarter of a second to both sides
    assert events_of([0, 0.75, 0.5, 0, 0]) == [(0.75, 1.75, "a", 0.75)]


def test_the_first_window_begins_with_the_recording_and_the_last_ends_with_it():
    assert times([0.9, 0, 0, 0]) == [(0.0, 0.75)]
    assert times([0, 0, 0, 0.9]) == [(1.75, 2.5)]
    assert times([0.9], seconds=1) == [(0.0, 1.0)]
    assert times([0.9], seconds=Fraction(1, 4)) == [(0.0, 0.25)]
    assert times([0, 0.9], seconds=Fraction(5, 4)) == [(0.75, 1.25)]


def test_a_threshold_is_reached_by_its_equal():
    assert times([0, 0.5, 0]) == [(0.75, 1.25)]
    assert times([0, 0.49, 0]) == []


def test_low_keeps_open_what_threshold_has_opened():
    rows = [0.3, 0.3, 0.6, 0.3, 0.2, 0.3]
    assert times(rows, threshold=0.5, low=0.25) == [(1.25, 2.25)]
    assert times(rows, threshold=0.5, low=0.5) == [(1.25, 1.75)]
    assert times([0.6, 0.34, 0], threshold=0.5) == [(0.0, 0.75)]  # low is 0.7 of threshold
    assert times([0.6, 0.36, 0], threshold=0.5) == [(0.0, 1.25)]


def test_events_closer_than_min_gap_are_one():
    rows = [0, 1, 0, 0, 0.8, 0]  # 1 s between them
    assert len(times(rows, min_gap=1.0)) == 2
    assert events_of(rows, min_gap=1.01) == [(0.75, 2.75, "a", 1.0)]
    assert times([0, 1, 0, 1, 0, 1, 0], min_gap=0.6) == [(0.75, 3.25)]


def test_short_events_are_dropped_after_those_close_together_are_one():
    rows = [0, 1, 0, 1, 0, 0, 0, 1, 0]
    assert times(rows, min_duration=0.5) == [(0.75, 1.25), (1.75, 2.25), (3.75, 4.25)]
    assert times(rows, min_duration=0.51) == []
    assert times(rows, min_duration=0.51, min_gap=0.6) == [(0.75, 2.25)]


def test_limits_are_exact_where_floating_point_is_not():
    rows = [0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0]  # 0.3 s, 0.3 s apart; 0.1 + 0.2 > 0.3 for a computer
    assert len(times(rows, grid=TENTH, min_gap=0.3)) == 2
    assert len(times(rows, grid=TENTH, min_gap=0.301)) == 1
    assert len(times(rows, grid=TENTH, min_duration=0.3)) == 2


def test_smoothing_is_the_mean_of_the_windows_around_of_those_that_there_are():
    rows = [0.9, 0.0, 0.6, 0.6, 0.0]  # means of three: 0.45, 0.5, 0.4, 0.4, 0.3
    assert events_of(rows, smooth=1.0, low=0.5) == [(0.75, 1.25, "a", 0.5)]
    assert len(times(rows, smooth=0.99, low=0.5)) == 2  # too short for a neighbour
    assert times([0.3, 0.9, 0.3], smooth=2, threshold=0.5) == [(0.0, 2.0)]


def test_smoothing_shifts_nothing():
    rows = np.zeros(41)
    rows[15:26] = 1
    ((start, end),) = times(rows, smooth=2.0, threshold=0.5, low=0.5)
    ((sharp_start, sharp_end),) = times(rows)
    assert (start, end) == (sharp_start, sharp_end)


def test_labels_are_followed_one_by_one():
    rows = [[0.9, 0.1, 0], [0.5, 0.5, 0], [0, 0.9, 0.1]]
    found = events_of(rows, all_labels=("a", "b", "c"), low=0.5)
    np.testing.assert_allclose([f[:2] for f in found], [(0, 1.25), (0.75, 2)])
    assert [f[2] for f in found] == ["a", "b"]
    assert [f[2] for f in events_of(rows, all_labels=("a", "b", "c"), labels=["b"])] == ["b"]
    assert [f[2] for f in events_of(rows, all_labels=("a", "b", "c"), ignore="b")] == ["a"]
    some = events_of(rows, all_labels=("a", "b", "c"), threshold={"a": 0.95, "c": 0.1})
    assert [f[2] for f in some] == ["b", "c"]


def test_what_is_no_number_is_no_event():
    assert times([0.9, np.nan, 0.9, np.nan]) == [(0.0, 0.75), (1.25, 1.75)]


def test_no_windows_are_no_events():
    assert events_of(np.zeros((0, 1)), seconds=0) == []


def by_hand(p, hop, window, total, threshold, low, half, min_duration, min_gap):
    """The rules again, in another way: one label, one loop, no state between calls."""
    n = len(p)
    smooth = [np.mean(p[max(0, k - half) : k + half + 1]) for k in range(n)]
    found, on = [], False
    for k in range(n):
        on = smooth[k] >= (low if on else threshold)
        if on:
            edges = [0 if k == 0 else k * hop + (window - hop) / 2]
            edges += [total if k == n - 1 else k * hop + (window + hop) / 2]
            if found and k == found[-1][2] + 1:
                found[-1][1:] = [edges[1], k, max(found[-1][3], smooth[k])]
            else:
                found.append([*edges, k, smooth[k]])
    merged = []
    for event in found:
        if merged and event[0] - merged[-1][1] < min_gap:
            merged[-1] = [merged[-1][0], event[1], event[2], max(merged[-1][3], event[3])]
        else:
            merged.append(event)
    return [(e[0], e[1], e[3]) for e in merged if e[1] - e[0] >= min_duration]


@pytest.mark.parametrize("seed", range(20))
def test_any_portions_give_the_events_of_the_whole_and_those_found_by_hand(seed):
    rng = np.random.default_rng(seed)
    p = rng.random(rng.integers(1, 120)).astype("float32") ** 0.7
    half, options = int(rng.integers(0, 3)), {"threshold": 0.7, "low": 0.5}
    options |= {"min_duration": rng.choice([0, 1.0]), "min_gap": rng.choice([0, 0.75, 2.0])}
    total = (len(p) - 1) * 0.5 + rng.choice([1.0, 0.75])
    rules = event_rules(["a"], GRID, smooth=float(half), **options)
    whole = find_events(p[:, None], rules, GRID, total)
    expected = by_hand(p.astype("float64"), 0.5, 1.0, total, half=half, **options)
    np.testing.assert_allclose([(e.start, e.end, e.score) for e in whole], expected)
    tracker, found, first = EventTracker(rules, GRID), [], 0
    while first < len(p):
        size = int(rng.integers(0, 9))
        new = tracker.push(p[first : first + size, None])
        first += size
        now = (min(first, len(p)) - 1) * 0.5 + 1.0  # all that was heard
        assert all(now - event.end <= tracker.delay + 0.5 * max(size, 1) for event in new)
        found += new
    assert sorted(found + tracker.flush(total)) == whole


def test_an_event_is_told_no_later_than_promised_and_shown_while_it_lasts():
    for smooth, min_gap in ((0, 0), (1, 0), (0, 0.75), (2, 3)):
        rules = event_rules(["a"], GRID, smooth=smooth, min_gap=min_gap, low=0.5)
        tracker, told = EventTracker(rules, GRID), None
        for k in range(40):
            new = tracker.push([[float(k in range(10, 15))]])
            if k == 14 + int(smooth):
                assert tracker.active[0].start == 5.25
            if new:
                told = k * 0.5 + 1.0 - new[0].end
        assert told == tracker.delay
        assert tracker.active == []


def test_after_an_event_no_other_of_its_label_starts_for_a_time():
    rows = [0, 1, 0, 1, 0, 1, 0]  # events of half a second, half a second between them
    assert times(rows, refractory=0.5) == [(0.75, 1.25), (1.75, 2.25), (2.75, 3.25)]
    assert times(rows, refractory=0.51) == [(0.75, 1.25), (2.75, 3.25)]
    assert times(rows, refractory=1.51) == [(0.75, 1.25)]
    both = [[0, 0], [1, 0], [0, 1], [0, 0]]  # other labels may
    assert len(events_of(both, all_labels=("a", "b"), refractory=9)) == 2
    # what is too short to be an event keeps nothing away
    assert times([0, 1, 0, 1, 1, 0], refractory=9, min_duration=0.6) == [(1.75, 2.75)]


def test_in_the_refractory_time_nothing_is_active():
    rules = event_rules(["a"], GRID, smooth=0, refractory=1.0)
    tracker, active, found = EventTracker(rules, GRID), [], []
    for value in [0, 1, 0, 1, 0, 0, 1]:
        found += tracker.push([[value]])
        active.append(len(tracker.active))
    assert active == [0, 1, 0, 0, 0, 0, 1]
    assert [event.start for event in found] == [0.75]


def test_a_threshold_of_the_classifier_holds_unless_one_is_given():
    own = {"a": 0.8, "b": 0.3}

    def levels(**options):
        return event_rules(["a", "b", "c"], GRID, own, **options).threshold.tolist()

    assert levels() == [0.8, 0.3, 0.5]
    assert levels(threshold=0.6) == [0.6, 0.6, 0.6]
    assert levels(threshold={"a": 0.9}) == [0.9, 0.3, 0.5]
    assert event_rules(["a", "b"], GRID, own).low.tolist() == pytest.approx([0.56, 0.21])


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"threshold": 0}, "`threshold`"),
        ({"threshold": 1.1}, "`threshold`"),
        ({"threshold": "high"}, "`threshold`"),
        ({"threshold": {"z": 0.5}}, "`threshold`.*'a', 'b'.*z"),
        ({"threshold": {"a": np.nan}}, "`threshold`"),
        ({"low": 0.6}, "`low` must be at most `threshold`"),
        ({"low": 0}, "`low`"),
        ({"smooth": -1}, "`smooth`"),
        ({"smooth": np.inf}, "`smooth`"),
        ({"min_duration": -1}, "`min_duration`"),
        ({"min_gap": "long"}, "`min_gap`"),
        ({"refractory": -1}, "`refractory`"),
        ({"labels": "z"}, "`labels`"),
        ({"labels": []}, "`labels`"),
        ({"ignore": ["a", "b"]}, "no label"),
        ({"ignore": "z"}, "`ignore`"),
    ],
)
def test_rules_that_cannot_be_are_refused_by_name(options, named):
    with pytest.raises(HearingAIError, match=named):
        event_rules(["a", "b"], GRID, **options)
