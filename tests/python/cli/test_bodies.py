"""The command with pretrained bodies: list, describe, train, few-shot, experiments."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from small_bodies import RATE, energy_body, on_body, write_onnx


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """`body.onnx`, and `clips.csv`: loud and soft noise of four speakers."""
    need("onnx", "onnxruntime")
    folder, rows = tmp_path_factory.mktemp("bodies"), []
    write_onnx(folder / "body.onnx")
    for i in range(24):
        noise = np.random.default_rng(i).uniform(-1, 1, RATE // 2) * (0.9 if i % 2 else 0.02)
        hearingai.write_audio(folder / f"{i}.wav", noise, RATE)
        named = {"class": "loud" if i % 2 else "soft", "speaker": f"s{i // 2 % 4}"}
        rows.append({"fname": f"{i}.wav"} | named)
    pd.DataFrame(rows).to_csv(folder / "clips.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def of_body(folder):
    return ("--body", folder / "body.onnx", "--body-rate", RATE)


HEAD = ("--recipe", "head", "--epochs", 2, "--seed", 1)


def test_bodies_are_listed(run):
    status, text, _ = run("bodies", "--json")
    assert status == 0
    assert json.loads(text) == hearingai.list_bodies().to_dict("records")
    assert "CC BY-NC-SA 4.0" in run("bodies")[1]


def test_a_file_is_described(run, folder):
    status, text, _ = run("body-info", folder / "body.onnx", "--json")
    assert status == 0
    assert json.loads(text) == hearingai.body_info(folder / "body.onnx").to_dict("records")
    assert "squeezed" in run("body-info", folder / "body.onnx")[1]
    assert run("body-info", folder / "none.onnx")[0] == 1
    status, out, err = run("body-info", folder / "clips.csv")
    assert (status, out) == (1, "")
    assert "must be an .onnx or .tflite file" in err


@pytest.mark.slow
def test_train_with_a_body_equals_fit(run, folder, of_body, tmp_path):
    out = tmp_path / "m.keras"
    arguments = (*HEAD, *of_body, "--duration", 0.3, "--deterministic", "--out", out, "--json")
    status, text, _ = run("train", folder / "clips.csv", *arguments)
    assert status == 0
    body = hearingai.open_body(folder / "body.onnx", sample_rate=RATE)
    clips = hearingai.load_clips(folder / "clips.csv")
    settings = {"body": body, "duration": 0.3, "epochs": 2, "seed": 1, "deterministic": True}
    direct = hearingai.fit("head", clips, **settings)
    assert json.loads(text)["fingerprint"] == direct.fingerprint()
    status, text, _ = run("info", out, "--json")
    facts = json.loads(text)
    assert facts["body"]["sha256"] == body.sha256
    assert facts["duration"] == 0.3
    status, text, _ = run("predict", out, folder / "0.wav", "--json")
    assert (status, json.loads(text)[0]["fname"]) == (0, str(folder / "0.wav"))
    status, text, _ = run("evaluate", out, folder / "clips.csv", "--json")
    assert (status, json.loads(text)["n"]) == (0, 24)
    assert run("annotate", out, folder / "1.wav", "--hop", 0.1, "--json")[0] == 0
    picture = tmp_path / "why.png"
    status, text, _ = run("explain", out, folder / "1.wav", "--out", picture, "--json")
    assert (status, json.loads(text)["method"]) == (0, "occlusion")
    assert picture.stat().st_size > 1000


def test_few_shot_on_a_file(run, folder, tmp_path):
    out = tmp_path / "m.keras"
    arguments = ("--body-rate", RATE, "--shots", 4, "--seed", 1, "--out", out, "--json")
    status, text, _ = run("few-shot", folder / "body.onnx", folder / "clips.csv", *arguments)
    assert (status, json.loads(text)["n_train"]) == (0, 8)
    arguments = (*arguments[:-1], "--overwrite")
    status, text, _ = run("few-shot", folder / "body.onnx", folder / "clips.csv", *arguments)
    told = "Nothing was measured: no clips are marked `test`. There are 12 of "
    assert (status, told in text) == (0, True)
    opened = hearingai.load_classifier(out)
    assert opened.body.name == "body.onnx"
    assert opened.record["penalty"] == 100
    status, _, err = run("few-shot", folder / "none.keras", folder / "clips.csv", "--out", out)
    assert (status, "does not exist" in err) == (1, True)


@pytest.mark.slow
def test_few_shot_on_a_body_by_its_name(run, data_dir, tmp_path):
    need("ai_edge_litert", "pyopen_wakeword")
    out = tmp_path / "m.keras"
    status, text, _ = run(
        *("few-shot", "speech-embedding", data_dir / "speech_commands", "--words", "yes,no"),
        *("--shots", 5, "--seed", 1, "--out", out, "--json"),
    )
    answer = json.loads(text)
    assert (status, answer["n_train"], answer["measured_on"]) == (0, 10, "test")
    assert answer["accuracy"] > 0.85


@pytest.mark.slow
def test_experiments_take_a_body(run, folder, of_body, tmp_path):
    need("optuna")
    data = folder / "clips.csv"
    status, text, _ = run("cross-validate", data, *HEAD, *of_body, "--folds", 2, "--json")
    assert (status, len(json.loads(text)["folds"])) == (0, 2)
    status, text, _ = run("tune", data, *HEAD, *of_body, "--try", "hidden=0,4", "--json")
    assert (status, len(json.loads(text))) == (0, 2)
    store = ("--store", tmp_path, "--json")
    status, text, _ = run("prepare", data, "--recipe", "head", *of_body, *store)
    assert (status, json.loads(text)["n"], json.loads(text)["bytes"]) == (0, 24, 24 * 2 * 800)


@pytest.mark.slow
def test_export_says_what_lacks(run, folder, of_body, tmp_path):
    need("tf2onnx", "ai_edge_litert", "tensorflow")
    out = tmp_path / "m.keras"
    run("train", folder / "clips.csv", *HEAD, *of_body, "--body-licence", "MIT", "--out", out)
    status, text, _ = run("export", out, "--out", tmp_path / "whole.onnx")
    assert (status, "the head alone" in text) == (0, False)
    status, text, _ = run("export", out, "--out", tmp_path / "head.tflite")
    assert status == 0
    assert "It holds the head alone. The body body.onnx (licence MIT) is looked for" in text
    for name in ("whole.onnx", "head.tflite"):
        assert run("predict", tmp_path / name, folder / "0.wav", "--json")[0] == 0
        assert "licence MIT" in run("info", tmp_path / name)[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--recipe", "head", "--body", "body.onnx"), "`--body-rate` must be given: `body.onnx`"),
        (("--recipe", "head", "--body-rate", 8000), "`--body-rate` is for the file that `--body`"),
        (("--recipe", "head", "--body-licence", "MIT"), "`--body-licence` is for the file that"),
        (("--recipe", "head", "--body", "bert"), "`--body` must be one of 'speech-embedding'"),
        (
            ("--recipe", "head", "--body", "none.onnx", "--body-rate", 8000),
            "`none.onnx` does not exist",
        ),
        (
            ("--recipe", "gate", "--body", "body.onnx", "--body-rate", 8000),
            "`--body` suits recipes that have one",
        ),
        (("--recipe", "head", "--body", "yamnet"), "no package brings the body `yamnet`"),
    ],
)
def test_wrong_bodies_are_named(run, folder, monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(folder)
    status, out, err = run("train", "clips.csv", *arguments, "--out", tmp_path / "m.keras")
    assert (status, out) == (1, "")
    assert message in err


def test_what_a_head_needs_is_said_where_it_is_opened(run, folder, tmp_path):
    hearingai.save_classifier(on_body(["a", "b"], energy_body()), tmp_path / "m.keras")
    status, _, err = run("predict", tmp_path / "m.keras", folder / "0.wav")
    assert (status, "there is no body `energy`" in err) == (1, True)


def test_a_head_is_described_without_its_body(run, tmp_path):
    file = tmp_path / "m.keras"
    hearingai.save_classifier(on_body(["a", "b"], energy_body(source="x" * 80)), file)
    status, text, _ = run("info", file, "--json")
    facts = json.loads(text)
    assert (status, facts["labels"], facts["sample_rate"]) == (0, ["a", "b"], RATE)
    told = {"name": "energy", "licence": "CC0-1.0", "source": "x" * 80}
    assert facts["body"] == told | {"sha256": energy_body().sha256}
    assert "there is no body `energy`" in facts["not_opened"]
    lines = run("info", file)[1].splitlines()
    assert f"{'':13}licence CC0-1.0" in lines
    file.write_bytes(file.read_bytes()[:500])
    assert run("info", file)[0] == 1
