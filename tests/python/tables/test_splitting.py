"""Which clips train, which validate, and what a class weighs."""

import warnings

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.tables.clip_table import check_clips
from hearingai.tables.recordings import group_of
from hearingai.tables.splitting import partition, split_clips


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


def many(n=240, speakers=20, classes="abcd"):
    """Clips whose speakers say each class about equally often."""
    index = np.arange(n)
    return pd.DataFrame(
        {
            "fname": [f"{i}.wav" for i in index],
            "class": [classes[i % len(classes)] for i in index],
            "speaker": [f"s{i // len(classes) % speakers}" for i in index],
        }
    )


@pytest.mark.parametrize("fractions", [None, {"train": 8, "validation": 1, "test": 1}])
def test_split_keeps_speakers_together_and_classes_balanced(fractions):
    clips = split_clips(many(), fractions, seed=1)
    assert (clips.groupby("speaker")["split"].nunique() == 1).all()
    wanted = fractions or {"train": 0.7, "validation": 0.3}
    shares = clips["split"].value_counts(normalize=True)
    for name, share in wanted.items():
        assert shares[name] == pytest.approx(share / sum(wanted.values()), abs=0.05)
        counts = clips.loc[clips["split"] == name, "class"].value_counts()
        assert counts.max() == counts.min()


def test_split_balances_classes_that_speakers_say_unequally():
    clips = many()
    rng = np.random.default_rng(0)
    clips["class"] = np.where(rng.random(240) < 0.15, "rare", "common")
    table = split_clips(clips, {"train": 0.5, "test": 0.5}, seed=0)
    rare = table[table["class"] == "rare"]["split"].value_counts(normalize=True)
    assert rare["train"] == pytest.approx(0.5, abs=0.1)


def test_split_depends_on_the_seed_alone():
    clips = many()
    first = split_clips(clips, seed=1)
    np.random.seed(0)  # noqa: NPY002
    assert split_clips(clips, seed=1.0).equals(first)
    assert not split_clips(clips, seed=2).equals(first)


def test_every_split_gets_a_group():
    for n, seed in ((3, 0), (3, 1), (5, 2), (9, 3)):
        sizes = np.repeat(np.arange(n), [12] + [1] * (n - 1))
        names = [f"{i}.wav" for i in range(len(sizes))]
        clips = pd.DataFrame({"fname": names, "class": "x", "speaker": sizes})
        table = split_clips(clips, {"train": 0.98, "validation": 0.01, "test": 0.01}, seed=seed)
        assert table["split"].nunique() == 3


def test_split_by_another_column():
    clips = many().assign(fold=lambda t: t.index % 10)
    table = split_clips(clips, by="fold")
    assert (table.groupby("fold")["split"].nunique() == 1).all()


@pytest.mark.parametrize("column", ["speaker", "fold", "source"])
def test_a_split_that_leaks_is_named(column):
    clips = many().rename(columns={"speaker": column})
    with pytest.warns(
        hearingai.HearingAIWarning, match=f"leaks: clips of one {column}.*by='{column}'"
    ) as got:
        table = split_clips(clips, by=None)
    assert got[0].filename == __file__
    assert table["split"].value_counts().to_dict() == {"train": 168, "validation": 72}


def test_a_random_split_without_groups_is_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split_clips(many().drop(columns="speaker"), by=None)
        split_clips(many().assign(speaker="one"), by=None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "voice"}, "no column `voice` to split by .`by=None`.*Its columns: fname, class"),
        ({"fractions": {"train": 1, "test": 0}}, r"`fractions\['test'\]` must be a positive"),
        ({"fractions": dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 1)}, r"20 group\(s\) by"),
        ({"seed": -1}, "`seed` must be a whole number from 0 to 2147483647. Received: -1"),
    ],
)
def test_arguments_of_splitting_are_checked(arguments, message):
    with pytest.raises(hearingai.HearingAIError, match=message):
        split_clips(many(), **arguments)


def test_a_missing_speaker_is_refused():
    clips = many()
    clips.loc[4, "speaker"] = None
    with pytest.raises(hearingai.HearingAIError, match=r"`clips..speaker..` is missing in row 5"):
        split_clips(clips)
