"""The command's experiments: folds, cross-validation and tuning, on embeddings."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.cli.options import recipe_from
from hearingai.cli.texts import augmentations_from, share_from, store_from, values_from


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


@pytest.mark.slow
def test_train_tests_a_fold_with_network_options_and_augmentation(run, embeddings, tmp_path):
    out = tmp_path / "m.keras"
    status, text, _ = run(
        *("train", embeddings, *TAGGER, "--option", "dropout=0.5", "--fold", 2),
        *("--augment", "embedding_jitter,mixup", "--augment-option", "mixup.alpha=0.3"),
        *("--balanced", "--epochs", 1, "--seed", 1),
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
    assert opened.record["augment"][1]["config"]["alpha"] == 0.3
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


@pytest.mark.slow
def test_folds_know_the_precision_asked_for(run, embeddings):
    arguments = ("cross-validate", embeddings, *TAGGER, "--epochs", 1, "--seed", 2)
    arguments += ("--validation", 0, "--folds", 2, "--store", "none", "--json")
    for precision in ("float32", "bfloat16"):
        status, text, _ = run(*arguments, "--precision", precision, "--device", "cpu")
        assert status == 0
        assert json.loads(text)["settings"]["precision"] == precision


def test_tune_prints_its_table(run, embeddings, tmp_path):
    need("optuna")
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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "--option", "hidden"), "NAME=VALUE"),
        (("train", "--option", "hiden=2"), "no hiden"),
        (("train", "--network", "linear"), "network"),
        (("train", "--augment", "jitter"), "embedding_jitter"),
        (("train", "--augment", "gain"), "Gain changes waveforms"),
        (("train", "--augment", "gain", "--augment-option", "mixup.alpha=1"), "that `--augment`"),
        (("tune", "--try", "hidden=2", "--augment-option", "gain=1"), "AUGMENTATION.NAME=VALUE"),
        (("train", "--augment", "mixup", "--augment-option", "mixup.alfa=1"), "no option alfa"),
        (("train", "--recipe", "audio-gate", "--copies", "2"), "`--copies` suits recipes"),
        (("train", "--fold", "4"), "fold"),
        (("train", "--precision", "float16"), "`--precision` must be one of"),
        (("train", "--device", "tpu"), "`--device` must be one of"),
        (("cross-validate", "--folds", "2", "--precision", "half"), "`--precision` must be one of"),
        (("tune", "--try", "kernel_size=2", "--device", "tpu"), "`--device` must be one of"),
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
    told = ["gain.gain_db=-6..6", "room_response.responses=rooms", "room_response.rt60=0.5"]
    assert augmentations_from("gain,room_response,mixup", told) == [
        ("gain", {"gain_db": (-6, 6)}),
        ("room_response", {"responses": "rooms", "rt60": 0.5}),
        "mixup",
    ]
    assert recipe_from("head", None, None, copies=2).copies == 2
    recipe = recipe_from("audio-gate", "conv1d_tagger", ["kernel_size=5", "dropout=0.25"])
    assert recipe.network_options == {"kernel_size": 5, "dropout": 0.25}
