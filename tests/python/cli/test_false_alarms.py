"""The commands about false accepts do what the functions do."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from burst_words import small_network


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a classifier, clips of its classes, and two recordings of noise."""
    folder, rng = tmp_path_factory.mktemp("alarms"), np.random.default_rng(1)
    recipe = hearingai.get_recipe("speech-commands-small", network=small_network, duration=0.5)
    classifier = hearingai.create_classifier(recipe, ["word", "unknown"], seed=1)
    hearingai.save_classifier(classifier, folder / "a.keras")
    (folder / "hours").mkdir()
    for i in range(2):
        noise = rng.normal(0, 0.1, 48000)
        hearingai.write_audio(folder / "hours" / f"{i}.wav", noise, 16000)
    rows = []
    for i in range(8):
        path = folder / f"{i}.wav"
        hearingai.write_audio(path, rng.normal(0, 0.01 + 0.01 * i, 8000), 16000)
        rows.append((str(path), "word" if i > 3 else "unknown"))
    pd.DataFrame(rows, columns=["fname", "class"]).to_csv(folder / "clips.csv", index=False)
    return folder


def test_thresholds_are_chosen_and_saved(made, run, tmp_path):
    out = tmp_path / "b.keras"
    given = ("choose-thresholds", made / "a.keras", made / "hours", "--out", out, "--hop", 0.25)
    status, text, _ = run(*given, "--refractory", 1, "--json")
    answer = json.loads(text)
    assert status == 0
    chosen = hearingai.choose_thresholds(
        hearingai.load_classifier(made / "a.keras"), made / "hours", hop=0.25, refractory=1
    )
    assert answer["thresholds"] == chosen.thresholds
    assert answer["summary"]["false_accepts_per_hour"] == 0
    assert answer["per_label"][0]["label"] == "word"
    assert hearingai.load_classifier(out).record["thresholds"] == chosen.thresholds
    found = run("annotate", out, made / "hours", "--hop", 0.25, "--refractory", 1, "--json")
    assert json.loads(found[1])["events"] == []
    assert run(*given)[0] == 1  # it is there already
    truth = tmp_path / "truth.csv"
    columns = ["fname", "start", "end", "label"]
    known = pd.DataFrame([[str(made / "hours" / "0.wav"), 1, 2, "word"]], columns=columns)
    known.to_csv(truth, index=False)
    status, text, _ = run(*given, "--overwrite", "--truth", truth)
    assert status == 0
    assert "false_reject_rate" in text
    assert "false accepts an hour in 0.00167 h" in text
    wrong = run(*given, "--overwrite", "--wanted-per-hour", 0)
    assert "`--wanted-per-hour` must be" in wrong[2]


def test_false_alarms_are_mined(made, run, tmp_path):
    out = tmp_path / "b.keras"
    given = ("mine-false-alarms", made / "a.keras", made / "hours", "--clips", made / "clips.csv")
    options = ("--out", out, "--hop", 0.25, "--epochs", 1, "--above", 0.01, "--seed", 1)
    status, text, err = run(*given, *options, "--json")
    assert (status, err) == (0, "")
    answer = json.loads(text)
    assert [row["round"] for row in answer["summary"]] == [0, 1]
    assert answer["summary"][1]["n_mined"] == len(answer["mined"]) > 0
    assert {row["side"] for row in answer["recordings"]} == {"mined", "test"}
    assert hearingai.load_classifier(out).record["mined"] == len(answer["mined"])
    status, text, _ = run(*given, *options, "--overwrite")
    assert status == 0
    assert "round by round" in text
    wrong = run(*given, *options, "--overwrite", "--penalty", 1)
    assert "`--penalty` is for classifiers with a body" in wrong[2]
