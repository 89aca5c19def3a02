import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.tables.clip_table import check_clips, clip_table, read_clips
from hearingai.tables.splitting import split_clips


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


def test_clip_table_numbers_sorted_classes():
    clips = clip_table([Path("a.wav"), "b.wav", "c.wav"], ["yes", "no", "yes"], fold=[1, 2, 3])
    assert list(clips) == ["fname", "class", "class_id", "fold"]
    assert clips["fname"].tolist() == ["a.wav", "b.wav", "c.wav"]
    assert clips["class_id"].tolist() == [1, 0, 1]
    assert clips["fold"].tolist() == [1, 2, 3]


def test_check_clips_leaves_its_argument_alone():
    given = pd.DataFrame({"x": [1, 2], "class": [10, 9], "fname": ["a", "b"]}, index=[7, 7])
    before = given.copy()
    clips = check_clips(given)
    assert given.equals(before)
    assert list(clips) == ["fname", "class", "class_id", "x"]
    assert clips["class"].tolist() == ["10", "9"]
    assert clips["class_id"].tolist() == [0, 1]
    assert clips.index.tolist() == [0, 1]


def test_check_clips_takes_factors_and_the_labels_of_a_model():
    given = pd.DataFrame({"fname": pd.Categorical(["a", "b"]), "class": pd.Categorical(["y", "x"])})
    clips = check_clips(given, labels=["z", "y", "x"])
    assert clips["class_id"].tolist() == [1, 2]
    assert clips["fname"].tolist() == ["a", "b"]
    with pytest.raises(HearingAIError, match="none of the labels: x, y. The labels: z"):
        check_clips(given, labels=["z"])


@pytest.mark.parametrize(
    ("clips", "message"),
    [
        ([1], "`clips` must be a table .* Received: list"),
        (pd.DataFrame({"fname": ["a"]}), "must have a column `class`. Received: fname"),
        (pd.DataFrame({"a": [1]}), "must have a column `fname`. Received: a"),
        (pd.DataFrame([["a", "b"]]), "must have a column `fname`. Received: 0, 1"),
        (pd.DataFrame({"fname": [], "class": []}), "`clips` has no rows"),
        (
            pd.DataFrame({"fname": ["a", None], "class": "x"}),
            "`clips..fname..` is missing",
        ),
        (
            pd.DataFrame({"fname": "a", "class": ["x", np.nan]}),
            r"`clips..class..` is missing in row 2",
        ),
        (pd.DataFrame({"fname": "a", "class": ["x", ""]}), r"`clips..class..` is missing in row 2"),
        (
            pd.DataFrame({"fname": "a", "class": pd.Categorical(["x", "y", "  "])}),
            r"`clips..class..` is missing in row 3",
        ),
        (
            pd.DataFrame({"fname": [1], "class": ["x"]}),
            r"`clips..fname..` in row 1 must be a path. Received: 1",
        ),
    ],
)
def test_check_clips_names_what_is_wrong(clips, message):
    with pytest.raises(HearingAIError, match=message):
        check_clips(clips)


@pytest.mark.parametrize(
    ("columns", "hint"),
    [
        (["path", "class"], "`clips` must have a column `fname`. Received: path, class\n.*'path'"),
        (["fname", "Clas"], "Received: fname, Clas\n  Is it the column 'Clas'"),
        (["fname", "Species"], "Is it the column 'Species'"),
    ],
)
def test_a_column_of_another_name_is_suggested(columns, hint):
    with pytest.raises(HearingAIError, match=hint):
        check_clips(pd.DataFrame([["a", "b"]], columns=columns))
    with pytest.raises(HearingAIError, match=r"no column `speakr`.*\n  Is it the column 'speaker'"):
        split_clips(many(), by="speakr")


def test_read_clips(tmp_path):
    path = tmp_path / "clips.csv"
    elsewhere = tmp_path.resolve() / "b.wav"
    path.write_text(f"fname,class,speaker,fold\na.wav,7,007,1\n{elsewhere},6,008,2\n")
    clips = read_clips(path)
    assert clips["fname"].tolist() == [str(tmp_path / "a.wav"), str(elsewhere)]
    assert clips["class"].tolist() == ["7", "6"]
    assert clips["speaker"].tolist() == ["007", "008"]
    assert clips["fold"].tolist() == [1, 2]


def test_blanks_around_a_class_are_none_of_it(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text('fname,class,speaker\na.wav,no,ann\nb.wav, no ,ann \nc.wav,yes," "\n')
    clips = read_clips(path)
    assert clips["class"].tolist() == ["no", "no", "yes"]
    assert clips["speaker"].tolist()[:2] == ["ann", "ann"]
    assert pd.isna(clips["speaker"][2])
    path.write_text('fname,class\na.wav,no\nb.wav,"  "\n')
    with pytest.raises(HearingAIError, match=r"`clips..class..` is missing in row 2"):
        read_clips(path)


@pytest.mark.parametrize("kind", ["object", "category"])
@pytest.mark.parametrize("column", ["speaker", "source", "fold"])
def test_blank_groups_are_missing(column, kind):
    given = pd.DataFrame({"fname": list("abc"), "class": list("xyx"), column: ["p", " ", "q"]})
    clips = check_clips(given.astype({column: kind}))
    assert clips[column].isna().tolist() == [False, True, False]
    assert clips[column].tolist()[::2] == ["p", "q"]
    with pytest.raises(HearingAIError, match=rf"`clips..{column}..` is missing in row 2"):
        split_clips(given)


def test_a_table_that_is_not_there_is_named_without_numbers_of_errors(tmp_path):
    with pytest.raises(HearingAIError, match=r"nope\.csv`: it does not exist$"):
        read_clips(tmp_path / "nope.csv")
    with pytest.raises(HearingAIError, match=r"`: Is a directory$"):
        read_clips(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"fname|class\na|b\n"])
def test_read_clips_that_is_no_table(tmp_path, content):
    path = tmp_path / "clips.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(HearingAIError, match="cannot read the table|must have a column"):
        read_clips(path)


def test_a_class_may_be_called_anything(tmp_path):
    names = ["NA", "None", "nan", "null", "TRUE", "01", "N/A", "1.0", "-", "1e3"]
    made = clip_table([str(tmp_path / f"{i}.wav") for i in range(len(names))], names)
    made.to_csv(tmp_path / "clips.csv", index=False)
    pd.testing.assert_frame_equal(read_clips(tmp_path / "clips.csv"), made)


@pytest.mark.parametrize("make", ["read", "clip_table"])
def test_a_recording_under_two_classes_is_named(tmp_path, make):
    rows = [("a.wav", "no"), ("b.wav", "no"), ("a.wav", "yes"), ("b.wav", "no")]
    (tmp_path / "c.csv").write_text("fname,class\n" + "".join(f"{f},{c}\n" for f, c in rows))
    message = r"1 recording\(s\) are listed under several classes.*a\.wav, as no, yes"
    with pytest.warns(HearingAIWarning, match=message) as caught:
        clips = read_clips(tmp_path / "c.csv") if make == "read" else clip_table(*zip(*rows))  # noqa: B905
    assert caught[0].filename == __file__
    assert len(clips) == 4


def test_parts_of_a_recording_may_differ_in_class():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clip_table(["a.wav"] * 2, ["no", "yes"], start=[0, 1], end=[1, 2])
