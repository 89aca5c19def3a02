"""Slices of a run: by hand, by the environment, by Slurm."""

import numpy as np
import pytest

import hearingai
from hearingai.corpora.slices import WHOLE, Slice, slice_of

SLURM = {
    "SLURM_ARRAY_TASK_ID": "7",
    "SLURM_ARRAY_TASK_COUNT": "4",
    "SLURM_ARRAY_TASK_MIN": "1",
    "SLURM_ARRAY_TASK_STEP": "2",
}


def test_slices_are_all_shards_and_each_once():
    shards = np.arange(11)
    parts = [Slice(i, 4).of(shards).tolist() for i in (1, 2, 3, 4)]
    assert parts == [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7]]
    assert WHOLE.of(shards).tolist() == shards.tolist()


@pytest.mark.parametrize(
    ("shard", "environment", "found"),
    [
        (None, {}, (1, 1)),
        ("3/50", {"HEARINGAI_SHARD": "1/2"}, (3, 50)),
        (None, {"HEARINGAI_SHARD": "2/5"}, (2, 5)),
        ("auto", {"HEARINGAI_SHARD": "2/5"} | SLURM, (2, 5)),
        ("auto", SLURM, (4, 4)),
        (None, {"HEARINGAI_SHARD": "auto"} | SLURM, (4, 4)),
        (
            "auto",
            {"SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_COUNT": "1"}
            | {"SLURM_ARRAY_TASK_MIN": "0"},
            (1, 1),
        ),
    ],
)
def test_a_slice_is_named_by_the_call_or_the_environment(shard, environment, found):
    assert slice_of(shard, environment) == found


@pytest.mark.parametrize("shard", ["0/3", "4/3", "3", "a/b", "-1/3", 3, "1/0", "3/50 "])
def test_what_is_no_slice_is_refused(shard):
    with pytest.raises(hearingai.HearingAIError, match="`shard` must be a slice"):
        slice_of(shard, {})


def test_an_environment_without_a_slice_is_refused():
    with pytest.raises(hearingai.HearingAIError, match="`HEARINGAI_SHARD` must be"):
        slice_of(None, {"HEARINGAI_SHARD": "7"})
    with pytest.raises(hearingai.HearingAIError, match="needs a slice in the environment"):
        slice_of("auto", {})
    with pytest.raises(hearingai.HearingAIError, match="not evenly numbered: task 7"):
        slice_of("auto", SLURM | {"SLURM_ARRAY_TASK_STEP": "4"})


def test_a_slurm_array_that_nobody_asked_for_is_told_of():
    with pytest.warns(hearingai.HearingAIWarning, match="task 7 of a Slurm array"):
        assert slice_of(None, SLURM) == WHOLE
