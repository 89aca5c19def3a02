"""Runs at the shell: by workers, by slices, how far they are, merged."""

import json
import os
import signal
import subprocess
import sys

import pandas as pd
import pytest

import hearingai
from children import alive, children, need_list_of_processes
from fresh import need
from patience import PATIENCE, until

need("pyarrow")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "words.keras"
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    hearingai.save_classifier(classifier, path)
    return path


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    """Three recordings of half a minute and more, and one that is none."""
    import numpy as np

    folder = tmp_path_factory.mktemp("field")
    rng = np.random.default_rng(1)
    for i in range(3):
        sound = rng.normal(0, 0.1, 16000 * (80 + i)).clip(-1, 1)
        hearingai.write_audio(folder / f"{i}.wav", sound, 16000)
    (folder / "bad.wav").write_bytes(b"RIFF of nothing")
    return folder


def test_a_run_by_slices_and_its_tables(run, model, field, tmp_path):
    out, rules = tmp_path / "run", ("--hop", "1", "--threshold", "0.4")
    status, told, _ = run("annotate", model, field, "--out", out, *rules, "--shard", "1/2")
    assert status == 0 and "of 4 recordings done" in told and str(out) in told
    assert run("run", "status", out)[0] == 3
    status, _, error = run("run", "merge", out, "--out", tmp_path / "part.csv")
    assert status == 0 and "the run is not done" in error
    status, told, _ = run(
        "annotate", model, field, "--out", out, *rules, "--shard", "2/2", "--json"
    )
    found = json.loads(told)
    assert (found["recordings"], found["done"], found["errors"]) == (4, 4, 1)
    assert found["seconds"] == 80 + 81 + 82
    assert run("run", "status", out)[0] == 0
    run("run", "merge", out, "--out", tmp_path / "events.csv")
    run("run", "merge", out, "--out", tmp_path / "all.parquet", "--table", "recordings")
    events = hearingai.read_run(out)
    assert len(events) > 0
    pd.testing.assert_frame_equal(hearingai.read_events(tmp_path / "events.csv"), events)
    merged = pd.read_parquet(tmp_path / "all.parquet")
    assert merged["fname"].tolist() == hearingai.read_run(out, "recordings")["fname"].tolist()
    assert run("run", "merge", out, "--out", tmp_path / "events.csv")[0] == 1
    assert run("run", "merge", out, "--out", tmp_path / "x.csv", "--table", "none")[0] == 1
    assert run("run", "status", tmp_path)[0] == 1
    status, _, error = run("annotate", model, field, "--out", out, "--hop", "0.5")
    assert status == 1 and "hop is" in error


def test_clips_in_folders(run, model, words, tmp_path):
    files = list(words["fname"][:6])
    for command in ("predict", "embed"):
        out = tmp_path / command
        status, told, _ = run(command, model, *files, "--out", out)
        assert status == 0 and "6 of 6 recordings done" in told
    words.to_csv(tmp_path / "clips.csv", index=False)
    assert run("evaluate", model, tmp_path / "clips.csv", "--out", tmp_path / "e")[0] == 0
    status, told, _ = run(
        *("prepare", tmp_path / "clips.csv", "--recipe", "speech-commands-small"),
        *("--store", tmp_path / "store", "--out", tmp_path / "p", "--json"),
    )
    assert status == 0 and json.loads(told)["n"] == 120
    assert run("predict", model, *files, "--out", tmp_path / "x.csv")[0] == 1


def test_a_wrong_number_of_workers_is_told_as_typed(run, model, field, tmp_path):
    status, _, error = run("annotate", model, field, "--out", tmp_path / "r", "--workers", "two")
    assert status == 1 and "`--workers` must be" in error


@pytest.mark.slow
def test_ctrl_c_ends_workers_and_the_next_call_goes_on(model, field, tmp_path):
    need_list_of_processes()
    out = tmp_path / "run"
    begin = "from hearingai.cli import main; main()"
    command = [sys.executable, "-c", begin, "annotate", model, field, "--out", out]
    command += ["--hop", "0.01", "--workers", "2"]
    shell = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    working = until(lambda: len(children(shell.pid)) == 2 and children(shell.pid))
    os.killpg(shell.pid, signal.SIGINT)
    said = shell.communicate(timeout=PATIENCE)[1].decode()
    assert shell.returncode in (1, 130) and "Traceback" not in said
    until(lambda: not any(map(alive, working)))
    assert (out / "run.json").is_file()
