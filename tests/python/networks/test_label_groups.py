import keras
import numpy as np
import pytest

import hearingai
from hearingai.networks import LabelGroups

PROBABILITIES = np.array([[0.5, 0.25, 0.125, 0.125], [0.0, 0.0, 1.0, 0.0]], "float32")


@pytest.mark.parametrize(
    ("kept", "groups", "expected"),
    [
        ([3, 0], [[1, 2]], [[0.125, 0.5, 0.375], [0, 0, 1]]),
        ([], [[0, 3], [2, 1]], [[0.625, 0.375], [0, 1]]),
        ([0, 1, 2], [[3]], [[0.5, 0.25, 0.125, 0.125], [0, 0, 1, 0]]),
        ([2, 1, 0, 3], [], [[0.125, 0.25, 0.5, 0.125], [1, 0, 0, 0]]),
    ],
)
def test_what_stays_comes_first_and_the_sums_follow(kept, groups, expected):
    layer = LabelGroups(kept, groups)
    found = keras.ops.convert_to_numpy(layer(PROBABILITIES))
    np.testing.assert_array_equal(found, np.array(expected, "float32"))
    assert layer.compute_output_shape((None, 4)) == (None, found.shape[1])
    assert layer.weights == []
    again = LabelGroups.from_config(layer.get_config())
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(again(PROBABILITIES)), found)


@pytest.mark.parametrize(
    ("kept", "groups"), [([0, 1], [[2]]), ([0, 1, 2], [[2, 3]]), ([0, 1, 2], [[-1]]), ([], [[9]])]
)
def test_each_label_has_one_place(kept, groups):
    with pytest.raises(hearingai.HearingAIError, match="each of 4 labels once"):
        LabelGroups(kept, groups)(PROBABILITIES)
