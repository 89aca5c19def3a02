"""The commands annotate and listen."""

import io
import json
import sys
import types

import numpy as np
import pandas as pd
import pytest

import hearingai


@pytest.fixture(autouse=True)
def beside_a_model(monkeypatch, ear, tmp_path):
    """The command runs in a folder with a model, that is an `ear`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.keras").touch()
    monkeypatch.setattr(hearingai, "load_classifier", lambda path: ear(), raising=False)


@pytest.fixture
def recording(tmp_path):
    sound = np.zeros(1200, "float32")
    sound[300:600] = 0.9
    hearingai.write_audio(tmp_path / "a.wav", sound, 100)
    return tmp_path / "a.wav"


RULES = ("--hop", 0.5, "--smooth", 0, "--labels", "loud")


def test_annotate_prints_events_for_people_and_programs(run, recording):
    status, out, err = run("annotate", "m.keras", recording, recording.with_name("no.wav"), *RULES)
    assert status == 0
    assert "loud" in out
    assert "1 event" in out
    assert "no.wav: does not exist" in err
    status, out, _ = run("annotate", "m.keras", recording, *RULES, "--json")
    answer = json.loads(out)
    assert status == 0
    assert [(e["start"], e["end"], e["label"]) for e in answer["events"]] == [(3.25, 6.25, "loud")]
    assert answer["seconds"] == 12
    assert answer["errors"] == []


def test_annotate_reads_in_part_what_is_asked_for(run, recording):
    with open(recording, "r+b") as file:
        file.truncate(recording.stat().st_size - 400)
    status, _, err = run("annotate", "m.keras", recording, *RULES)
    assert status == 1
    assert "`partial` reads what is there" in err
    status, out, _ = run("annotate", "m.keras", recording, *RULES, "--partial", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["seconds"] == 10
    (note,) = answer["notes"]
    assert note["fname"] == str(recording)
    assert note["note"].startswith("is truncated: at least 400 bytes are missing")


def test_annotate_writes_events_and_windows(run, recording, tmp_path):
    out, windows = tmp_path / "e.txt", tmp_path / "w.csv"
    command = ("annotate", "m.keras", recording, *RULES, "--out", out, "--windows", windows)
    assert run(*command)[0] == 0
    assert out.read_text() == "3.250000\t6.250000\tloud\n"
    table = pd.read_csv(windows)
    assert list(table.columns) == ["fname", "start", "end", "prob_loud", "prob_quiet"]
    assert len(table) == 23
    status, _, err = run(*command)
    assert status == 1
    assert "overwrite" in err
    assert run(*command, "--overwrite")[0] == 0
    status, _, err = run("annotate", "m.keras", recording, "--windows", tmp_path / "w.txt")
    assert (status, ".csv or .parquet" in err) == (1, True)


def test_thresholds_are_read_for_all_labels_or_by_label(run, recording):
    both = ("--hop", 0.5, "--smooth", 0, "--json")
    quiet = run("annotate", "m.keras", recording, *both, "--threshold", "loud=0.95,quiet=0.6")[1]
    assert {e["label"] for e in json.loads(quiet)["events"]} == {"quiet"}
    status, _, err = run("annotate", "m.keras", recording, "--threshold", "high")
    assert (status, "`--threshold`" in err) == (1, True)


def test_the_status_tells_that_nothing_could_be_read(run, tmp_path):
    status, _, err = run("annotate", "m.keras", tmp_path / "no.wav")
    assert (status, "no.wav" in err) == (1, True)


def test_what_is_kept_is_found_again(run, recording, tmp_path):
    command = ("annotate", "m.keras", recording, *RULES, "--keep", tmp_path / "kept", "--json")
    first = json.loads(run(*command)[1])
    again = json.loads(run(*command)[1])
    assert again["events"] == first["events"]
    assert (first["speed"] > 0, again["speed"]) == (True, None)


def test_listen_prints_a_line_an_event(run, monkeypatch):
    sound = np.concatenate([np.zeros(300), np.full(300, 0.9), np.zeros(300)])
    content = (sound * 2**15).astype("<i2").tobytes()
    for extra in ((), ("--json",)):
        stdin = types.SimpleNamespace(buffer=io.BytesIO(content))
        monkeypatch.setattr(sys, "stdin", stdin)
        status, out, err = run("listen", "m.keras", "--source", "-", *RULES, *extra)
        assert status == 0
        assert "Ctrl-C" in err
        (line,) = out.splitlines()
        if extra:
            assert json.loads(line)["end"] == 6.25
        else:
            assert line.split()[:3] == ["3.25", "6.25", "loud"]


def test_listen_needs_a_library_for_the_microphone(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    status, _, err = run("listen", "m.keras")
    assert status == 1
    assert 'pip install "hearingai[live]"' in err


def test_a_missing_model_is_told_at_once(run, recording):
    for command in (("annotate", "other.keras", recording), ("listen", "other.keras")):
        status, _, err = run(*command)
        assert (status, "`other.keras` does not exist" in err) == (1, True)
