"""The layer that maps probabilities to calibrated ones."""

import keras
import numpy as np
import pytest

from hearingai.networks import Calibration

P = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6]], "float32")


def applied(layer, *curves):
    layer.build(P.shape)
    if curves:
        layer.set_curves(*curves)
    return np.asarray(layer(P))


@pytest.mark.parametrize("method", ["temperature", "platt", "isotonic"])
@pytest.mark.parametrize("exclusive", [True, False])
def test_it_changes_nothing_until_it_has_curves(method, exclusive):
    np.testing.assert_allclose(applied(Calibration(method, exclusive=exclusive)), P, atol=1e-6)


def test_a_temperature_divides_the_logits_of_labels_that_exclude_each_other():
    expected = np.sqrt(P) / np.sqrt(P).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(applied(Calibration("temperature"), [0.5]), expected, atol=1e-6)


def test_it_scales_and_shifts_the_logits_of_labels_that_do_not():
    logits = np.log(P / (1 - P))
    layer = Calibration("temperature", exclusive=False)
    np.testing.assert_allclose(applied(layer, [2.0]), 1 / (1 + np.exp(-2 * logits)), atol=1e-6)
    layer = Calibration("platt", exclusive=False)
    a, b = np.array([1.0, 2.0, 0.5]), np.array([0.0, 1.0, -1.0])
    expected = 1 / (1 + np.exp(-(a * logits + b)))
    np.testing.assert_allclose(applied(layer, a, b), expected, atol=1e-6)
    layer = Calibration("platt")
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(applied(layer, a, b), expected, atol=1e-6)


def test_it_goes_straight_between_points_and_jumps_where_two_are_one():
    x = [[0.1, 0.3, 0.3, 0.7], [0.0, 1.0, 1.0, 1.0], [0.2, 0.4, 0.6, 0.6]]
    y = [[0.0, 0.2, 0.4, 1.0], [0.0, 0.5, 0.5, 0.5], [0.0, 0.3, 0.9, 0.9]]
    layer = Calibration("isotonic", exclusive=False, points=4)
    expected = [[0.85, 0.15, 0.0], [0.1, 0.1, 0.9]]
    np.testing.assert_allclose(applied(layer, x, y), expected, atol=1e-6)


def test_no_training_changes_it_and_files_keep_it():
    layer = Calibration("platt", exclusive=False, name="last")
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, "sigmoid"), layer])
    layer.set_curves([1.0, 2.0, 3.0], [0.0, 0.1, 0.2])
    network.compile("adam", "binary_crossentropy")
    network.fit(P, P, epochs=2, verbose=0)
    assert np.asarray(layer.a).tolist() == [1.0, 2.0, 3.0]
    again = Calibration.from_config(layer.get_config())
    assert (again.method, again.exclusive, again.points, again.name) == ("platt", False, 2, "last")
