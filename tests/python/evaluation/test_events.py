"""Which event is which true one: against every possible matching, and as others count."""

import itertools

import numpy as np
import pandas as pd
import pytest

import hearingai
from detections import random_lists
from hearingai.evaluation.events import candidates, pair


def table(rows, label="go"):
    """Events of one recording from `(start, end, score)`."""
    frame = pd.DataFrame(rows, columns=["start", "end", "score"])
    return frame.assign(fname="a", label=label)


def most_pairs(options):
    """The size of the largest matching, by trying all."""
    chosen = itertools.product(*[[*o, None] for o in options])
    fits = (c for c in chosen if len({*c} - {None}) == len(c) - c.count(None))
    return max(len(c) - c.count(None) for c in fits)


@pytest.mark.parametrize("by", ["midpoint", "onset", "overlap"])
@pytest.mark.parametrize("seed", range(12))
def test_as_many_are_matched_as_can_be(by, seed):
    rng = np.random.default_rng(seed)
    start = rng.uniform(0, 4, (2, 7))
    end = start + rng.uniform(0, 1, (2, 7))
    events, truth = (pd.DataFrame({"start": s, "end": e}) for s, e in zip(start, end, strict=True))
    options = candidates(events, truth, 0.4, by)
    partner = pair(options, 7, range(7))
    pairs = [(i, t) for i, t in enumerate(partner) if t >= 0]
    assert all(t in options[i] for i, t in pairs)
    assert len({t for _, t in pairs}) == len(pairs) == most_pairs(options)
    # one more event, and none loses its place
    for n in range(7):
        assert set(np.flatnonzero(pair(options, 7, range(n)) >= 0)) <= {i for i, _ in pairs}


@pytest.mark.parametrize("by", ["midpoint", "onset", "overlap"])
def test_candidates_are_those_near_by_the_rule(by):
    events, truth = random_lists(1, n=60)
    truth.loc[0, "end"] = 29.0  # long ones reach far
    found = candidates(events, truth, 0.3, by)
    for event, near in zip(events.itertuples(), found, strict=True):
        middle = (event.start + event.end) / 2
        gap = {
            "midpoint": np.maximum(truth["start"] - middle, middle - truth["end"]),
            "onset": (truth["start"] - event.start).abs(),
            "overlap": np.maximum(truth["start"] - event.end, event.start - truth["end"]),
        }[by]
        assert set(near) == set(np.flatnonzero(gap <= 0.3 + 1e-9))


# sed_eval 0.2.1, EventBasedMetrics(evaluate_offset=False, t_collar=0.5): true positives of a, b, c
SED_EVAL = [(2, 5, 9), (2, 3, 4), (4, 3, 4), (3, 6, 2), (2, 7, 3), (5, 8, 4), (3, 3, 4), (5, 1, 1)]


@pytest.mark.parametrize(("seed", "hits"), enumerate(SED_EVAL))
def test_hits_are_those_of_sed_eval(seed, hits):
    events, truth = random_lists(seed)
    result = hearingai.detection_metrics(events, truth, by="onset")
    assert tuple(result.per_label["hits"]) == hits


def test_greedy_would_lose_one():
    # the surer event could take either; the other only the first
    truth = table([(1.0, 1.0, 0), (2.0, 2.0, 0)])
    events = table([(1.4, 1.4, 0.9), (0.5, 0.5, 0.8)])
    assert hearingai.detection_metrics(events, truth, tolerance=0.6).summary["hits"].item() == 2


def test_a_long_chain_of_moves_is_found():
    n = 3000
    truth = table([(i, i, 0) for i in range(n)])
    # each first takes the nearer one, at its right; the last then needs all others to move
    events = table([(i + 0.6, i + 0.6, n - i) for i in range(n - 1)] + [(n - 1, n - 1, 0.5)])
    assert hearingai.detection_metrics(events, truth, tolerance=0.7).summary["hits"].item() == n


def test_many_events_at_one_true_one_are_duplicates():
    truth = table([(1.0, 2.0, 0)] * 200)
    events = table([(1.0, 2.0, 1.0)] * 2000)
    row = hearingai.detection_metrics(events, truth).summary.iloc[0]
    assert row[["hits", "duplicates"]].tolist() == [200, 1800]


def test_the_order_of_the_rows_changes_nothing():
    events, truth = random_lists(5)
    events["score"] = np.round(np.random.default_rng(1).random(len(events)), 2)
    first = hearingai.detection_metrics(events, truth, tolerance=0.4, duration=100)
    shuffled = events.sample(frac=1, random_state=1), truth.sample(frac=1, random_state=2)
    again = hearingai.detection_metrics(*shuffled, tolerance=0.4, duration=100)
    for name in ("n_events", "hits", "false_accepts"):
        assert first.summary[name].item() == again.summary[name].item()
    pd.testing.assert_frame_equal(first.curve, again.curve)


@pytest.mark.parametrize(
    ("by", "tolerance", "event", "hit"),
    [
        ("midpoint", 0.5, (0.0, 1.0), True),  # its middle 0.5 before the word
        ("midpoint", 0.5, (0.0, 0.9), False),
        ("midpoint", 0.0, (0.0, 3.0), True),
        ("onset", 0.5, (1.5, 9.0), True),
        ("onset", 0.5, (0.4, 1.5), False),
        ("overlap", 0.0, (0.0, 1.0), True),  # they touch
        ("overlap", 0.0, (0.0, 0.9), False),
        ("overlap", 0.2, (2.2, 3.0), True),
    ],
)
def test_what_is_near(by, tolerance, event, hit):
    found = hearingai.detection_metrics(
        table([(*event, 1)]), table([(1.0, 2.0, 1)]), tolerance=tolerance, by=by
    )
    assert found.summary["hits"].item() == hit


def test_a_tolerance_is_kept_in_spite_of_rounding():
    assert 1.1 - 0.6 > 0.5
    events, truth = table([(1.1, 1.1, 1)]), table([(0.6, 0.6, 1)])
    assert (
        hearingai.detection_metrics(events, truth, tolerance=0.5, by="onset").summary["hits"].item()
        == 1
    )
