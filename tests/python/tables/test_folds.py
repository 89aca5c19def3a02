"""Folds: every clip in one, no group in two."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.tables.clip_table import check_clips
from hearingai.tables.folds import assign_folds, fold_tables, in_order


def table(n=60, **columns):
    data = {"fname": [f"{i}.wav" for i in range(n)], "class": ["a", "b", "c"] * (n // 3)}
    return check_clips(pd.DataFrame(data | columns))


def test_a_number_of_folds_balances_the_classes():
    clips = table()
    dealt = assign_folds(clips, 5, seed=1)
    counts = pd.crosstab(dealt, clips["class"])
    assert counts.to_numpy().tolist() == [[4, 4, 4]] * 5
    assert (assign_folds(clips, 5, seed=1) == dealt).all()
    assert (assign_folds(clips, 5, seed=2) != dealt).any()


@pytest.mark.parametrize("column", ["speaker", "source"])
def test_no_speaker_and_no_source_straddles(column):
    clips = table(**{column: np.repeat(range(12), 5)})
    dealt = assign_folds(clips, 4, seed=3)
    assert dealt.nunique() == 4
    assert (dealt.groupby(clips[column]).nunique() == 1).all()


def test_fewer_speakers_than_folds_is_an_error_not_a_leak():
    clips = table(speaker=["ann", "bob", "cy"] * 20)
    with pytest.raises(hearingai.HearingAIError, match="can be 3 at most.*speaker"):
        assign_folds(clips, 5, seed=1)


def test_a_column_gives_the_folds():
    clips = table(fold=np.tile(range(1, 11), 6))
    assert (assign_folds(clips, "fold", 0) == clips["fold"]).all()


def test_clips_in_no_list_are_told():
    with pytest.warns(hearingai.HearingAIWarning, match="^40 clips are in none of `folds`"):
        dealt = assign_folds(table(), [range(10), range(10, 20)], 0)
    assert dealt.isna().sum() == 40


def test_clips_without_a_fold_are_told_and_folds_keep_their_names():
    with pytest.warns(hearingai.HearingAIWarning, match="20 clips have no `fold`"):
        dealt = assign_folds(table(fold=[None, 1, 2] * 20), "fold", 0)
    assert list(map(str, sorted(set(dealt.dropna())))) == ["1", "2"]
    train, _, test = fold_tables(table(), dealt, 2, False)
    assert (len(train), len(test)) == (20, 20)
    split = hearingai.fold_split(table(fold=[1.0, 2.0, 3.0] * 20), 2)["split"]
    assert split.tolist() == ["validation", "test", "train"] * 20


def test_positions_give_the_folds_of_unequal_size():
    dealt = assign_folds(table(), [[0, 1, 2], [5, 4], [59]], seed=0)
    assert dealt[[0, 1, 2, 4, 5, 59]].tolist() == ["1", "1", "1", "2", "2", "3"]
    assert dealt.notna().sum() == 6


@pytest.mark.parametrize(
    ("folds", "words"),
    [
        ("room", "no column `room`"),
        (1, "at least two"),
        (2.5, "folds"),
        (-3, "folds"),
        ([[0], [60]], "not in the table"),
        ([[0, 1], [1]], "two of `folds`"),
        ([[0, 1]], "at least two"),
    ],
)
def test_wrong_folds_are_named(folds, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        assign_folds(table(), folds, seed=0)


def test_one_value_in_the_column_is_no_cross_validation():
    with pytest.raises(hearingai.HearingAIError, match="at least two"):
        assign_folds(table(fold=[1] * 60), "fold", seed=0)


def test_the_fold_before_validates():
    clips = table(fold=np.tile(range(1, 11), 6))
    for fold, before in ((2, 1), (1, 10), (10, 9)):
        train, held, test = fold_tables(clips, clips["fold"], fold, "fold")
        assert set(test["fold"]) == {fold}
        assert set(held["fold"]) == {before}
        assert set(train["fold"]) == set(range(1, 11)) - {fold, before}
    # Of two folds, none is left to validate.
    two = clips["fold"] % 2
    assert fold_tables(clips, two, 0, "fold")[1] is None


def test_a_share_of_the_training_clips_validates_and_groups_stay_together():
    clips = table(speaker=np.repeat(range(12), 5), fold=np.repeat(range(4), 15))
    train, held, test = fold_tables(clips, clips["fold"], 2, 0.3)
    assert len(train) + len(held) + len(test) == 60
    assert not set(train["speaker"]) & set(held["speaker"])
    assert not (set(train["fold"]) | set(held["fold"])) & {2}
    other = fold_tables(clips, clips["fold"], 2, 0.3, seed=1)[1]
    assert set(other.index) != set(held.index)
    for wrong in (1.0, -1, "none"):
        with pytest.raises(hearingai.HearingAIError, match="validation"):
            fold_tables(clips, clips["fold"], 2, wrong)


def test_clips_in_no_fold_neither_train_nor_measure():
    dealt = assign_folds(table(), [[0, 1], [2, 3], [4]], seed=0)
    train, held, test = fold_tables(table(), dealt, "2", "fold")
    assert [list(part.index) for part in (train, held, test)] == [[4], [0, 1], [2, 3]]


def test_folds_sort_as_numbers():
    assert sorted(["10", "2", "b", 1, "a"], key=in_order) == [1, "2", "10", "a", "b"]


def test_fold_split_marks_every_clip():
    clips = table(fold=np.tile(range(1, 11), 6))
    split = hearingai.fold_split(clips, 10)
    assert set(split.loc[split["fold"] == 10, "split"]) == {"test"}
    assert set(split.loc[split["fold"] == 9, "split"]) == {"validation"}
    assert set(split.loc[split["fold"] < 9, "split"]) == {"train"}
    assert (hearingai.fold_split(clips, "10")["split"] == split["split"]).all()
    assert "split" not in clips


@pytest.mark.parametrize(
    ("change", "fold", "by", "words"),
    [
        ({}, 1, "room", "no column `room`"),
        ({}, 11, "fold", "fold"),
        ({"fold": [1, 2] * 30}, 1, "fold", "three"),
        ({"fold": [None, 1, 2] * 20}, 1, "fold", "missing in row 1"),
    ],
)
def test_a_wrong_fold_split_is_named(change, fold, by, words):
    clips = table(fold=np.tile(range(1, 11), 6)).assign(**change)
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.fold_split(clips, fold, by=by)
