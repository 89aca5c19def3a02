"""Any number of labels a clip at the shell: from a CSV table, and from AudioSet's records."""

import json

import numpy as np
import pytest

from chords import write_chords
from tfrecords import message, write


@pytest.fixture
def told(run):
    """What the command prints, which must succeed; of `--json` the document."""

    def tell(*words):
        status, text, _ = run(*words)
        assert status == 0
        return json.loads(text) if "--json" in words else text

    return tell


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chords")
    clips = write_chords(folder, 40)
    clips.to_csv(folder / "clips.csv", index=False)
    return folder / "clips.csv"


@pytest.mark.slow
def test_a_table_with_labels_trains_and_is_measured(told, table, tmp_path):
    model, recording = tmp_path / "chords.keras", table.parent / "0.wav"
    options = ("--recipe", "gate", "--epochs", 1, "--batch-size", 8, "--precision", "float32")
    options += ("--sampling", "balanced", "--seed", 1, "--out", model)
    answer = told("train", table, *options, "--json")
    labels = answer["labels"]
    assert labels == ["high", "low", "middle"]
    assert {"map_macro", "map_micro"} <= set(answer["validation"]["metrics"])
    found = told("evaluate", model, table, "--json")
    assert 0 < found["metrics"]["map_macro"] <= 1
    assert [row["label"] for row in found["per_class"]] == labels
    assert f"mAP {found['metrics']['map_macro']:.4f} over labels" in told("evaluate", model, table)
    (row,) = told("predict", model, recording, "--json")
    assert row["labels"] == [n for n in labels if row["probabilities"][n] >= 0.5]
    assert "label" not in row
    assert "labels" in told("predict", model, recording)


@pytest.mark.slow
def test_audioset_trains_on_all_its_labels_by_one_command(told, tf, tmp_path):
    rng = np.random.default_rng(1)
    sets = [[k for k in range(3) if rng.random() < 0.5] for _ in range(24)]
    records = [message(tf, labels, video=f"v{i}") for i, labels in enumerate(sets)]
    data = write(tf, tmp_path / "data" / "bal_train" / "a.tfrecord", *records).parent.parent
    model = tmp_path / "audioset.keras"
    recipe = ("--recipe", "embedding-attention", "--option", "units=8")
    answer = told("train", data, *recipe, "--epochs", 1, "--out", model, "--json")
    assert answer["labels"] == ["Dog, bark", "Speech", "Turkey"]
    found = told("evaluate", model, data, "--json")
    assert {"map_macro", "map_micro"} <= set(found["metrics"])
    assert found["n"] == 24
