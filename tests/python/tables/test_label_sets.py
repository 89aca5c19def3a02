"""Clips with any number of labels: the column `labels` and what splits make of it."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.tables.clip_table import check_clips
from hearingai.tables.folds import assign_folds
from hearingai.tables.label_sets import class_names, counts_by_group, membership
from hearingai.tables.splitting import partition


def table(labels, **columns):
    return hearingai.clip_table([f"{i}.wav" for i in range(len(labels))], labels=labels, **columns)


def test_labels_of_every_kind_become_sorted_tuples():
    given = [["b", "a", "b"], ("c",), {"b", "a"}, "c; a", [], np.array(["a"]), [7, True], ""]
    clips = table(given, speaker="ann")
    assert list(clips) == ["fname", "labels", "speaker"]
    expected = [("a", "b"), ("c",), ("a", "b"), ("a", "c"), (), ("a",), ("7", "True"), ()]
    assert clips["labels"].tolist() == expected
    assert all(isinstance(one, tuple) for one in clips["labels"])
    assert class_names(clips) == ["7", "True", "a", "b", "c"]


@pytest.mark.parametrize("bad", [None, np.nan, 3, [None], [np.nan], ["a", " "], ["a;b"], {"a": 1}])
def test_what_is_no_set_of_labels_is_named(bad):
    with pytest.raises(hearingai.HearingAIError, match="`labels` in row 2 must"):
        table([["a"], bad])


def test_a_table_has_a_class_or_labels():
    both = pd.DataFrame({"fname": ["a.wav"], "class": ["x"], "labels": [["x"]]})
    with pytest.raises(hearingai.HearingAIError, match="leave one out"):
        check_clips(both)
    for given in ({}, {"class_": ["x"], "labels": [["x"]]}):
        with pytest.raises(hearingai.HearingAIError, match=r"`class_`.*or `labels`.*must be given"):
            hearingai.clip_table(["a.wav"], **given)
    with pytest.raises(hearingai.HearingAIError, match="none of the labels: b. The labels: a, c"):
        check_clips(table([["a", "b"]]), ["a", "c"])


def test_what_needs_a_class_says_so(tmp_path):
    clips = table([["a"], ["b"]])
    calls = {
        "data_generator": lambda: hearingai.data_generator(clips, 2),
        "lay_clips": lambda: hearingai.lay_clips(
            np.zeros(16000), clips, tmp_path / "a.wav", sample_rate=16000
        ),
    }
    for call in calls.values():
        with pytest.raises(hearingai.HearingAIError, match="must have a column `class`"):
            call()


def test_they_survive_a_csv(tmp_path):
    clips = table([["owl", "NA"], [], ["frog"]], start=[0.0, 1.0, 2.0])
    clips.to_csv(tmp_path / "clips.csv", index=False)
    assert (tmp_path / "clips.csv").read_text().splitlines()[1:] == [
        *("0.wav,NA;owl,0.0", "1.wav,,1.0", "2.wav,frog,2.0")
    ]
    again = hearingai.read_clips(tmp_path / "clips.csv")
    assert again["labels"].tolist() == [("NA", "owl"), (), ("frog",)]


def test_a_recording_with_two_sets_of_labels_is_named():
    with pytest.warns(hearingai.HearingAIWarning, match=r"several sets of labels.*as a;b, none"):
        hearingai.clip_table(["x.wav", "x.wav"], labels=[["a", "b"], []])


def test_counts_and_membership():
    clips = table([["a", "b"], [], ["b"], ["b"]])
    assert counts_by_group(clips, np.array([0, 0, 1, 1])).tolist() == [[1, 1, 1], [0, 2, 0]]
    assert membership(clips["labels"], ["b", "x"]).tolist() == [[1, 0], [0, 0], [1, 0], [1, 0]]


def test_a_split_shares_out_each_label_and_no_recording():
    rng = np.random.default_rng(1)
    sets = [[n for n in "abc" if rng.random() < p] for p in rng.random(400)]
    names = np.repeat([f"{i}.wav" for i in range(80)], 5)
    clips = hearingai.clip_table(names, labels=sets, start=np.tile(np.arange(5.0), 80))
    split = hearingai.split_clips(clips, {"train": 0.75, "test": 0.25}, seed=1)
    assert (split.groupby("fname")["split"].nunique() == 1).all()
    test = membership(split["labels"][split["split"] == "test"], "abc")
    share = test.sum(axis=0) / membership(split["labels"], "abc").sum(axis=0)
    np.testing.assert_allclose(share, 0.25, atol=0.03)


def test_folds_are_stratified_by_the_rarest_label_of_a_clip():
    clips = table([["common", "rare"] if i % 20 == 0 else ["common"] for i in range(80)] + [[]] * 4)
    dealt = assign_folds(clips, 4, seed=1)
    for label in ("rare", "common"):
        has = [label in sets for sets in clips["labels"]]
        assert dealt[has].value_counts().nunique() == 1
    assert sorted(dealt[80:]) == ["1", "2", "3", "4"]


def test_a_label_without_a_clip_to_train_on_is_named():
    clips = table([["a"], ["a", "b"]], split=["train", "validation"])
    with pytest.warns(hearingai.HearingAIWarning, match="no clip is left to train on of: b"):
        partition(clips, None, ["a", "b"], 0.2, 1)
