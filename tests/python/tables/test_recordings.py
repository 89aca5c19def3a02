"""Parts of one recording stay on one side of a split, or it is told that they do not."""

import warnings

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.tables.clip_table import check_clips
from hearingai.tables.folds import assign_folds, fold_tables
from hearingai.tables.recordings import recordings_of, together
from hearingai.tables.splitting import partition


def parts(n_recordings=6, each=10, **columns):
    """Parts of one second of long recordings."""
    n = n_recordings * each
    start = np.tile(np.arange(each, dtype=float), n_recordings)
    data = {
        "fname": [f"long/{i // each}.wav" for i in range(n)],
        "class": ["a", "b"] * (n // 2),
        "start": start,
        "end": start + 1,
    }
    return check_clips(pd.DataFrame(data | columns))


def straddles(clips, side):
    return (pd.Series(np.asarray(side)).groupby(clips["fname"]).nunique() > 1).any()


@pytest.mark.parametrize("by", ["auto", None])
def test_a_split_keeps_the_parts_of_a_recording_together(by):
    clips = parts()
    split = hearingai.split_clips(clips, {"train": 0.5, "test": 0.5}, by=by)["split"]
    assert not straddles(clips, split)
    assert split.value_counts().to_dict() == {"train": 30, "test": 30}


def test_a_split_by_speaker_keeps_recordings_together_too():
    # Each recording has two speakers; recordings 2k and 2k + 1 have the same two.
    clips = parts(speaker=[f"s{2 * (i // 20) + i % 2}" for i in range(60)])
    split = hearingai.split_clips(clips, {"train": 2, "test": 1})["split"]
    assert not straddles(clips, split)
    assert (split.groupby(clips["speaker"]).nunique() == 1).all()


def test_auto_takes_what_the_table_names():
    clips = parts(60, 1).drop(columns=["start", "end"]).assign(source=np.arange(60) // 10)
    auto, named = (hearingai.split_clips(clips, by=by, seed=1) for by in ("auto", "source"))
    assert auto.equals(named)
    assert (auto.groupby("source")["split"].nunique() == 1).all()


def test_too_few_recordings_are_an_error():
    with pytest.raises(hearingai.HearingAIError, match="1 group.*recording.*too few for 2"):
        hearingai.split_clips(parts(1))


def test_a_column_may_name_the_recording():
    clips = parts(6, 10, fname=[f"{i}.wav" for i in range(60)], recording=np.arange(60) // 20)
    split = hearingai.split_clips(clips, {"train": 2, "test": 1})
    assert (split.groupby("recording")["split"].nunique() == 1).all()


def test_ways_to_write_one_path_are_one_recording():
    clips = parts(1, 4, fname=["a/b.wav", "a/./b.wav", "a//b.wav", "c/../a/b.wav"])
    assert recordings_of(clips).nunique() == 1


def test_files_of_embeddings_are_no_recordings():
    clips = parts(2).assign(record=range(20))
    assert recordings_of(clips) is None
    assert together(clips, None) is None


def test_fit_splits_by_recording():
    found = partition(parts(), None, ["a", "b"], 0.3, 1)
    assert found["split_by"] == "recording"
    assert not set(found["train"]["fname"]) & set(found["validation"]["fname"])


def test_a_single_recording_is_split_and_told():
    with pytest.warns(hearingai.HearingAIWarning, match="all clips are parts of one recording"):
        found = partition(parts(1), None, ["a", "b"], 0.3, 1)
    assert found["split_by"] == "clip"
    assert len(found["train"]) + len(found["validation"]) == 10


def test_speakers_in_every_recording_are_told():
    clips = parts(speaker=["ann", "bob"] * 30)
    with pytest.warns(hearingai.HearingAIWarning, match="several values of `speaker`"):
        found = partition(clips, None, ["a", "b"], 0.3, 1)
    assert not set(found["train"]["fname"]) & set(found["validation"]["fname"])


def test_a_split_of_the_user_that_straddles_is_named():
    clips = parts().assign(split=["train", "train", "validation"] * 20)
    with pytest.warns(hearingai.HearingAIWarning, match="parts of one recording.*0.wav.*3 more"):
        partition(clips, None, ["a", "b"], 0.3, 1)
    with pytest.warns(hearingai.HearingAIWarning, match="of training and validation"):
        partition(clips[:15], clips[15:], ["a", "b"], 0.3, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        partition(clips[:20], clips[20:], ["a", "b"], 0.3, 1)


def test_folds_keep_recordings_together_or_name_it():
    clips = parts()
    assert not straddles(clips, assign_folds(clips, 3, seed=1))
    with pytest.raises(hearingai.HearingAIError, match="can be 6 at most.*recording"):
        assign_folds(clips, 7, seed=1)
    with pytest.warns(hearingai.HearingAIWarning, match="parts of one recording"):
        assign_folds(clips.assign(fold=[1, 2, 3] * 20), "fold", 0)
    with pytest.warns(hearingai.HearingAIWarning, match="parts of one recording"):
        hearingai.fold_split(clips.assign(fold=[1, 2, 3] * 20), 2)
    with pytest.warns(hearingai.HearingAIWarning, match="parts of one recording"):
        assign_folds(clips, [[0, 2], [1, 3]], 0)
    train, held, _ = fold_tables(clips, assign_folds(clips, 3, seed=1), "2", 0.3)
    assert not set(train["fname"]) & set(held["fname"])
