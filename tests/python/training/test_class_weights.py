"""The weight of each class in the loss."""

import numpy as np
import pytest

import hearingai
from fresh import need
from hearingai.training.class_weights import class_weights


def test_no_class_weight_is_none():
    assert class_weights(None, [0, 1], ["a", "b"]) is None


def test_balanced_weights_are_those_of_scikit_learn():
    need("sklearn")
    from sklearn.utils.class_weight import compute_class_weight

    class_id = np.array([0] * 7 + [1] * 2 + [2] * 31)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=class_id)
    found = class_weights("balanced", class_id, ["a", "b", "c"])
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(found, [40 / 21, 40 / 6, 40 / 93])


def test_a_class_without_training_clips_does_not_weigh_on_the_others():
    found = class_weights("balanced", [0, 0, 2], ["a", "b", "c"])
    assert found[[0, 2]].tolist() == [0.75, 1.5]


def test_weights_by_label_are_one_where_none_is_named():
    assert class_weights({"b": 2.5}, [0, 1], ["a", "b"]).tolist() == [1, 2.5]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("balance", "'balanced'"),
        ([1, 2], "weights by label"),
        ({"c": 2}, "unknown labels: c"),
        ({"a": -1}, "class_weight"),
    ],
)
def test_wrong_weights_are_named(wrong, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        class_weights(wrong, [0, 1], ["a", "b"])
