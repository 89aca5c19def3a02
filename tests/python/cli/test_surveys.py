"""The commands about surveys say what the functions say."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from recorders import write_wav


@pytest.fixture
def survey(tmp_path):
    """A folder of two recordings, and a file of their events."""
    folder = tmp_path / "field"
    paths = [
        write_wav(folder / f"{site}_2024050{day}_043000.wav", seconds=36)
        for site, day in (("fen", 1), ("bog", 2))
    ]
    events = pd.DataFrame({"fname": paths[:1], "start": 1.0, "end": 2.0, "label": "wren"})
    hearingai.write_events(events.assign(score=0.9), tmp_path / "events.csv")
    return folder, tmp_path / "events.csv", tmp_path / "times.csv"


def test_times_and_histories(run, survey, tmp_path):
    folder, events, times = survey
    status, out, _ = run("recording-times", folder, "--tz", "Europe/Berlin", "--json")
    assert status == 0
    rows = json.loads(out)
    assert [row["time"] for row in rows] == [
        *("2024-05-02T02:30:00+00:00", "2024-05-01T02:30:00+00:00")
    ]
    assert rows[0]["latitude"] is None and rows[0]["site"] == "bog"
    status, out, _ = run("recording-times", folder, "--tz", "Europe/Berlin", "--out", times)
    assert (status, "2 rows" in out) == (0, True)
    status, out, _ = run("recording-times", times, "--json")
    assert [row["source"] for row in json.loads(out)] == ["table", "table"]
    assert "bog" in run("recording-times", folder)[1]
    picture = tmp_path / "a.png"
    status, out, _ = run("detection-history", events, times, "--json", "--plot", picture)
    counted = [(r["site"], r["n"], r["effort"], r["detected"]) for r in json.loads(out)]
    assert counted == [
        *(("bog", None, 0.0, None), ("bog", 0, 0.01, 0)),
        *(("fen", 1, 0.01, 1), ("fen", None, 0.0, None)),
    ]
    assert picture.stat().st_size > 1000
    status, out, _ = run("detection-history", events, folder, "--matrix", "--json")
    assert json.loads(out)[1] == {"site": "fen", "2024-05-01": 1.0, "2024-05-02": None}
    one = run("detection-history", events, folder, "--site", "none", "--by", "2", "--json")
    assert [row["n"] for row in json.loads(one[1])] == [1]


def test_activity(run, survey):
    folder, events, _ = survey
    status, out, _ = run("activity-pattern", events, folder, "--tz", "UTC+1", "--json")
    rates = {row["hour"]: row["rate"] for row in json.loads(out)}
    assert status == 0
    assert rates[4.5] == pytest.approx(50) and rates[5.5] is None


def test_density(run, tmp_path):
    rng = np.random.default_rng(1)
    windows = pd.DataFrame({"fname": "a.wav", "start": range(400), "end": range(1, 401)})
    windows["prob_wren"] = rng.uniform(size=400)
    windows.to_csv(tmp_path / "windows.csv", index=False)
    windows.to_parquet(tmp_path / "windows.parquet")
    sample = tmp_path / "sample.csv"
    status, out, _ = run("density-sample", tmp_path / "windows.csv", "--out", sample, "-n", 40)
    assert (status, "40 rows" in out) == (0, True)
    drawn = pd.read_csv(sample)
    drawn["present"] = (drawn["score"] > 0.9).astype(int)
    drawn.to_csv(sample, index=False)
    command = ("estimate-density", tmp_path / "windows.parquet", sample)
    answer = json.loads(run(*command, "--json", "--plot", tmp_path / "d.png")[1])
    assert answer["summary"][0]["n_validated"] == 40
    assert answer["summary"][0]["density"] == pytest.approx(0.1, abs=0.05)
    assert "By bin" in run(*command)[1]


def test_what_is_wrong_is_named_as_it_is_typed(run, survey, tmp_path):
    folder, events, _ = survey
    assert (
        "`--tz` must be the name of a time zone" in run("recording-times", folder, "--tz", "x")[2]
    )
    wrong = run("detection-history", events, folder, "--by", "decade")
    assert wrong[0] == 1 and "`--by` must be one of" in wrong[2]
    assert "does not exist" in run("detection-history", events, tmp_path / "none")[2]
    assert "must end in .csv or .parquet" in run("recording-times", folder, "--out", "x.doc")[2]
    assert "`--pattern` is no regular" in run("recording-times", folder, "--pattern", "(?<a>")[2]
