"""The command that trains."""

import json
from pathlib import Path

import pytest

import hearingai


@pytest.fixture(scope="module")
def folder(words):
    return Path(words["fname"][0]).parents[1]


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


@pytest.mark.parametrize("option", ["--data", "--kind"])
def test_data_may_be_named(run, folder, tmp_path, option):
    arguments = ("train", folder, "--out", tmp_path / "m.keras", option)
    status, _, err = run(*arguments, "esc5")
    assert status == 1
    assert "esc5" in err


@pytest.mark.slow
def test_a_task_and_a_background_are_passed_on(run, folder, words, tmp_path):
    status, _, error = run(
        *("train", folder, "--recipe", "speech-commands-small", "--task", 12),
        *("--out", tmp_path / "m.keras"),
    )
    assert status == 1
    assert "`task=12` needs words that" in error.replace("--task 12", "task=12")
    noise = folder / "_background_noise_"
    status, text, _ = run(
        *("train", folder, "--recipe", "speech-commands-small", "--words", "yes,no"),
        *("--background", noise, "--epochs", 1, "--seed", 1, "--out", tmp_path / "m.keras"),
        "--json",
    )
    assert status == 0
    assert json.loads(text)["labels"] == ["background", "no", "yes"]


@pytest.mark.slow
def test_a_teacher_teaches_and_several_do_together(run, folder, words, trained, tmp_path):
    teacher = hearingai.save_classifier(trained, tmp_path / "t.keras")
    arguments = ("train", folder, "--recipe", trained.recipe, "--epochs", 1, "--seed", 4)
    arguments += ("--augment", "gain", "--copies", 2, "--json", "--teacher", teacher)
    status, text, _ = run(*arguments, "--out", tmp_path / "one.keras")
    assert status == 0
    recipe = hearingai.get_recipe(trained.recipe, augment=["gain"], copies=2)
    direct = hearingai.fit(recipe, words, epochs=1, seed=4, teacher=trained)
    assert json.loads(text)["fingerprint"] == direct.fingerprint()
    status, _, _ = run(*arguments, "--teacher", teacher, "--out", tmp_path / "two.keras")
    assert status == 0
    told = hearingai.load_classifier(tmp_path / "two.keras").record["teacher"]
    both = hearingai.ensemble([hearingai.load_classifier(teacher)] * 2)
    assert told["fingerprint"] == both.fingerprint()
