"""The command: prepare, evaluate, predict, tell and demonstrate."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need, python
from hearingai.cli.console import print_table
from hearingai.clips import store_files


@pytest.fixture(scope="module")
def folder(words):
    return Path(words["fname"][0]).parents[1]


@pytest.fixture(scope="module")
def model(trained, tmp_path_factory):
    return hearingai.save_classifier(trained, tmp_path_factory.mktemp("model") / "m.keras")


def test_prepare_decodes_once_and_training_finds_it(run, folder, tmp_path, monkeypatch):
    store = tmp_path / "store"
    arguments = ("--recipe", "speech-commands-small", "--words", "no,yes", "--store", store)
    status, text, _ = run("prepare", folder, *arguments, "--json")
    answer = json.loads(text)
    assert status == 0
    assert {k: answer[k] for k in ("n", "bytes", "errors")} == {
        "n": 80,
        "bytes": 80 * 32000,
        "errors": [],
    }
    assert (Path(answer["path"]) / "store.json").exists()
    monkeypatch.setattr(store_files, "read_each", None)  # nothing is decoded again
    status, text, _ = run("prepare", folder, *arguments)
    assert status == 0
    assert text == f"80 clips, 2.4 MiB in {answer['path']}\n"
    out = tmp_path / "m.keras"
    status, text, _ = run("train", folder, *arguments, "--epochs", 1, "--out", out, "--json")
    assert status == 0
    assert json.loads(text)["n_train"] > 0


def test_prepare_lists_what_it_leaves_out(run, words, tmp_path):
    table = tmp_path / "clips.csv"
    clips = pd.DataFrame({"fname": [words["fname"][0], "none.wav"], "class": ["a", "b"]})
    clips.to_csv(table, index=False)
    arguments = ("prepare", table, "--store", tmp_path / "store")
    status, text, _ = run(*arguments, "--json")
    answer = json.loads(text)
    assert (status, answer["n"]) == (0, 1)
    assert answer["errors"] == [{"fname": str(tmp_path / "none.wav"), "error": "does not exist"}]
    status, text, _ = run(*arguments)
    assert status == 0
    assert "does not exist" in text
    assert "1 clip, " in text
    clips[1:].to_csv(table, index=False)
    assert run(*arguments)[0] == 1
    assert run("prepare", table, "--recipe", "audio-gate")[:2] == (1, "")
    assert run("prepare", tmp_path / "none")[:2] == (1, "")
    assert run("prepare")[0] == 2


def test_evaluate_prints_what_evaluate_finds(run, folder, model, words):
    unseen = words[words["split"] == "test"]
    expected = hearingai.evaluate(hearingai.load_classifier(model), unseen)
    status, text, _ = run("evaluate", model, folder, "--split", "test", "--json")
    answer = json.loads(text)
    assert status == 0
    assert answer["accuracy"] == expected.accuracy
    assert answer["loss"] == expected.loss
    assert answer["n"] == len(unseen)
    assert [row["label"] for row in answer["per_class"]] == ["down", "no", "yes"]
    status, text, err = run("evaluate", model, folder, "--words", "no,yes")
    assert status == 0
    assert "Accuracy" in text
    assert "used in training" in err


def test_a_split_that_is_not_there_is_named(run, folder, model, tmp_path):
    status, out, err = run("evaluate", model, folder, "--split", "tset")
    assert (status, out) == (1, "")
    assert "`--split` must be one of 'test', 'train'" in err
    assert "Did you mean 'test'" in err
    (tmp_path / "c.csv").write_text("fname,class\na.wav,no\n")
    assert (
        "`--split` needs data" in run("evaluate", model, tmp_path / "c.csv", "--split", "test")[2]
    )


def test_tables_and_folders_tell_what_they_leave_out(run, model, tmp_path):
    (tmp_path / "c.csv").write_text("fname,class\na.wav,no,x\n")
    status, _, err = run("evaluate", model, tmp_path / "c.csv")
    assert status == 1
    assert "line 2 has 3 values, and its header names 2 columns: fname, class" in err
    for name in ("no", "meow"):
        (tmp_path / "d" / name).mkdir(parents=True)
    hearingai.write_audio(tmp_path / "d" / "no" / "a.wave.wav", np.zeros(16000), 16000)
    (tmp_path / "d" / "meow" / "a.gsm").touch()
    status, _, err = run("evaluate", model, tmp_path / "d")
    assert status == 0
    assert "(.gsm) in meow. No clips are left of: meow" in err


def test_predict_answers_and_names_bad_files(run, model, words, tmp_path):
    good, bad = words["fname"][0], tmp_path / "none.wav"
    status, text, _ = run("predict", model, good, bad, "--json")
    assert status == 0
    first, second = json.loads(text)
    assert set(first) == {"fname", "label", "score", "probabilities"}
    assert first["score"] == max(first["probabilities"].values())
    assert second == {"fname": str(bad), "error": "does not exist"}
    status, text, _ = run("predict", model, good, bad)
    assert status == 0
    assert "does not exist" in text
    assert run("predict", model, bad)[0] == 1


def test_another_runtime_answers_the_same(run, model, words):
    need("onnxruntime")
    files = words["fname"][:3]
    _, text, _ = run("predict", model, *files, "--json")
    status, other, _ = run("predict", model, *files, "--runtime", "onnx", "--json")
    assert status == 0
    for told, found in zip(json.loads(text), json.loads(other), strict=True):
        assert found["label"] == told["label"]
        assert found["score"] == pytest.approx(told["score"], abs=1e-5)
    status, _, err = run("predict", model, *files, "--runtime", "tensorrt")
    assert (status, "runtime" in err) == (1, True)


def test_info_and_recipes(run, model):
    assert json.loads(run("info", "--json")[1])["hearingai"] == hearingai.__version__
    facts = json.loads(run("info", model, "--json")[1])
    assert facts["labels"] == ["down", "no", "yes"]
    text = run("info", model)[1]
    assert f"fingerprint             {facts['fingerprint']}\n" in text
    assert "config learning_rate 0.001, clipnorm 1," in text
    assert "{" not in text and "\naugment                 -\n" in text
    names = [row["name"] for row in json.loads(run("recipes", "--json")[1])]
    assert names == list(hearingai.list_recipes()["name"])
    text = run("recipes")[1]
    assert "speech-commands" in text and "44100" in text and "e+0" not in text


def test_tables_show_every_digit_before_the_point(capsys):
    print_table(pd.DataFrame({"a": [44100.0, None], "b": [12345.678, 0.123456]}), None)
    shown = capsys.readouterr().out
    assert [number in shown for number in ("44100", "12346", "0.1235")] == [True] * 3


def test_tables_show_names_with_brackets_as_they_are(capsys):
    names = ["[bold]a.wav", "b[/x].wav", "[link=https://host]c.wav"]
    print_table(pd.DataFrame({"[/fname]": names}), None)
    shown = capsys.readouterr().out
    assert all(name in shown for name in ["[/fname]", *names])


def test_what_a_strangers_file_holds_controls_no_terminal(run, model, tmp_path):
    evil, esc = tmp_path / "a.keras", "\x1b]0;evil\x07"
    with zipfile.ZipFile(model) as good, zipfile.ZipFile(evil, "w") as bad:
        for name in good.namelist():
            config = json.loads(good.read(name)) if name == "config.json" else {}
            if config:
                config["config"]["record"] |= {esc: 1, "b": {esc: 1}, "c": {esc: "x" * 99}}
            bad.writestr(name, json.dumps(config) if config else good.read(name))
    status, out, err = run("info", evil)
    assert (status, err) == (0, "")
    assert out.count(r"\x1b]0;evil\x07") == 3
    with zipfile.ZipFile(evil, "a") as bad:
        bad.writestr(f"{esc}\ra", "")
    status, _, err = run("info", evil)
    assert status == 1
    assert r"`\x1b]0;evil\x07\ra`" in err
    assert not {"\x1b", "\x07", "\r"} & set(out + err)


def test_a_model_that_is_none_is_one_line(run, tmp_path):
    status, out, err = run("predict", tmp_path / "none.keras", "a.wav")
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "none.keras` does not exist" in err


def test_what_is_missing_or_misspelt_is_told_before_keras_is_loaded(tmp_path):
    (tmp_path / "there").mkdir()
    commands = {
        "train gone --out a.keras": "`gone` does not exist",
        "train there --out a.keras --recipe spech": "`--recipe` must be one of 'speech-commands'",
        "train there --out a.h5": "must end in .keras",
        "train there --out gone/a.keras": "folder of `gone/a.keras` does not exist",
        "predict gone.keras a.wav": "`gone.keras` does not exist",
        "export gone.keras --out a.onnx": "`gone.keras` does not exist",
        "evaluate there gone": "`gone` does not exist",
        "info gone.onnx": "`gone.onnx` does not exist",
        "cross-validate there --recipe spech": "`--recipe` must be one of 'speech-commands'",
    }
    code = (
        "import sys\nfrom hearingai.cli import main\nfor line in sys.stdin:\n"
        "    sys.argv = ['hearingai', *line.split()]\n"
        "    try:\n        main()\n"
        "    except SystemExit as end:\n        print(end.code, 'keras' in sys.modules)\n"
    )
    done = python(code, input="\n".join(commands), cwd=tmp_path)
    assert done.stdout.splitlines() == ["1 False"] * len(commands)
    for line, words in zip(done.stderr.splitlines(), commands.values(), strict=True):
        assert words in line


def test_nothing_but_the_document_reaches_stdout(model, words):
    """In a process of its own, where libraries print what they like."""
    code = "from hearingai.cli import main; main()"
    arguments = ["predict", model, words["fname"][0], "--json"]
    done = python(code, *arguments)
    assert json.loads(done.stdout)[0]["fname"] == words["fname"][0]


@pytest.mark.slow
def test_demo_leaves_a_classifier_and_five_plots(run, tmp_path):
    out = tmp_path / "demo"
    status, text, _ = run("demo", "--out", out, "--words", "no,yes", "--n", 20, "--epochs", 1)
    assert status == 0
    names = {f.name for f in out.iterdir()}
    plots = {f"{p}.png" for p in ("waveform", "spectrogram", "history", "confusion", "alluvial")}
    assert names == plots | {"words.keras", "clips.csv", "predictions.csv"}
    assert text.strip().splitlines()[-1].endswith(str(out))
    assert hearingai.load_classifier(out / "words.keras").labels == ["no", "yes"]


def test_help_is_for_people(run):
    status, text, _ = run("--help")
    assert status == 0
    lines = text.partition("Commands:\n")[2].splitlines()
    assert len(lines) > 20
    for line in lines:
        assert not line.endswith("..."), "cut off"
        assert "<list[str]>" not in run(line.split()[0], "--help")[1]
    assert run("--version") == (0, f"hearingai {hearingai.__version__}\n", "")
