import keras
import numpy as np
import pytest

import hearingai
from hearingai.augment import Equalizer


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_the_curve_runs_straight_between_its_points():
    image = np.random.default_rng(0).normal(size=(2, 3, 11, 2)).astype("float32")
    curve = np.array([[0, 1, -1, 2, 0], [3, 0, 0, 0, -3]], "float32")
    changed = array(Equalizer().apply(image, curve=curve))
    at = np.linspace(0, 4, 11)
    wanted = np.stack([np.interp(at, np.arange(5), c) for c in curve])
    expected = np.broadcast_to(wanted[:, None, :, None], image.shape)
    np.testing.assert_allclose(changed - image, expected, atol=1e-5)


def test_the_points_spread_as_asked():
    curve = array(Equalizer(0.6, 4, seed=1).draw((3000, 5, 9, 1))["curve"])
    assert curve.shape == (3000, 4)
    assert curve.std() == pytest.approx(0.6, rel=0.03)
    assert abs(curve.mean()) < 0.02


@pytest.mark.parametrize("options", [{"amount": -1}, {"points": 1}])
def test_a_wrong_argument_is_refused(options):
    with pytest.raises(hearingai.HearingAIError, match=f"`{next(iter(options))}`"):
        Equalizer(**options)
