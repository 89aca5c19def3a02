"""Events in files: what was written is read back, and what others wrote is understood."""

import builtins
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.events import writing


@pytest.fixture
def events():
    return pd.DataFrame(
        {
            "fname": ["a.wav", "a.wav", "b ö.wav"],
            "start": [0.0, 1 / 3, 43199.123456789],
            "end": [0.25, 2.0, 43200.0],
            "label": ["yes", "NA", 'no, "never"'],
            "score": [0.5, 1.0, 0.123456789012],
        }
    ).astype({"fname": object, "label": object})


def one(events):
    return events[events["fname"] == "a.wav"]


def test_csv_keeps_everything(events, tmp_path):
    path = hearingai.write_events(events, tmp_path / "größe.csv")
    pd.testing.assert_frame_equal(hearingai.read_events(path), events)


def test_parquet_keeps_everything(events, tmp_path):
    need("pyarrow")
    path = hearingai.write_events(events, tmp_path / "events.parquet")
    pd.testing.assert_frame_equal(hearingai.read_events(path), events)


def test_parquet_without_its_library_says_what_to_install(events, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(hearingai.HearingAIError, match=r'pip install "hearingai\[parquet\]"'):
        hearingai.write_events(events, tmp_path / "events.parquet")
    assert list(tmp_path.iterdir()) == []


def test_audacity_gets_start_end_and_label(events, tmp_path):
    path = hearingai.write_events(one(events), tmp_path / "a.txt")
    assert Path(path).read_text("utf-8") == "0.000000\t0.250000\tyes\n0.333333\t2.000000\tNA\n"
    back = hearingai.read_events(path)
    assert back["label"].tolist() == ["yes", "NA"]
    np.testing.assert_allclose(back[["start", "end"]], [[0, 0.25], [1 / 3, 2]], atol=1e-6)
    assert back["score"].isna().all()
    assert back["fname"].tolist() == [None, None]
    (tmp_path / "a.flac").touch()
    assert hearingai.read_events(path)["fname"].tolist() == [str(tmp_path / "a.flac")] * 2


def test_labels_that_audacity_wrote_are_read(tmp_path):
    text = "1.500000\t1.500000\tclick\n\\\t100.0\t900.0\n2.0\t3.5\ttwo words\n4\t5\t\n"
    (tmp_path / "x.txt").write_text("\ufeff" + text, "utf-8")
    back = hearingai.read_events(tmp_path / "x.txt")
    assert back["label"].tolist() == ["click", "two words", ""]
    assert back["start"].tolist() == [1.5, 2, 4]


def test_raven_gets_the_columns_that_it_needs(events, tmp_path):
    sound = tmp_path / "a.wav"
    hearingai.write_audio(sound, np.zeros(1000), 16000)
    mine = one(events).assign(fname=pd.Series([str(sound)] * 2, dtype=object))
    path = hearingai.write_events(mine, tmp_path / "a.Table.1.selections.txt")
    lines = [line.split("\t") for line in Path(path).read_text("utf-8").splitlines()]
    expected = "Selection,View,Channel,Begin Time (s),End Time (s),Low Freq (Hz),High Freq (Hz)"
    assert lines[0][:7] == expected.split(",")
    assert lines[1][:7] == ["1", "Spectrogram 1", "1", "0.0", "0.25", "0.0", "8000.0"]
    assert [line[0] for line in lines] == ["Selection", "1", "2"]
    back = hearingai.read_events(path)
    pd.testing.assert_frame_equal(back[list(mine)], mine.reset_index(drop=True))
    assert back[["low", "high"]].values.tolist() == [[0, 8000]] * 2


def test_a_selection_table_of_several_files_and_views_is_read(tmp_path):
    (tmp_path / "x.txt").write_text(
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\t"
        "Begin Path\tFile Offset (s)\tSpecies\n"
        "1\tWaveform 1\t1\t1.0\t2.0\t0\t8000\tC:\\a.wav\t1.0\twren\n"
        "1\tSpectrogram 1\t1\t1.0\t2.0\t0\t8000\tC:\\a.wav\t1.0\twren\n"
        "2\tSpectrogram 1\t1\t61.5\t63.0\t0\t8000\tC:\\b.wav\t1.5\trobin\n"
    )
    with pytest.warns(hearingai.HearingAIWarning, match="1 of 3 rows are further views"):
        back = hearingai.read_events(tmp_path / "x.txt")
    assert back["fname"].tolist() == ["C:\\a.wav", "C:\\b.wav"]
    assert back[["start", "end"]].to_numpy().tolist() == [[1, 2], [1.5, 3]]
    assert back["label"].tolist() == ["wren", "robin"]


@pytest.mark.parametrize(("kind", "ending"), [("audacity", ""), ("raven", ".Table.1.selections")])
def test_several_recordings_are_a_folder_of_files(events, tmp_path, kind, ending):
    with pytest.raises(hearingai.HearingAIError, match="is for one recording.*folder"):
        hearingai.write_events(events, tmp_path / f"all{ending}.txt", format=kind)
    events["fname"] = [str(tmp_path / name) for name in ("one/a.wav", "one/a.wav", "two/a.wav")]
    hearingai.write_events(events, tmp_path / "out", format=kind)
    found = sorted(str(f.relative_to(tmp_path)) for f in (tmp_path / "out").rglob("*.txt"))
    assert found == [f"out/one/a{ending}.txt", f"out/two/a{ending}.txt"]
    back = hearingai.read_events(tmp_path / "out")
    np.testing.assert_allclose(back["start"], events["start"], atol=1e-6)
    events["fname"] = [str(tmp_path / name) for name in ("a.wav", "a.wav", "a.flac")]
    hearingai.write_events(events, tmp_path / "same", format=kind)
    found = sorted(f.name for f in (tmp_path / "same").iterdir())
    assert found == [f"a.flac{ending}.txt", f"a.wav{ending}.txt"]


def test_no_events_are_a_file_too(events, tmp_path):
    for name in ("none.csv", "none.txt", "none.selections.txt"):
        back = hearingai.read_events(hearingai.write_events(events[:0], tmp_path / name))
        assert list(back.columns)[:5] == ["fname", "start", "end", "label", "score"]
        assert len(back) == 0


def test_nothing_is_overwritten_unasked(events, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(hearingai.HearingAIError, match="overwrite"):
        hearingai.write_events(events, path)
    assert path.read_text() == "mine"
    hearingai.write_events(events, path, overwrite=True)
    assert len(hearingai.read_events(path)) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": [-1, 0, 0]}, "row 1"),
        ({"end": [1, 0.1, 43200]}, "row 2: 0.333333 and 0.1"),
        ({"end": [1, np.nan, 43200]}, "row 2"),
        ({"start": ["a", 0, 0]}, "`events..start..` must be numbers. Received in row 1: 'a'"),
        ({"label": ["a", None, "b"]}, "`events..label..` is missing in row 2, and in 1 of 3 rows"),
    ],
)
def test_a_malformed_table_is_named(events, tmp_path, change, reason):
    with pytest.raises(hearingai.HearingAIError, match=reason):
        hearingai.write_events(events.assign(**change), tmp_path / "a.csv")


