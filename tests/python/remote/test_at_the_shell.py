"""What is at an address is taken at the shell as it is in Python: by its very text."""

import json

import pytest

import hearingai
from fresh import need

need("typer")


@pytest.fixture
def model(memory, tmp_path):
    """A classifier in memory, whose key holds two slashes in a row."""
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    here = hearingai.save_classifier(classifier, tmp_path / "two.keras")
    memory.put_file(str(here), "memory://bucket/models//two.keras")
    return "memory://bucket/models//two.keras"


def names(rows):
    return [row["fname"] for row in rows]


def test_a_folder_on_a_web_server_is_one(run, model, web, tmp_path):
    address, _ = web
    inside = [f"{address}/deep/f.wav", f"{address}/deep/g.w64"]
    status, out, err = run("predict", model, f"{address}/deep/", "--json")
    assert status == 0, err
    assert names(json.loads(out)) == inside
    status, out, err = run("annotate", model, f"{address}/deep/", "--json", "--hop", 1)
    assert status == 0, err
    assert names(json.loads(out)["recordings"]) == inside
    table = tmp_path / "embedded.csv"
    status, out, err = run("embed", model, f"{address}/deep/", "--out", table, "--json")
    assert status == 0, err
    assert json.loads(out)["n"] == 2
    status, out, err = run("recording-times", f"{address}/deep/", "--json")
    assert status == 0, err
    assert names(json.loads(out)) == inside
    chosen = tmp_path / "chosen.keras"
    status, out, err = run(
        "choose-thresholds", model, f"{address}/deep/", "--out", chosen, "--json"
    )
    assert status == 0, err
    assert chosen.exists() and json.loads(out)["errors"] == []


def test_a_key_keeps_its_slashes(run, model, memory, files, tmp_path):
    memory.put_file(str(files / "a.wav"), "memory://bucket/site//a.wav")
    found = hearingai.predict(hearingai.load_classifier(model), ["memory://bucket/site//a.wav"])
    assert found["error"].isna().all()
    status, out, err = run("predict", model, "memory://bucket/site//a.wav", "--json")
    assert status == 0, err
    assert names(json.loads(out)) == ["memory://bucket/site//a.wav"]
    status, out, err = run("info", model, "--json")
    assert status == 0, err
    assert json.loads(out)["labels"] == ["no", "yes"]


def test_a_run_in_a_store_is_told_by_its_address(run, model, memory, files):
    memory.put_file(str(files / "a.wav"), "memory://bucket/a.wav")
    pytest.importorskip("pyarrow")
    given = ("memory://bucket/a.wav", "--out", "memory://bucket/runs/first", "--hop", 1)
    status, out, err = run("annotate", model, *given)
    assert status == 0, err
    assert "in memory://bucket/runs/first." in out
    status, out, err = run("run", "status", "memory://bucket/runs/first", "--json")
    assert status == 0, err
    assert json.loads(out)["out"] == "memory://bucket/runs/first"


def test_clips_that_are_written_to_a_table_keep_their_addresses(run, memory, files, tmp_path):
    memory.put_file(str(files / "a.wav"), "memory://bucket/a.wav")
    table = tmp_path / "recordings.csv"
    table.write_text("fname\nmemory://bucket/a.wav\n")
    marks = tmp_path / "marks.csv"
    marks.write_text("fname,start,end,label\nmemory://bucket/a.wav,1,2,wren\n")
    out = tmp_path / "clips.csv"
    status, _, err = run("annotated-clips", table, marks, "--out", out, "--window", 1)
    assert status == 0, err
    clips = hearingai.read_clips(out)
    assert set(clips["fname"]) == {"memory://bucket/a.wav"}


def test_paths_of_this_machine_are_told_as_before(run, model, files, monkeypatch):
    monkeypatch.chdir(files)
    status, out, err = run("predict", model, "./a.wav", "deep/", "--json")
    assert status == 0, err
    assert names(json.loads(out)) == ["a.wav", "deep/f.wav", "deep/g.w64"]


def test_the_card_of_a_classifier_at_an_address(run, model):
    card = hearingai.model_card(model)
    assert card.startswith("# two\n") and f'load_classifier("{model}")' in card
    assert "| file | 1.0 MiB |" in card
    status, out, err = run("card", model)
    assert status == 0, err
    assert out.strip() == card.strip()
