"""Annotations by people: every format as its program writes it."""

import sys

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.errors import HearingAIError, HearingAIWarning

SELECTION = ("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)")
BOUNDS = ("Low Freq (Hz)", "High Freq (Hz)")


def rows(found, *columns):
    """Rows of a table, recordings by their names."""
    names = found["fname"].map(lambda f: f.replace("\\", "/").rpartition("/")[2])
    return found.assign(fname=names)[list(columns or ("fname", "start", "end", "label"))].to_numpy()


def test_a_selection_table_in_any_order_with_commas_and_a_mark(table, recordings):
    header = ["Species", *BOUNDS, "End Time (s)", "Begin Time (s)", "Note", "View", "Selection"]
    row = ("wren", "1000,5", "4000", "2,25", "1,5", "faint", "Spectrogram 1", 1)
    path = table("a.Table.1.selections.txt", header, row, encoding="utf-8-sig")
    found = hearingai.read_annotations(path, recordings)
    assert found["fname"].tolist() == [str(recordings / "A.WAV")]
    columns = ["start", "end", "label", "low", "high", "Note", "Selection"]
    assert found[columns].values.tolist() == [[1.5, 2.25, "wren", 1000.5, 4000, "faint", 1]]


def test_two_views_are_one_selection_with_all_that_either_says(table, recordings):
    path = table(
        "b.selections.txt",
        [*SELECTION, *BOUNDS, "Annotation"],
        (1, "Waveform 1", 1, 1, 2, "", "", ""),
        (1, "Spectrogram 1", 1, 1, 2, 500, 900, "wren"),
        (2, "Waveform 1", 1, 3, 4, "", "", "owl"),
        (2, "Spectrogram 1", 1, 3, 4, 300, 400, "owl"),
    )
    with pytest.warns(HearingAIWarning, match="2 of 4 rows are further views") as caught:
        found = hearingai.read_annotations(path, recordings)
    assert len(caught) == 1
    assert rows(found, "start", "label", "low", "high").tolist() == [
        [1, "wren", 500, 900],
        [3, "owl", 300, 400],
    ]


def test_selections_of_several_files_have_the_times_in_each(table, recordings):
    header = [*SELECTION, "Begin File", "File Offset (s)", "Annotation"]
    path = table(
        "all.txt",
        header,
        (1, "S", 1, 1, 2, "a.wav", 1, "wren"),
        (2, "S", 1, 11.5, 13, "B.FLAC", 1.5, "owl"),
    )
    found = hearingai.read_annotations(path, recordings)
    assert rows(found).tolist() == [["A.WAV", 1, 2, "wren"], ["b.flac", 1.5, 3, "owl"]]


def test_labels_of_audacity_keep_their_frequencies(table, recordings):
    path = table("c.txt", (1, "2.5", "wren"), ("\\", "100.5", 900), (3, 3, "x"), ("\\", -1, 50))
    found = hearingai.read_annotations(path, recordings)
    assert rows(found).tolist() == [["c.wav", 1, 2.5, "wren"], ["c.wav", 3, 3, "x"]]
    np.testing.assert_array_equal(found[["low", "high"]], [[100.5, 900], [np.nan, 50]])


def test_kaleidoscope_names_folder_and_file(table, recordings):
    header = ["INDIR", "FOLDER", "IN FILE", "CHANNEL", "OFFSET", "DURATION", "Fmin", "Fmean"]
    header += ["Fmax", "TOP1MATCH", "MANUAL ID*"]
    row = ("D:\\bats", "south", "c.wav", 0, 2.5, 1.25, 500, 700, 900, "cluster 3")
    found = hearingai.read_annotations(table("cluster.csv", header, (*row, "owl")), recordings)
    assert rows(found).tolist() == [["c.wav", 2.5, 3.75, "owl"]]
    assert found[["low", "high", "Fmean", "TOP1MATCH"]].values.tolist() == [
        [500, 900, 700, "cluster 3"]
    ]
    by_machine = hearingai.read_annotations(table("id.csv", header, (*row, "")), recordings)
    assert by_machine["label"].tolist() == ["cluster 3"]
    bats = table("bats.csv", [*header, "Fc"], (*row, "pip", 45))  # of bats, in kHz
    found = hearingai.read_annotations(bats, recordings)
    assert found[["low", "high"]].values.tolist() == [[500_000, 900_000]]


