import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai import cli, store_files
from hearingai.cli.options import (
    augmentations_from,
    recipe_from,
    share_from,
    store_from,
    values_from,
)


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command in this process; gives status, stdout and stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hearingai", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
            raise SystemExit(0)
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return run


@pytest.fixture(scope="module")
def folder(words):
    return Path(words["fname"][0]).parents[1]


@pytest.fixture(scope="module")
def model(trained, tmp_path_factory):
    return hearingai.save_classifier(trained, tmp_path_factory.mktemp("model") / "m.keras")


def test_train_saves_a_classifier_and_tells_its_numbers(run, folder, tmp_path):
    out = tmp_path / "m.keras"
    status, text, _ = run(
        *("train", folder, "--recipe", "speech-commands-small", "--words", "yes,no"),
        *("--epochs", 2, "--seed", 1, "--out", out, "--json"),
    )
    assert status == 0
    answer = json.loads(text)
    assert answer["labels"] == ["no", "yes"]
    assert answer["measured_on"] == "test"
    assert answer["n"] == sum(
        hearingai.speech_commands(folder, words=["no", "yes"])["split"] == "test"
    )
    opened = hearingai.load_classifier(out)
    assert opened.fingerprint() == answer["fingerprint"]
    assert len(answer["history"]) == 2


def test_train_equals_fit(run, folder, words, tmp_path):
    recipe = "speech-commands-small"
    arguments = ("--epochs", 1, "--seed", 4, "--deterministic", "--json")
    _, text, _ = run("train", folder, "--recipe", recipe, "--out", tmp_path / "m.keras", *arguments)
    direct = hearingai.fit(recipe, words, epochs=1, seed=4, deterministic=True)
    assert json.loads(text)["fingerprint"] == direct.fingerprint()


def test_train_refuses_before_it_trains(run, folder, tmp_path):
    (tmp_path / "m.keras").touch()
    status, out, err = run("train", folder, "--out", tmp_path / "m.keras")
    assert (status, out) == (1, "")
    assert "--overwrite" in err
    assert run("train", folder, "--out", tmp_path / "n.keras", "--recipe", "nope")[0] == 1
    assert run("train", tmp_path / "none", "--out", tmp_path / "n.keras")[0] == 1
    assert run("train", folder, "--out", tmp_path / "n.keras", "--words", "maybe")[0] == 1
    assert run("train", folder)[0] == 2


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
    assert "1 clips" in text
    clips[1:].to_csv(table, index=False)
    assert run(*arguments)[0] == 1
    assert run("prepare", table, "--recipe", "audio-gate")[:2] == (1, "")
    assert run("prepare", tmp_path / "none")[:2] == (1, "")
    assert run("prepare")[0] == 2


def test_precision_device_and_store_reach_the_training(run, folder, words, tmp_path):
    out, store = tmp_path / "m.keras", tmp_path / "store"
    status, text, _ = run(
        *("train", folder, "--recipe", "speech-commands-small", "--epochs", 1, "--seed", 1),
        *("--precision", "bfloat16", "--device", "cpu", "--store", store, "--out", out, "--json"),
    )
    answer = json.loads(text)
    assert (status, answer["precision"]) == (0, "bfloat16")
    record = hearingai.load_classifier(out).record
    assert (record["precision"], record["device"]) == ("bfloat16", "cpu")
    assert len(list(store.glob("*/*/store.json"))) == 1
    shown = [line.split() for line in run("info", out)[1].splitlines()]
    assert ["precision", "bfloat16"] in shown
    status, text, _ = run("evaluate", out, folder, "--split", "test", "--device", "cpu", "--json")
    assert (status, json.loads(text)["accuracy"]) == (0, answer["accuracy"])
    status, text, _ = run("predict", out, words["fname"][0], "--device", "cpu", "--json")
    assert status == 0
    assert len(json.loads(text)) == 1
    assert run("predict", out, words["fname"][0], "--device", "tpu")[:2] == (1, "")
    assert run("evaluate", out, folder, "--device", "tpu")[:2] == (1, "")


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
    assert "heard in training" in err


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


def test_info_and_recipes(run, model):
    assert json.loads(run("info", "--json")[1])["hearingai"] == hearingai.__version__
    facts = json.loads(run("info", model, "--json")[1])
    assert facts["labels"] == ["down", "no", "yes"]
    assert "fingerprint" in run("info", model)[1]
    names = [row["name"] for row in json.loads(run("recipes", "--json")[1])]
    assert names == list(hearingai.list_recipes()["name"])
    assert "speech-commands" in run("recipes")[1]


def test_a_model_that_is_none_is_one_line(run, tmp_path):
    status, out, err = run("predict", tmp_path / "none.keras", "a.wav")
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "none.keras` does not exist" in err