def test_what_is_no_table_no_format_or_no_file_is_named(events, tmp_path):
    for bad, path, reason in [
        (3, "a.csv", "must be a table"),
        (events.drop(columns="label"), "a.csv", "column `label`. Received: fname, start"),
        (events, "a.doc", r"must end in \.csv"),
        (events, "there/a.csv", "folder does not exist"),
        (events, "", "must name a file|must end in"),
    ]:
        with pytest.raises(hearingai.HearingAIError, match=reason):
            hearingai.write_events(bad, tmp_path / path)
    with pytest.raises(hearingai.HearingAIError, match="`format` must be one of"):
        hearingai.write_events(events, tmp_path / "a.csv", format="excel")
    (tmp_path / "bad.txt").write_text("1.0\t2.0\tfine\nhello\n")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    (tmp_path / "bin.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "void").mkdir()
    for name, reason in [
        ("no.csv", "does not exist"),
        ("bad.txt", "line 2 is not a label"),
        ("bad.csv", "bad.csv.*column `start`"),
        ("bin.csv", "cannot read"),
        ("void", "contains no files"),
    ]:
        with pytest.raises(hearingai.HearingAIError, match=reason):
            hearingai.read_events(tmp_path / name)


def test_further_columns_of_a_table_stay(events, tmp_path):
    path = hearingai.write_events(events.assign(site=["x", "y", "z"]), tmp_path / "a.csv")
    assert hearingai.read_events(path)["site"].tolist() == ["x", "y", "z"]


def test_what_annotate_returned_is_written_as_it_is(ear, tmp_path):
    found = hearingai.annotate(ear(), np.full(500, 0.9), labels="loud")
    back = hearingai.read_events(hearingai.write_events(found, tmp_path / "a.csv"))
    pd.testing.assert_frame_equal(back, found.events)


def test_a_selection_table_without_begins_is_told_so(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Selection\tBegin Time (s)2\tEnd Time (s)\tAnnotation\n1\t0\t1\tyes\n")
    with pytest.raises(hearingai.HearingAIError, match=r"needs Begin Time \(s\), End Time"):
        hearingai.read_events(path)


@pytest.mark.parametrize("form", ["audacity", "raven"])
def test_no_name_of_a_recording_leads_out_of_the_folder(tmp_path, form):
    names = [str(tmp_path / "x" / ".." / "a.wav"), str(tmp_path / "x" / "b.wav"), "../c.wav"]
    for some in (names[:2], ["x.wav", names[2]]):
        events = pd.DataFrame({"fname": some, "start": 1, "end": 2, "label": "wren"})
        folder = tmp_path / "within" / str(len(some[0]))
        hearingai.write_events(events, folder, format=form)
        assert len([f for f in folder.rglob("*") if f.is_file()]) == len(some)
    assert {path.name for path in tmp_path.iterdir()} == {"within"}


def test_labels_keep_their_blanks_and_columns_their_names(tmp_path):
    labels = ["two  blanks", "no\u00a0break", "a\ttab and\r\na line", "a\u2028b"]
    events = pd.DataFrame({"start": range(4), "end": 9, "label": labels, "a\tnote": "x\ty"})
    for name in ("a.txt", "a.selections.txt"):
        back = hearingai.read_events(hearingai.write_events(events, tmp_path / name))
        assert back["label"].tolist() == [*labels[:2], "a tab and a line", "a b"]
    assert back["a note"].tolist() == ["x y"] * 4


def test_events_never_take_the_place_of_a_recording(tmp_path):
    path = tmp_path / "night.WAV"
    path.write_bytes(b"sound")
    events = pd.DataFrame({"fname": str(path), "start": [1], "end": 2, "label": "wren"})
    for form in ("csv", "parquet", "kaleidoscope", "raven", "audacity"):
        with pytest.raises(hearingai.HearingAIError, match="must not be named like a recording"):
            hearingai.write_events(events, path, format=form, overwrite=True)
    assert path.read_bytes() == b"sound"


@pytest.mark.parametrize("form", ["audacity", "raven"])
def test_a_recording_is_one_however_its_name_is_spelled(tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    names = ["a.wav", "./a.wav", str(tmp_path / "a.wav"), "b.wav"]
    events = pd.DataFrame({"fname": names, "start": range(4), "end": 9, "label": "wren"})
    hearingai.write_events(events, tmp_path / "out", format=form)
    back = [hearingai.read_events(f) for f in sorted((tmp_path / "out").iterdir())]
    assert [sorted(table["start"]) for table in back] == [[0, 1, 2], [3]]


@pytest.mark.parametrize("name", ["a.selections.txt", "a.csv"])
def test_addresses_of_recordings_stay_whole(tmp_path, monkeypatch, name):
    monkeypatch.setattr(writing, "audio_info", lambda _: {"sample_rate": 8000})  # asks nobody
    events = pd.DataFrame({"fname": ["s3://b/x/a.wav"], "start": 1.0, "end": 2.0, "label": "q"})
    form = "kaleidoscope" if name == "a.csv" else None
    back = hearingai.read_events(hearingai.write_events(events, tmp_path / name, format=form))
    assert back["fname"].tolist() == ["s3://b/x/a.wav"]


@pytest.mark.parametrize("form", ["csv", "parquet", "raven", "audacity", "kaleidoscope"])
def test_no_events_are_a_file_without_any(tmp_path, form):
    need("pyarrow")
    events = pd.DataFrame({"fname": [], "start": [], "end": [], "label": [], "score": []})
    path = tmp_path / {
        "parquet": "a.parquet",
        "audacity": "a.txt",
        "raven": "a.selections.txt",
    }.get(form, "a.csv")
    assert len(hearingai.read_events(hearingai.write_events(events, path, format=form))) == 0


def test_long_names_are_cut_between_characters(tmp_path):
    names = ["y" * 150 + "\u00e9" * 40 + ".wav", "a.wav"]
    events = pd.DataFrame({"fname": names, "start": 1.0, "end": 2.0, "label": "q"})
    hearingai.write_events(events, tmp_path / "o", format="audacity")
    files = [f.name for f in (tmp_path / "o").iterdir()]
    assert len(files) == 2 and all(name.isprintable() for name in files)


@pytest.mark.parametrize(
    ("fname", "folder"),
    [
        ("C:\\data\\2024\\site 1\\a.wav", "C:\\data\\2024"),
        ("C:/data/2024/site 1/a.wav", "C:\\data\\2024"),  # as R writes it
        ("\\\\server\\share\\2024\\site 1\\a.wav", "\\\\server\\share\\2024"),
    ],
)
def test_kaleidoscope_keeps_the_paths_of_windows_machines(fname, folder, tmp_path):
    events = pd.DataFrame({"fname": [fname], "start": 0.0, "end": 1.0, "label": "owl"})
    path = tmp_path / "k.csv"
    hearingai.write_events(events, path, format="kaleidoscope")
    assert pd.read_csv(path)[["INDIR", "FOLDER", "IN FILE"]].iloc[0].tolist() == [
        folder,
        "site 1",
        "a.wav",
    ]
    assert hearingai.read_annotations(path)["fname"].tolist() == [fname.replace("/", "\\")]


@pytest.mark.parametrize("fname", ["/data/r.wav", "/root.wav", "/a/we\\ird.wav"])
def test_kaleidoscope_keeps_paths_near_the_root(fname, tmp_path):
    events = pd.DataFrame({"fname": [fname], "start": 0.0, "end": 1.0, "label": "owl"})
    path = hearingai.write_events(events, tmp_path / "k.csv", format="kaleidoscope")
    assert hearingai.read_annotations(path)["fname"].tolist() == [fname]


def test_columns_that_kaleidoscope_has_of_its_own_are_told(tmp_path):
    events = pd.DataFrame({"fname": ["a.wav"], "start": 0.0, "end": 1.0, "label": "owl"})
    with pytest.warns(hearingai.HearingAIWarning, match="FOLDER of its own"):
        hearingai.write_events(events.assign(FOLDER="x"), tmp_path / "k.csv", format="kaleidoscope")