def test_birdnet_dcase_and_warbler_are_known_by_their_columns(table, recordings):
    header = ["Start (s)", "End (s)", "Scientific name", "Common name", "Confidence", "File"]
    path = table("b.csv", header, (0, 3, "Troglodytes", "Wren", 0.75, "/data/b.flac"))
    found = hearingai.read_annotations(path, recordings)
    assert rows(found).tolist() == [["b.flac", 0, 3, "Wren"]]
    assert found[["score", "Scientific name"]].values.tolist() == [[0.75, "Troglodytes"]]
    path = table("d.tsv", ["filename", "onset", "offset", "event_label"], ("c.wav", 1, 2, "dog"))
    found = hearingai.read_annotations(path, recordings)
    assert rows(found).tolist() == [["c.wav", 1, 2, "dog"]]
    selections = pd.DataFrame(
        {"sound.files": ["c.wav"], "selec": 1, "start": 1.0, "end": 2.0}
        | {"bottom.freq": 1.5, "top.freq": 4.0}
    )
    found = hearingai.read_annotations(selections, recordings, label="call")
    assert rows(found).tolist() == [["c.wav", 1, 2, "call"]]
    assert found[["low", "high", "selec"]].values.tolist() == [[1500, 4000, 1]]
    with pytest.raises(HearingAIError, match="has no labels.*`columns`.*sound.files"):
        hearingai.read_annotations(selections, recordings)


def test_columns_of_any_name(table, recordings):
    header = ["Datei", "Beginn", "Dauer", "Art", "label"]
    path = table("x.csv", header, ("c.wav", "1,5", "0,5", "Eule", "?"), separator=";")
    names = {"fname": "Datei", "start": "Beginn", "duration": "Dauer", "label": "Art"}
    found = hearingai.read_annotations(path, recordings, columns=names)
    assert rows(found).tolist() == [["c.wav", 1.5, 2, "Eule"]]
    with pytest.raises(HearingAIError, match="names 'Ort', which is none of the columns: Datei"):
        hearingai.read_annotations(path, recordings, columns=names | {"label": "Ort"})
    with pytest.raises(HearingAIError, match="what fname, start, .* Received: 'stat' for 'Beginn'"):
        hearingai.read_annotations(path, columns={"stat": "Beginn"})
    tabs = table("y.txt", ("Beginn", "Ende"), (1, 2))
    names = {"start": "Beginn", "end": "Ende"}
    assert len(hearingai.read_annotations(tabs, columns=names, label="owl")) == 1


def test_a_folder_is_matched_by_name(table, recordings, tmp_path):
    table("A.txt", (1, 2, "wren"))
    table("b.csv", ("start", "end", "label"), (1, 2, "owl"))
    table("c.1.selections.txt", [*SELECTION, "Tag"], (1, "S", 1, 4, 5, "owl"))
    table("c.Table.2.selections.txt", [*SELECTION, "Tag"])
    table("notes.txt", ["to do"])
    with pytest.warns(HearingAIWarning, match=r"left out 1 file\(s\): notes.txt \(line 1 is not"):
        found = hearingai.read_annotations(tmp_path / "tables", recordings)
    assert sorted(rows(found)[:, [0, 3]].tolist()) == [
        ["A.WAV", "wren"],
        ["b.flac", "owl"],
        ["c.wav", "owl"],
    ]
    names = [tmp_path / "tables" / name for name in ("A.txt", "b.csv")]
    assert len(hearingai.read_annotations(names, recordings)) == 2
    (only,) = [tmp_path / "tables" / "b.csv"]
    found = hearingai.read_annotations(only, recordings / "A.WAV")
    assert rows(found)[:, 0].tolist() == ["A.WAV"]  # the only one there is
    with pytest.warns(HearingAIWarning, match="b.csv row 1 names no recording, and none of"):
        found = hearingai.read_annotations(names, recordings / "A.WAV")
    assert rows(found)[:, 3].tolist() == ["wren"]


