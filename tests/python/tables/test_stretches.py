"""Stretches of recordings: where they lie, and that they are the same everywhere."""

import doctest

import pytest

from hearingai.tables import rest_labels, stretches

PARTS = [("a.wav", 0.0, 3.0), ("b.wav", 10.0, 11.0), ("c.wav", 2.5, 20.0)]


def test_the_examples():
    for module in (stretches, rest_labels):
        found = doctest.testmod(module)
        assert found.attempted and not found.failed


@pytest.mark.parametrize("n", [1, 7, 300])
def test_stretches_lie_within_their_recordings_and_none_comes_twice(n):
    cut = stretches.stretches(PARTS, n, 1.0, seed=3)
    assert len(set(cut)) == n
    bounds = {fname: (start, end) for fname, start, end in PARTS}
    for fname, start, end in cut:
        assert bounds[fname][0] <= start and end <= bounds[fname][1]
        assert end - start == pytest.approx(1.0)
    assert cut == sorted(cut)


def test_recordings_have_their_share_and_the_seed_decides():
    cut = stretches.stretches(PARTS, 185, 1.0, seed=3)
    counts = [sum(fname == part[0] for fname, *_ in cut) for part in PARTS]
    assert counts[0] == pytest.approx(185 * 201 / 1853, abs=1)
    assert counts[2] == pytest.approx(185 * 1651 / 1853, abs=1)
    assert cut == stretches.stretches(PARTS, 185, 1.0, seed=3)
    assert cut != stretches.stretches(PARTS, 185, 1.0, seed=4)


def test_there_are_no_more_stretches_than_places():
    assert len(stretches.stretches([("b.wav", 10.0, 11.02)], 50, 1.0, seed=1)) == 3
