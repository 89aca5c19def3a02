import keras
import numpy as np
import pytest

import hearingai
from hearingai.augment import ColouredNoise


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def added(slope, snr_db, samples=4096):
    noise = np.random.default_rng(0).normal(size=(1, samples)).astype("float32")
    clip = np.full((1, samples), 0.5, "float32")
    mixed = ColouredNoise().apply(clip, noise=noise, slope=[slope], snr_db=[snr_db])
    return noise, array(mixed) - clip


@pytest.mark.parametrize("slope", [0.0, 1.0, 1.2])
def test_its_spectrum_falls_as_drawn(slope):
    noise, found = added(slope, 10.0)
    ratio = np.abs(np.fft.rfft(found[0]))[1:] / np.abs(np.fft.rfft(noise[0]))[1:]
    wanted = np.arange(1, len(ratio) + 1) ** (-slope / 2)
    np.testing.assert_allclose(ratio / ratio[0], wanted, rtol=2e-3, atol=1e-4)
    assert abs(found.mean()) < 1e-5


@pytest.mark.parametrize("snr_db", [0.0, 20.0])
def test_its_power_is_that_of_the_ratio(snr_db):
    _, found = added(1.0, snr_db)
    assert np.square(found).mean() == pytest.approx(0.25 / 10 ** (snr_db / 10), rel=1e-4)


def test_silence_gets_no_noise_and_all_channels_the_same():
    layer = ColouredNoise(probability=1.0, seed=1)
    np.testing.assert_array_equal(array(layer(np.zeros((2, 64)), training=True)), np.zeros((2, 64)))
    stereo = array(layer(np.ones((2, 2, 64), "float32"), training=True))
    np.testing.assert_array_equal(stereo[:, 0], stereo[:, 1])


def test_draws_lie_in_their_limits():
    drawn = ColouredNoise((3, 9), (0.5, 1.0), seed=1).draw((500, 8))
    for name, low, high in (("snr_db", 3, 9), ("slope", 0.5, 1.0)):
        value = array(drawn[name])
        assert low <= value.min() < low + 0.1
        assert high - 0.1 < value.max() <= high
    with pytest.raises(hearingai.HearingAIError, match="`slope` must be a number from 0"):
        ColouredNoise(slope=-1)