def test_recordings_of_one_name_are_told_apart_by_their_folders(table, recordings):
    for site in ("north", "south"):
        hearingai.write_audio(recordings / site / "1.wav", np.full(10000, 0.1), 1000)
    header = ("fname", "start", "end", "label")
    path = table("x.csv", header, ("D:\\SOUTH\\1.wav", 1, 2, "owl"), ("1.wav", 3, 4, "wren"))
    with pytest.warns(HearingAIWarning, match=r"x.csv row 2 may be of several recordings"):
        found = hearingai.read_annotations(path, recordings)
    assert found["fname"].tolist() == [str(recordings / "south" / "1.wav")]


def test_labels_may_be_given_for_rows_without(table, recordings):
    path = table("c.txt", (1, 2, ""), (3, 4, "wren"))
    found = hearingai.read_annotations(path, recordings, label="call", on_error="raise")
    assert found["label"].tolist() == ["call", "wren"]


def test_several_labels_in_a_cell_are_several_annotations(table, recordings):
    path = table("c.csv", ("start", "end", "label"), (1, 2, " wren; owl;wren "), (3, 4, ";"))
    with pytest.warns(HearingAIWarning, match="row 2 has no label"):
        found = hearingai.read_annotations(path, recordings)
    expected = [[1, 2, "wren"], [1, 2, "owl"], [3, 4, ""]]
    assert found[["start", "end", "label"]].values.tolist() == expected


@pytest.mark.parametrize("kind", ["raven", "audacity", "kaleidoscope", "csv", "parquet"])
def test_what_is_written_is_read(kind, recordings, tmp_path):
    if kind == "parquet":
        need("pyarrow")
    a, c = str(recordings / "A.WAV"), str(recordings / "south" / "c.wav")
    events = pd.DataFrame(
        {
            "fname": pd.Series([a, a, c], dtype=object),
            "start": [0.0, 1.5, 3.0],
            "end": [2.0, 1.5, 4.25],
            "label": ["wren", "NA", "tawny owl"],
            "score": [0.25, 0.5, np.nan],
            "low": [100.0, np.nan, 300.5],
            "high": [900.0, np.nan, 400.5],
            "site": ["x", "y", "z"],
        }
    )
    one = {"csv": "all.csv", "parquet": "all.parquet", "kaleidoscope": "all.csv"}
    path = tmp_path / "out" / one.get(kind, "")
    (tmp_path / "out").mkdir()
    hearingai.write_events(events, path, format=kind)
    for given in (recordings, None):
        if kind == "audacity" and given is None:
            continue  # its files name no recording
        found = hearingai.read_annotations(path, given)
        kept = [name for name in events if kind != "audacity" or name not in ("score", "site")]
        expected = events[kept]
        if kind == "raven":  # which draws boxes of all frequencies
            expected = expected.fillna({"low": 0.0, "high": 500.0})
        found = found.sort_values(["fname", "start"], ignore_index=True)[kept]
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_kaleidoscope_tables_in_memory_may_lack_folders():
    theirs = pd.DataFrame(
        {"INDIR": "/x", "FOLDER": np.nan, "IN FILE": ["a.wav", "b.wav"], "OFFSET": [1.0, 2.0]}
    ).assign(DURATION=1.0, **{"MANUAL ID": "wren"})
    found = hearingai.read_annotations(theirs)
    assert found["fname"].tolist() == ["/x/a.wav", "/x/b.wav"]
    for folder in (20240101, [20240101, np.nan]):
        found = hearingai.read_annotations(theirs.assign(FOLDER=folder))
        assert found["fname"][0] == "/x/20240101/a.wav"


def test_codes_as_labels_are_whole_numbers_though_one_is_missing():
    table = pd.DataFrame({"fname": "a.wav", "start": [1, 2], "end": 3, "label": [101, np.nan]})
    with pytest.warns(HearingAIWarning, match="has no label"):
        assert hearingai.read_annotations(table)["label"].tolist() == ["101", ""]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have names in UTF-8 alone")
def test_tables_whose_names_are_not_utf8_are_read(tmp_path):
    (tmp_path / "caf\udce9.txt").write_text("1\t2\twren\n")
    (tmp_path / "caf\udce9.wav").touch()
    found = hearingai.read_annotations(tmp_path)
    assert found["label"].tolist() == ["wren"]
    hearingai.write_events(found, tmp_path / "out", format="audacity")
    assert hearingai.read_annotations(tmp_path / "out", tmp_path)["label"].tolist() == ["wren"]
