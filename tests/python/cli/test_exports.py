"""The command's exports: written, told of and used by the other commands."""

import json
from pathlib import Path

import pytest

import hearingai


@pytest.fixture(scope="module")
def folder(words):
    return Path(words["fname"][0]).parents[1]


@pytest.fixture(scope="module")
def model(trained, tmp_path_factory):
    return hearingai.save_classifier(trained, tmp_path_factory.mktemp("model") / "m.keras")


def test_export_writes_a_file_that_the_other_commands_take(run, model, words, folder, tmp_path):
    out = tmp_path / "words"
    status, text, _ = run("export", model, "--out", out, "--data", folder, "--json")
    answer = json.loads(text)
    assert status == 0
    assert (answer["format"], answer["int8"], answer["agreement"]) == ("saved_model", False, 1)
    assert answer["n"] == len(words)
    assert answer["accuracy"] == answer["accuracy_before"] > 0.5
    files = list(words["fname"][:3])
    status, text, _ = run("predict", out, *files, "--json")
    saved = json.loads(run("predict", model, *files, "--json")[1])
    assert status == 0
    for found, expected in zip(json.loads(text), saved, strict=True):
        assert (found["fname"], found["label"]) == (expected["fname"], expected["label"])
        assert found["score"] == pytest.approx(expected["score"], abs=1e-4)
    assert json.loads(run("info", out, "--json")[1])["labels"] == ["down", "no", "yes"]
    evaluated = json.loads(run("evaluate", out, folder, "--json")[1])
    assert (evaluated["n"], evaluated["n_seen"]) == (len(words), None)
    heard = json.loads(run("annotate", out, files[0], "--json")[1])
    assert [recording["fname"] for recording in heard["recordings"]] == files[:1]
    gated = tmp_path / "gated.wav"
    assert run("gate", out, files[0], gated, "--target", "no")[0] == 0
    assert gated.exists()


@pytest.mark.slow
def test_export_writes_c_for_a_small_device(run, folder, tmp_path):
    pytest.importorskip("ai_edge_litert")
    out = tmp_path / "small"
    given = ("ten-words", "--out", out, "--format", "c")
    status, _, err = run("export", *given)
    assert status == 1
    assert "`--format c` needs `--data`" in err
    status, text, _ = run("export", *given, "--data", folder)
    assert status == 0
    assert "(c, 10" in text
    assert "Its network computes in 30.8 KiB of memory." in text
    assert (out / "hearingai_model.c").is_file()


def test_export_refuses_what_cannot_be(run, model, tmp_path):
    (tmp_path / "m.onnx").touch()
    status, out, err = run("export", model, "--out", tmp_path / "m.onnx")
    assert (status, out) == (1, "")
    assert "--overwrite" in err
    status, _, err = run("export", model, "--out", tmp_path / "m.tflite", "--int8")
    assert status == 1
    assert "--data" in err
    status, _, err = run("export", model, "--out", tmp_path / "m", "--format", "c")
    assert status == 1
    assert "its front end is LogSpectrogram" in err
    assert run("export", model, "--out", tmp_path / "m.pb")[0] == 1
    assert run("export", model)[0] == 2
    assert [f.name for f in tmp_path.iterdir()] == ["m.onnx"]
