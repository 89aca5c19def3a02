"""Which clips train, which validate, and what a class weighs."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.tables.clip_table import check_clips
from hearingai.tables.recordings import group_of
from hearingai.tables.splitting import partition
from hearingai.training.class_weights import class_weights


def table(n=40, **columns):
    data = {"fname": [f"{i}.wav" for i in range(n)], "class": ["a", "b"] * (n // 2)}
    return check_clips(pd.DataFrame(data | columns))


def parts(clips, validation=None, share=0.25, seed=0):
    return partition(clips, validation, ["a", "b"], share, seed)


def test_the_split_of_the_table_decides():
    clips = table(split=["train"] * 25 + ["validation"] * 10 + ["test"] * 5)
    found = parts(clips)
    assert found["split_by"] == "split"
    assert list(found["train"]["fname"]) == list(clips["fname"][:25])
    assert list(found["validation"]["fname"]) == list(clips["fname"][25:35])


def test_a_split_may_train_on_less_than_half():
    clips = table(30, fold=np.repeat([1, 2, 3], [9, 10, 11]))
    found = parts(hearingai.fold_split(clips, 3))
    assert (found["split_by"], len(found["train"]), len(found["validation"])) == ("split", 9, 10)


def test_a_table_that_marks_no_validation_validates_nothing():
    found = parts(table(split=["train"] * 30 + ["test"] * 10))
    assert len(found["train"]) == 30
    assert found["validation"] is None


def test_a_part_of_a_data_set_is_split_anew_and_told():
    clips = table(split=["train"] * 5 + ["test"] * 35)
    with pytest.warns(hearingai.HearingAIWarning, match="only 5 of 40"):
        found = parts(clips)
    assert (len(found["train"]), len(found["validation"])) == (30, 10)


def test_clips_of_an_unknown_split_are_counted():
    splits = ["train"] * 30 + ["validation"] * 4 + ["test"] * 2 + ["dev"] * 3 + [None]
    message = r"4 clips are left out, since their `split` is not one of.*3 of 'dev', 1 of 'missing'"
    with pytest.warns(hearingai.HearingAIWarning, match=message):
        found = parts(table(split=splits))
    assert (len(found["train"]), len(found["validation"])) == (30, 4)


def test_a_class_without_clips_to_train_on_is_named():
    clips = table(split=["train", "test"] * 20)
    with pytest.warns(hearingai.HearingAIWarning, match="no clip is left to train on of: b$"):
        parts(clips)


@pytest.mark.parametrize("column", ["speaker", "source", "fold"])
def test_no_group_straddles(column):
    found = parts(table(**{column: np.repeat(range(8), 5)}))
    assert found["split_by"] == column
    assert not set(found["train"][column]) & set(found["validation"][column])
    assert len(found["train"]) + len(found["validation"]) == 40


def test_one_speaker_is_no_group():
    clips = table(speaker=["ann"] * 40)
    assert group_of(clips) is None
    assert parts(clips)["split_by"] == "clip"


def test_the_seed_decides_a_split_by_share():
    one, same, other = (list(parts(table(), seed=s)["validation"]["fname"]) for s in (1, 1, 2))
    assert one == same != other


def test_nothing_or_a_table_or_a_share():
    clips = table(split=["train"] * 40)
    assert parts(clips, False)["validation"] is None
    assert len(parts(clips, False)["train"]) == 40
    held = parts(clips, clips[:6])
    assert len(held["validation"]) == 6
    assert len(parts(clips, 0.5)["validation"]) == 20
    for wrong in (1, 1.5, 0, -0.1):
        with pytest.raises(hearingai.HearingAIError, match="validation"):
            parts(clips, wrong)


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