def test_nothing_but_the_document_reaches_stdout(model, words):
    """In a process of its own, where libraries print what they like."""
    code = "from hearingai.cli import main; main()"
    arguments = ["predict", model, words["fname"][0], "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[0]["fname"] == words["fname"][0]


def test_demo_leaves_a_classifier_and_five_plots(run, tmp_path):
    out = tmp_path / "demo"
    status, text, _ = run("demo", "--out", out, "--words", "no,yes", "--n", 20, "--epochs", 1)
    assert status == 0
    names = {f.name for f in out.iterdir()}
    plots = {f"{p}.png" for p in ("waveform", "spectrogram", "history", "confusion", "alluvial")}
    assert names == plots | {"words.keras", "clips.csv", "predictions.csv"}
    assert text.strip().splitlines()[-1].endswith(str(out))
    assert hearingai.load_classifier(out / "words.keras").labels == ["no", "yes"]


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory):
    """A table of embeddings in three folds, as a CSV file."""
    folder = tmp_path_factory.mktemp("embeddings")
    values = np.random.default_rng(0).integers(0, 256, (40, 10, 128))
    (folder / "clips.json").write_text(
        json.dumps([{"audio_embedding": clip.tolist()} for clip in values])
    )
    clips = pd.DataFrame(
        {
            "fname": "clips.json",
            "class": ["a", "b"] * 20,
            "record": range(40),
            "fold": np.repeat([1, 2, 10], [10, 10, 20]),
        }
    )
    clips.to_csv(folder / "clips.csv", index=False)
    return folder / "clips.csv"


TAGGER = ("--recipe", "audio-gate", "--network", "linear_tagger", "--option", "hidden=2")


def test_train_tests_a_fold_with_network_options_and_augmentation(run, embeddings, tmp_path):
    out = tmp_path / "m.keras"
    status, text, _ = run(
        *("train", embeddings, *TAGGER, "--option", "dropout=0.5", "--fold", 2),
        *("--augment", "embedding_jitter,mixup", "--balanced", "--epochs", 1, "--seed", 1),
        *("--out", out, "--json"),
    )
    assert status == 0
    answer = json.loads(text)
    assert (answer["measured_on"], answer["n"]) == ("test", 10)
    assert (answer["n_train"], answer["n_validation"]) == (20, 10)
    assert answer["metrics"]["accuracy"] == answer["accuracy"]
    opened = hearingai.load_classifier(out)
    assert opened.count_params() == 1280 * 2 + 2 + 2 + 1
    assert opened.network.get_config()["layers"][-2]["config"]["rate"] == 0.5
    names = [layer["class_name"] for layer in opened.record["augment"]]
    assert names == ["EmbeddingJitter", "Mixup"]
    assert opened.record["class_weight"] == [1.0, 1.0]
    # A share to validate on is one of the other folds' clips.
    for share, numbers in ((0, (30, None)), (0.5, (20, 10))):
        arguments = ("--fold", 2, "--validation", share, "--epochs", 1, "--json", "--out")
        _, text, _ = run("train", embeddings, *TAGGER, *arguments, tmp_path / f"{share}.keras")
        found = json.loads(text)
        assert (found["n_train"], found["n_validation"]) == numbers
        assert (found["measured_on"], found["n"]) == ("test", 10)
    # The same fold again, measured alone.
    status, text, _ = run("evaluate", out, embeddings, "--fold", 2, "--json")
    assert json.loads(text)["accuracy"] == answer["accuracy"]


def test_cross_validate_prints_folds_and_summary(run, embeddings, tmp_path):
    arguments = ("cross-validate", embeddings, *TAGGER, "--epochs", 1, "--seed", 2)
    arguments += ("--validation", 0, "--folds", "fold", "--out", tmp_path / "cv")
    status, text, _ = run(*arguments, "--json")
    answer = json.loads(text)
    assert status == 0
    assert [fold["fold"] for fold in answer["folds"]] == ["1", "2", "10"]
    assert [fold["n_train"] for fold in answer["folds"]] == [30, 30, 20]
    assert "accuracy" in [row["metric"] for row in answer["summary"]]
    assert sum(row["n"] for row in answer["confusion"]) == 40
    assert len(pd.read_csv(tmp_path / "cv" / "predictions.csv")) == 40
    # Again, from the folder: nothing is trained anew.
    status, text, _ = run(*arguments)
    assert status == 0
    assert "Over the folds" in text
    assert str(tmp_path / "cv" / "predictions.csv") in text
    status, _, err = run(*arguments[:-1], tmp_path / "cv", "--balanced")
    assert status == 1
    assert "another cross-validation" in err


def test_folds_know_the_precision_asked_for(run, embeddings):
    arguments = ("cross-validate", embeddings, *TAGGER, "--epochs", 1, "--seed", 2)
    arguments += ("--validation", 0, "--folds", 2, "--store", "none", "--json")
    for precision in ("float32", "bfloat16"):
        status, text, _ = run(*arguments, "--precision", precision, "--device", "cpu")
        assert status == 0
        assert json.loads(text)["settings"]["precision"] == precision


