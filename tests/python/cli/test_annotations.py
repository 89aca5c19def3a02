"""The commands about annotated recordings do what the functions do."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai


@pytest.fixture
def site(tmp_path):
    (tmp_path / "recordings").mkdir()
    for name in "ab":
        path = tmp_path / "recordings" / f"{name}.wav"
        hearingai.write_audio(np.full(4000, 0.1), path, 1000)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.txt").write_text("0\t1\towl\n\\\t100\t200\n1.0\t2.0\twren\n5\t6\tx\n")
    return tmp_path


def test_annotations_are_counted_and_converted(run, site):
    given = ("annotations", site / "tables", "--recordings", site / "recordings")
    status, out, err = run(*given, "--out", site / "out.selections.txt")
    assert status == 0
    assert "2 annotations of 1 recordings. Wrote" in out
    assert "a.txt line 4 starts at 5 s, behind the end of its recording at 4 s" in err
    back = hearingai.read_annotations(site / "out.selections.txt")
    assert back[["label", "low", "high"]].values.tolist()[0] == ["owl", 100, 200]
    answer = json.loads(run(*given, "--json")[1])
    assert [row["label"] for row in answer["labels"]] == ["owl", "wren"]
    assert answer["annotations"][0]["end"] == 1
    assert run(*given, "--strict")[0] == 1
    (site / "x.csv").write_text("Onset,Offset\n0,1\n")
    status, out, _ = run(
        *("annotations", site / "x.csv", "--column", "start=Onset", "--column", "end=Offset"),
        *("--label", "call", "--json"),
    )
    assert json.loads(out)["annotations"][0]["label"] == "call"
    wrong = run("annotations", site / "x.csv", "--column", "start")
    assert wrong[0] == 1
    assert "`--column` must be NAME=VALUE" in wrong[2]


def test_clips_are_made(run, site):
    given = ("annotated-clips", site / "recordings", site / "tables", "--window", 1)
    status, out, _ = run(*given, "--out", site / "clips.csv")
    assert status == 0
    assert "8 clips. Wrote" in out
    assert "(none)" in out
    clips = pd.read_csv(site / "clips.csv", keep_default_na=False)
    assert clips["labels"].tolist() == ["owl", "wren", *[""] * 6]
    assert clips["fname"][0] == str(site / "recordings" / "a.wav")
    again = ("--overwrite", "--out", site / "clips.csv")
    options = ("--labels", "owl=bird,wren=", "--negatives", 1, "--seed", 1, "--one-label")
    answer = json.loads(run(*given, *again, *options, "--json")[1])
    assert [(row["label"], row["n"]) for row in answer["labels"]] == [
        ("background", 1),
        ("bird", 1),
    ]
    assert hearingai.read_clips(site / "clips.csv")["class"].tolist().count("bird") == 1
    (site / "names.csv").write_text("label,new\nowl,bird\nwren,bird\n")
    (site / "recordings.csv").write_text("fname,site\nrecordings/a.wav,north\n")
    given = ("annotated-clips", site / "recordings.csv", *given[2:])
    status, _, _ = run(*given, *again, "--labels", site / "names.csv", "--of", "window")
    assert status == 0
    clips = pd.read_csv(site / "clips.csv", keep_default_na=False)
    assert clips["labels"].tolist() == ["bird", "bird", "", ""]
    assert clips["site"].tolist() == ["north"] * 4
    status, _, err = run(*given, *again, "--hop", -1)
    assert status == 1
    assert "`--hop` must be a positive number" in err


def test_events_are_cut(run, site):
    status, out, _ = run(
        *("cut-events", site / "tables", site / "cut", "--recordings", site / "recordings"),
        *("--context", 0.25, "--n", 1, "--seed", 1, "--by", "label"),
    )
    assert status == 0
    assert f"2 clips in {site / 'cut'}" in out
    assert sorted(p.name for p in (site / "cut").rglob("*.wav")) == [
        "owl_a_00000.000.wav",
        "wren_a_00000.750.wav",
    ]
    status, out, err = run(
        *("cut-events", site / "tables", site / "cut", "--recordings", site / "recordings"),
        *("--context", 0.25, "--json"),
    )
    assert (status, out) == (1, "")
    assert "--overwrite" in err
