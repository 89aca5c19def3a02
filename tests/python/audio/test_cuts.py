"""Clips that overlap are those that are cut from their sound."""

import numpy as np
import pytest

from hearingai.audio.cuts import Cuts, as_array


@pytest.mark.parametrize("shape", [(3, 5), (3, 2, 5)])
def test_clips_of_an_array_are_these_clips(shape):
    clips = np.arange(np.prod(shape), dtype="float32").reshape(shape)
    cuts = Cuts.of(clips)
    assert len(cuts) == 3 and cuts.samples == 5
    np.testing.assert_array_equal(cuts.clips(), clips)
    np.testing.assert_array_equal(list(cuts), clips)
    assert not cuts.are_spaced_by(5)  # they have nothing in common
    np.testing.assert_array_equal(as_array(cuts), clips)
    assert as_array(clips) is clips


@pytest.mark.parametrize(
    ("starts", "unit", "expected"),
    [([0, 4, 12], 4, True), ([0, 4, 11], 4, False), ([0], 1, False), ([0, 20, 40], 4, False)],
)
def test_they_share_what_recurs_by_their_distance(starts, unit, expected):
    assert Cuts(np.zeros(60, "float32"), np.array(starts), 20).are_spaced_by(unit) is expected