def test_tune_prints_its_table(run, embeddings, tmp_path):
    pytest.importorskip("optuna")
    arguments = ("tune", embeddings, *TAGGER[:4], "--epochs", 1, "--seed", 2)
    arguments += ("--try", "hidden=2,3", "--try", "optimizer=Adam", "--out", tmp_path / "t.log")
    arguments += ("--precision", "float32", "--device", "cpu", "--store", "none")
    arguments += ("--validation", 0.5, "--augment", "embedding_jitter", "--patience", 1)
    status, text, _ = run(*arguments, "--json")
    answer = json.loads(text)
    assert status == 0
    assert {row["seed"] for row in answer} == {2}
    assert sorted(row["hidden"] for row in answer) == [2, 3]
    assert answer[0]["accuracy"] >= answer[1]["accuracy"]
    status, text, _ = run(*arguments)
    assert status == 0
    assert "Tuning" in text
    assert "Seed 2." in text
    assert run(*arguments[:-1], 2)[0] == 1  # another patience is another tuning


@pytest.mark.parametrize("option", ["--data", "--kind"])
def test_data_may_be_named(run, folder, tmp_path, option):
    arguments = ("train", folder, "--out", tmp_path / "m.keras", option)
    status, _, err = run(*arguments, "esc5")
    assert status == 1
    assert "esc5" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "--option", "hidden"), "NAME=VALUE"),
        (("train", "--option", "hiden=2"), "no hiden"),
        (("train", "--network", "linear"), "network"),
        (("train", "--augment", "jitter"), "embedding_jitter"),
        (("train", "--augment", "gain"), "Gain changes waveforms"),
        (("train", "--fold", "4"), "fold"),
        (("train", "--precision", "float16"), "`precision` must be one of"),
        (("train", "--device", "tpu"), "`device` must be one of"),
        (("cross-validate", "--folds", "2", "--precision", "half"), "`precision` must be one of"),
        (("tune", "--try", "kernel_size=2", "--device", "tpu"), "`device` must be one of"),
        (("cross-validate", "--validation", "half"), "validation"),
        (("cross-validate", "--folds", "room"), "no column `room`"),
        (("cross-validate", "--folds", "1"), "two folds"),
        (("tune", "--try", "hidden"), "NAME=VALUE,VALUE"),
        (("tune", "--try", "hidden=2..4:lin"), "LOW..HIGH:log"),
        (("tune", "--try", "kernel_size=2", "--patience", "0"), "patience"),
        (("tune", "--try", "kernel_size=2", "--augment", "jitter"), "embedding_jitter"),
        (("tune", "--try", "hiden=2"), "cannot vary `hiden`"),
        (("tune", "--try", "kernel_size=2", "--metric", "f2"), "metric"),
    ],
)
def test_wrong_use_of_an_experiment_is_one_line(run, embeddings, tmp_path, arguments, words):
    command, *rest = arguments
    rest += ["--out", tmp_path / "m.keras"] if command == "train" else []
    status, out, err = run(command, embeddings, "--recipe", "audio-gate", *rest)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert words in err


def test_options_are_read_as_numbers_ranges_and_words():
    assert values_from("lr=0.001,1") == ("lr", [0.001, 1])
    assert values_from("dropout=0.1..0.5") == ("dropout", {"low": 0.1, "high": 0.5})
    assert values_from("hidden=8..64") == ("hidden", {"low": 8, "high": 64})
    assert values_from("lr=1e-5..1e-2") == ("lr", {"low": 1e-5, "high": 1e-2})
    assert values_from("lr=0.1..1:log") == ("lr", {"low": 0.1, "high": 1, "log": True})
    assert values_from("network=a, b")[1] == ["a", "b"]
    assert (share_from(None), share_from("fold"), share_from("0")) == (None, "fold", False)
    assert share_from("0.25") == 0.25
    assert (store_from(None), store_from("none"), store_from("a")) == (None, False, "a")
    assert (augmentations_from(None), augmentations_from("none")) == (None, [])
    recipe = recipe_from("audio-gate", "conv1d_tagger", ["kernel_size=5", "dropout=0.25"])
    assert recipe.network_options == {"kernel_size": 5, "dropout": 0.25}


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


def test_export_refuses_what_cannot_be(run, model, tmp_path):
    (tmp_path / "m.onnx").touch()
    status, out, err = run("export", model, "--out", tmp_path / "m.onnx")
    assert (status, out) == (1, "")
    assert "--overwrite" in err
    status, _, err = run("export", model, "--out", tmp_path / "m.tflite", "--int8")
    assert status == 1
    assert "--data" in err
    assert run("export", model, "--out", tmp_path / "m.pb")[0] == 1
    assert run("export", model)[0] == 2
    assert [f.name for f in tmp_path.iterdir()] == ["m.onnx"]
