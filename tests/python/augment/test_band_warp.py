import keras
import numpy as np
import pytest

import hearingai
from hearingai.augment import BandWarp


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


IMAGE = np.random.default_rng(0).normal(size=(3, 4, 9, 2)).astype("float32")


@pytest.mark.parametrize(("factor", "shift"), [(1.0, 0.0), (1.1, 0.5), (0.9, -1.0), (1.0, 2.0)])
def test_bands_are_read_between_their_neighbours(factor, shift):
    read = np.clip((np.arange(9) - 4 - shift) / factor + 4, 0, 8)
    warped = array(BandWarp().apply(IMAGE, factor=[factor] * 3, shift=[shift] * 3))
    for clip, frame, channel in np.ndindex(3, 4, 2):
        wanted = np.interp(read, np.arange(9), IMAGE[clip, frame, :, channel])
        np.testing.assert_allclose(warped[clip, frame, :, channel], wanted, atol=1e-5)


def test_each_clip_has_its_own():
    warped = array(BandWarp().apply(IMAGE, factor=[1, 1, 1], shift=[0, 1, -1]))
    np.testing.assert_allclose(warped[0], IMAGE[0], atol=1e-6)
    np.testing.assert_allclose(warped[1, :, 1:], IMAGE[1, :, :-1], atol=1e-6)
    np.testing.assert_allclose(warped[2, :, :-1], IMAGE[2, :, 1:], atol=1e-6)


def test_draws_lie_in_their_limits():
    drawn = BandWarp(0.1, 2, seed=1).draw((900, 4, 9, 1))
    factor, shift = array(drawn["factor"]), array(drawn["shift"])
    assert 0.9 <= factor.min() < 0.91 < 1.09 < factor.max() <= 1.1
    assert -2 <= shift.min() < -1.9 < 1.9 < shift.max() <= 2
    for options in ({"stretch": 1}, {"shift": -1}):
        with pytest.raises(hearingai.HearingAIError, match=f"`{next(iter(options))}`"):
            BandWarp(**options)
