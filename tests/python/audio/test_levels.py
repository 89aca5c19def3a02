"""Where a waveform is active, and soft edges."""

import numpy as np

from hearingai.audio.levels import active_frames, soft_edges


def test_active_frames_are_those_near_the_loudest():
    wave = np.repeat([0.0, 1.0, 0.2, 0.09, 1.0], 4)[:-2]
    frames = active_frames(wave, 100, seconds=0.04, below_db=20)
    assert frames.bounds.tolist() == [0, 4, 8, 12, 16, 18]
    assert frames.active.tolist() == [False, True, True, False, True]
    np.testing.assert_allclose(frames.energy, [0, 4, 0.16, 0.0324, 2])


def test_nothing_is_active_in_silence():
    for wave in (np.zeros(10), np.zeros(0)):
        assert not active_frames(wave, 100, seconds=0.04, below_db=20).active.any()


def test_edges_fade_over_a_hundredth_of_a_second_and_the_rest_stays():
    wave = np.ones(1000, "float32")
    soft = soft_edges(wave, 16000)
    assert soft[0] < 0.01
    assert soft[-1] < 0.01
    assert (np.diff(soft[:160]) > 0).all()
    np.testing.assert_array_equal(soft[160:-160], 1)
    np.testing.assert_array_equal(soft, soft[::-1])
    np.testing.assert_array_equal(wave, 1)
    assert soft_edges([1.0], 16000).tolist() == [1.0]
