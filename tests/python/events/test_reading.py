"""Tables of events that others wrote: nothing in them is lost or moved without a word."""

import warnings

import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning

RAVEN = ("Selection", "View", "Begin Time (s)", "End Time (s)")


@pytest.fixture
def raven(tmp_path):
    """Write a selection table and read it; a row without values is a header again."""

    def read(columns, *rows, name="x.Table.1.selections.txt"):
        header = [*RAVEN, *columns]
        lines = ["\t".join(map(str, row or header)) for row in (header, *rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", "utf-8")
        return hearingai.read_events(tmp_path / name)

    return read


@pytest.fixture
def silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_tables_bound_together_keep_the_selections_of_each(raven, tmp_path, silent):
    (tmp_path / "b.wav").touch()
    back = raven(
        ["Begin File", "File Offset (s)", "Annotation"],
        (1, "Spectrogram 1", 1, 2, "a.wav", 1, "wren"),
        (2, "Spectrogram 1", 3, 4, "a.wav", 3, "NA"),
        (),
        (1, "Spectrogram 1", 1, 2, "b.wav", 1, "wren"),
        (2, "Spectrogram 1", 5, 6, "b.wav", 5, "robin"),
    )
    assert back["fname"].tolist() == ["a.wav", "a.wav"] + [str(tmp_path / "b.wav")] * 2
    assert back["start"].tolist() == [1, 3, 1, 5]
    assert back["label"].tolist() == ["wren", "NA", "wren", "robin"]


def test_several_recordings_without_offsets_are_told(raven):
    rows = [(1, "W", 1, 2, f"{name}.wav", "wren") for name in "ab"]
    with pytest.warns(HearingAIWarning, match=r"several recordings and no File Offset"):
        assert raven(["Begin File", "Annotation"], *rows)["start"].tolist() == [1, 1]


def test_views_of_a_selection_are_one_event(raven):
    rows = [(n, view, n, n + 1, label) for n in (1, 2) for view, label in (("W", ""), ("S", "x"))]
    with pytest.warns(HearingAIWarning, match="2 of 5 rows are further views of selections"):
        back = raven(["Species"], *rows, (2, "S", 7, 8, "x"))
    assert back[["start", "label"]].values.tolist() == [[1, "x"], [2, "x"], [7, "x"]]


def test_a_column_of_labels_that_is_empty_gives_way(raven, silent):
    assert raven(["Annotation", "Species"], (1, "W", 1, 2, "", "wren"))["label"].tolist() == [
        "wren"
    ]


def test_labels_that_are_missing_are_named(raven):
    with pytest.raises(
        HearingAIError, match=r"events..label.*missing in row 2, and in 1 of 2 rows"
    ):
        raven(["Annotation"], (1, "W", 1, 2, "wren"), (2, "W", 3, 4, ""))
    with pytest.raises(HearingAIError, match=r"needs End Time .*Its columns: Selection, View"):
        raven([], (1, "W", 1, 2))


def test_decimal_commas_are_numbers_between_tabs_and_semicolons(raven, tmp_path, silent):
    back = raven(["Tag"], (1, "W", "1,5", "2,25", "wren"))
    assert back[["start", "end"]].values.tolist() == [[1.5, 2.25]]
    (tmp_path / "a.txt").write_text("1,500000\t2,000000\twren\n")
    assert hearingai.read_events(tmp_path / "a.txt")["start"].tolist() == [1.5]
    (tmp_path / "a.csv").write_text("start;end;label;score\n1,5;2;a,b;NA\n")
    back = hearingai.read_events(tmp_path / "a.csv")
    assert back[["start", "end", "label"]].values.tolist() == [[1.5, 2, "a,b"]]
    assert back["score"].isna().all()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2,1,a", "`start` from 0 and `end` not before it.* in row 2: 2 and 1"),
        ("-2,1,a", "in row 2: -2 and 1"),
        ('"1,5",2,a', "`start` must be numbers. Received in row 2: '1,5'"),
        ("now,2,a", "`start` must be numbers. Received in row 2: 'now'"),
        (",2,a", "in row 2: nan and 2"),
        ("1,2,a,b", "line 3 has 4 values, and its header names 3 columns"),
        ("1,2,", r"label.* is missing in row 2"),
    ],
)
def test_wrong_rows_are_named(tmp_path, row, message):
    (tmp_path / "a.csv").write_text(f"start,end,label\n0,1,a\n{row}\n")
    with pytest.raises(HearingAIError, match=message) as caught:
        hearingai.read_events(tmp_path / "a.csv")
    assert str(caught.value).count("a.csv") == 1


@pytest.mark.parametrize("name", ["a.csv", "a.selections.txt"])
def test_a_header_without_rows_is_no_event(tmp_path, name, silent):
    header = "start,end,label" if name == "a.csv" else "\t".join([*RAVEN, "Annotation"])
    (tmp_path / name).write_text(header)
    assert len(hearingai.read_events(tmp_path / name)) == 0


def test_the_right_column_is_suggested(tmp_path):
    (tmp_path / "a.csv").write_text("onset,end,label\n0,1,a\n")
    with pytest.raises(HearingAIError, match="column `start`.*\n  Is it the column 'onset'"):
        hearingai.read_events(tmp_path / "a.csv")


def test_rows_that_are_there_twice_are_told(raven):
    row = (1, "W", 1, 2, "wren")
    with pytest.warns(HearingAIWarning, match="1 of 2 rows are there twice") as caught:
        assert len(raven(["Species"], row, row)) == 1
    assert len(caught) == 1


def test_a_first_line_for_excel_tells_the_separator(tmp_path):
    for line in ("sep=;", '"sep=;"', "sep=;;;"):
        (tmp_path / "a.csv").write_text(
            f"{line}\r\nstart;end;label, as heard;label\r\n1,5;2;x;a\r\n"
        )
        back = hearingai.read_events(tmp_path / "a.csv")
        assert back[["start", "end", "label"]].values.tolist() == [[1.5, 2, "a"]]
    (tmp_path / "a.csv").write_text("sep=;\nstart;end;label\n1;2;a;b\n")
    with pytest.raises(HearingAIError, match="line 3 has 4 values"):
        hearingai.read_events(tmp_path / "a.csv")


def test_folders_are_searched_as_those_of_recordings_are(tmp_path, silent):
    for place in ("tables/a", "elsewhere", "tables/.part-x", "tables/a/.git"):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "a.csv").write_text(f"start,end,label\n1,2,{place}\n")
    (tmp_path / "tables" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "tables" / "again").symlink_to(tmp_path / "tables")
    back = hearingai.read_events(tmp_path / "tables")
    assert back["label"].tolist() == ["tables/a", "elsewhere"]


def test_a_table_without_times_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("label,end\nwren,2\n")
    with pytest.raises(HearingAIError, match="`path` must have a column `start`"):
        hearingai.read_events(path)
