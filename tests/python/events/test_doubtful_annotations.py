"""Annotations that cannot be, or may not be meant: each is named by its row."""

import pandas as pd
import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning

ODD = [
    ((5, 4, "x"), "row 1 ends before it starts (4 and 5 s)", None),
    ((-3, -2, "x"), "row 1 lies before its recording (-3 to -2 s)", None),
    (("", 4, "x"), "row 1 has no start or no end", None),
    ((1, "inf", "x"), "row 1 has no start or no end", None),
    ((12, 13, "x"), "row 1 starts at 12 s, behind the end of its recording at 10 s", None),
    ((-1, 2, "x"), "row 1 starts at -1 s; 0 is taken", [0, 2]),
    ((9, 11, "x"), "row 1 ends at 11 s; its recording, at 10 s, is taken", [9, 10]),
    ((1, 2, ""), "row 1 has no label", [1, 2]),
]


@pytest.mark.parametrize(("row", "told", "kept"), ODD)
def test_rows_that_cannot_be_are_named(table, recordings, row, told, kept):
    path = table("b.csv", ("start", "end", "label"), row, (3, 4, "fine"), (5, 5, "point"))
    with pytest.warns(HearingAIWarning) as caught:
        found = hearingai.read_annotations(path, recordings)
    assert [f"b.csv {told}" in str(w.message) for w in caught] == [True]
    expected = ([kept] if kept else []) + [[3, 4], [5, 5]]
    assert found[["start", "end"]].values.tolist() == expected
    with pytest.raises(HearingAIError) as raised:
        hearingai.read_annotations(path, recordings, on_error="raise")
    assert f"`{path}` {told.replace('row 1 ', 'row 1: ')}" in str(raised.value)


def test_missing_recordings_are_told_once(table, recordings):
    header = ("fname", "start", "end", "label")
    path = table("x.csv", header, ("z.wav", 1, 2, "a"), ("z.wav", 3, 4, "a"), ("c.wav", 1, 2, "b"))
    expected = r"2 annotation\(s\): x.csv row 1 is of z.wav, which is none of"
    with pytest.warns(HearingAIWarning, match=expected):
        assert len(hearingai.read_annotations(path, recordings)) == 1
    alone = hearingai.read_annotations(path)  # nothing to compare with
    assert alone["fname"].tolist() == ["z.wav", "z.wav", "c.wav"]
    nameless = table("d.csv", header[1:], (1, 2, "a"))
    with pytest.warns(HearingAIWarning, match="names no recording, and none of `recordings`"):
        assert not len(hearingai.read_annotations(nameless, recordings))


def test_times_that_are_off_by_rounding_are_mended_without_a_word(table, recordings):
    path = table("b.csv", ("start", "end", "label"), (-0.001, 10.004, "x"))
    found = hearingai.read_annotations(path, recordings, on_error="raise")
    assert found[["start", "end"]].values.tolist() == [[0, 10]]


def test_what_is_no_number_or_no_file_is_an_error(table, recordings, tmp_path):
    path = table("b.csv", ("start", "end", "label"), (1, "late", "x"))
    with pytest.raises(HearingAIError, match="b.csv.*`end` must be numbers.*in row 1: 'late'"):
        hearingai.read_annotations(path, recordings)
    with pytest.raises(HearingAIError, match="`recordings`: .*nowhere does not exist"):
        hearingai.read_annotations(pd.DataFrame({"start": [0.0], "end": [1.0]}), "nowhere")
    with pytest.raises(HearingAIError, match="does not exist"):
        hearingai.read_annotations(tmp_path / "none.csv")
    with pytest.raises(HearingAIError, match="contains no files of events"):
        hearingai.read_annotations(recordings)
    table("notes.txt", ["to do"])
    path.unlink()
    with (
        pytest.raises(HearingAIError, match="no annotations that can be read"),
        pytest.warns(HearingAIWarning, match="notes.txt"),
    ):
        hearingai.read_annotations(tmp_path / "tables", recordings)


def test_rows_that_repeat_another_are_kept_and_told(table, recordings):
    header = ("fname", "start", "end", "label", "CHANNEL")
    again = [("c.wav", 1, 2, "a", 0), ("A.wav", 1, 2, "a", 0), ("c.wav", 1, 2, "a", 1)]
    path = table("x.csv", header, *again, again[0])
    with pytest.warns(HearingAIWarning, match=r"kept 1 .*: x.csv row 4 repeats another") as caught:
        assert len(hearingai.read_annotations(path, recordings)) == 4
    assert len(caught) == 1
    with pytest.raises(HearingAIError, match="x.csv` row 4: repeats another annotation"):
        hearingai.read_annotations(path, recordings, on_error="raise")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("fname", 7, r'`events\["fname"\]` in row 2 must be a path. Received: 7'),
        ("fname", b"a.wav", r'`events\["fname"\]` in row 2 must be a path'),
        ("label", ["a", "b"], r'`events\["label"\]` in row 2 must be text, one label'),
    ],
)
def test_tables_with_values_that_are_no_text_name_the_row(column, value, message):
    given = pd.DataFrame({"fname": ["a.wav"] * 2, "start": 1, "end": 2, "label": "x"})
    given[column] = pd.Series([given[column][0], value], dtype=object)
    with pytest.raises(HearingAIError, match=message):
        hearingai.read_annotations(given)


def test_two_columns_of_one_name_are_refused():
    names = ["fname", "start", "end", "label", "label"]
    with pytest.raises(HearingAIError, match="`annotations` has two columns 'label'"):
        hearingai.read_annotations(pd.DataFrame([["a.wav", 1, 2, "x", "y"]], columns=names))
    with pytest.raises(HearingAIError, match="`events` has two columns 'label'"):
        hearingai.write_events(pd.DataFrame([["a", 1, 2, "x", "y"]], columns=names), "no.csv")
