"""The commands about long recordings say what the functions say."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai


@pytest.fixture
def tables(tmp_path):
    columns = ["fname", "start", "end", "label"]
    truth = pd.DataFrame([["a", 1, 2, "no"], ["a", 5, 6, "NA"]], columns=columns)
    events = truth.assign(start=[1.1, 9], end=[2, 10], score=[0.9, 0.4])
    events.to_csv(tmp_path / "events.csv", index=False)
    truth.to_csv(tmp_path / "truth.csv", index=False)
    return tmp_path / "events.csv", tmp_path / "truth.csv"


def test_events_are_measured(run, tables, tmp_path):
    picture = tmp_path / "det.png"
    status, out, _ = run(
        *("detection-metrics", *tables, "--duration", 1800, "--json", "--plot", picture)
    )
    answer = json.loads(out)
    assert status == 0
    assert answer["summary"]["hits"] == 1
    assert answer["summary"]["false_accepts_per_hour"] == 2
    assert [row["label"] for row in answer["per_label"]] == ["NA", "no"]  # no gap, a label
    assert answer["streaming"]["correct"] == 0.5
    assert picture.stat().st_size > 3000
    chosen = run(
        *("detection-metrics", *tables, "--duration", 1800, "--wanted-per-hour", 0, "--json")
    )
    assert json.loads(chosen[1])["summary"]["threshold"] == 0.65
    at = run("detection-metrics", *tables, "--duration", 1800, "--at", "0.5,2", "--json")
    points = json.loads(at[1])["operating_points"]
    assert [row["false_reject_rate"] for row in points] == [0.5, 0.5]
    at = run("detection-metrics", *tables, "--duration", 1800, "--at", "0.5,2")
    assert "Operating points" in at[1]
    wrong = run("detection-metrics", *tables, "--at", "-1", "--duration", 9)
    assert "`--at-false-accepts-per-hour` must be a number" in wrong[2]
    status, out, _ = run("detection-metrics", *tables, "--by", "onset", "--tolerance", 0.05)
    assert status == 0
    assert "false_accepts" in out
    assert "By label" in out


def test_what_cannot_be_measured_is_one_line(run, tables, tmp_path):
    status, out, err = run("detection-metrics", tmp_path / "none.csv", tables[1])
    assert (status, out) == (1, "")
    assert "none.csv` does not exist" in err
    assert run("detection-metrics", *tables, "--by", "end")[0] == 1
    assert run("detection-metrics", tables[0])[0] == 2


def test_clips_are_laid(run, words, tmp_path):
    noise, out = tmp_path / "noise.wav", tmp_path / "long.flac"
    hearingai.write_audio(noise, 0.01 * np.random.default_rng(0).standard_normal(48000), 16000)
    words.to_csv(tmp_path / "clips.csv", index=False)
    given = ("lay-clips", tmp_path / "clips.csv", out, "--background", noise)
    options = ("--snr", "10,0", "--duration", 12, "--every", 3, "--level", -45, "--seed", 2)
    status, text, _ = run(*given, *options, "--json")
    assert status == 0
    assert json.loads(text) == {
        "recording": str(out),
        "truth": str(tmp_path / "long.csv"),
        "n": 4,
    }
    direct = hearingai.lay_clips(
        *(noise, words, tmp_path / "b.flac"),
        snr_db=[10, 0],
        every=3,
        duration=12,
        level_db=-45,
        seed=2,
    )
    written = pd.read_csv(tmp_path / "long.csv")
    pd.testing.assert_frame_equal(
        written.drop(columns="fname"), direct.drop(columns="fname"), check_dtype=False
    )
    assert out.read_bytes() == (tmp_path / "b.flac").read_bytes()
    status, _, err = run(*given, *options)
    assert status == 1
    assert "--overwrite" in err
    assert run(*given, *options, "--overwrite", "--snr", "loud")[0] == 1
