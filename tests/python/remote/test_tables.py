"""Tables and classifiers at addresses, in Python and at the shell."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.cli import app
from hearingai.errors import HearingAIError

typer_testing = pytest.importorskip("typer.testing")


@pytest.fixture
def words(memory, season):
    """Two classes in a folder in memory, and the table that lists them."""
    names, classes = [], []
    for i, file in enumerate(sorted(season.rglob("0[0-7].wav"))):
        memory.put_file(str(file), f"memory://bucket/clips/{i}.wav")
        names.append(f"clips/{i}.wav")
        classes.append("even" if i % 2 else "odd")
    names[0] = f"memory://bucket/{names[0]}"
    table = pd.DataFrame({"fname": names, "class": classes})
    memory.pipe_file("memory://bucket/clips.csv", table.to_csv(index=False).encode())
    return [f"memory://bucket/clips/{i}.wav" for i in range(len(names))]


def small():
    return hearingai.create_classifier("speech-commands-small", ["odd", "even"], seed=1)


@pytest.mark.parametrize("read", [hearingai.read_clips, hearingai.load_clips])
def test_a_table_names_what_lies_beside_it(words, read):
    clips = read("memory://bucket/clips.csv")
    assert clips["fname"].tolist() == words
    assert clips["class"].tolist()[:2] == ["odd", "even"]
    with pytest.raises(HearingAIError, match="memory://bucket/none.csv does not exist"):
        read("memory://bucket/none.csv")


def test_decoded_clips_are_kept_until_a_recording_changes(words, memory, tmp_path):
    clips = hearingai.read_clips("memory://bucket/clips.csv")

    def prepare():
        return hearingai.prepare(clips, "speech-commands-small", store=tmp_path / "store")

    prepare()
    stores = list((tmp_path / "store").rglob("store.json"))
    prepare()
    assert list((tmp_path / "store").rglob("store.json")) == stores and len(stores) == 1
    memory.pipe_file(words[0], memory.cat_file(words[1]))
    prepare()
    assert len(list((tmp_path / "store").rglob("store.json"))) == 2


def test_a_classifier_is_saved_and_opened(memory, words):
    classifier, path = small(), "memory://bucket/models/a.keras"
    assert hearingai.save_classifier(classifier, path) == path
    again = hearingai.load_classifier(path)
    assert again.fingerprint() == classifier.fingerprint()
    with pytest.raises(HearingAIError, match="exists; `overwrite=True`"):
        hearingai.save_classifier(classifier, path)
    with pytest.raises(HearingAIError, match="must end in .keras"):
        hearingai.save_classifier(classifier, "memory://bucket/a.h5")
    with pytest.raises(HearingAIError, match="none.keras does not exist"):
        hearingai.load_classifier("memory://bucket/none.keras")
    predicted = hearingai.predict(again, words)
    assert predicted["fname"].tolist() == words
    assert predicted["error"].isna().all() and np.isfinite(predicted["prob_odd"]).all()


def test_the_shell_takes_addresses(memory, words):
    hearingai.save_classifier(small(), "memory://bucket/a.keras")
    run = typer_testing.CliRunner().invoke
    arguments = [
        "memory://bucket/a.keras",
        "memory://bucket/clips/",
        "--out",
        "memory://bucket/run",
    ]
    assert run(app, ["annotate", *arguments]).exit_code == 0
    told = json.loads(run(app, ["run", "status", "memory://bucket/run", "--json"]).stdout)
    assert told["done"] == told["recordings"] == len(words)
    assert hearingai.read_run("memory://bucket/run", "recordings")["fname"].tolist() == words


def test_noise_and_backgrounds_lie_anywhere(memory, words, tmp_path):
    noise = hearingai.BackgroundNoise(noise="memory://bucket/clips/", sample_rate=100)
    here = [hearingai.read_audio(name, 100)[0] for name in words]
    found = noise.get_config()["noise"]
    assert len(found) == len(here)
    for one, other in zip(found, here, strict=True):
        np.testing.assert_array_equal(one, other)
    clips = pd.DataFrame({"fname": words[:2], "class": ["odd", "even"], "start": 0.0, "end": 1.0})
    truth = hearingai.lay_clips(words[0], clips, tmp_path / "laid.wav", sample_rate=1000, seed=1)
    here = hearingai.read_audio(words[0])
    same = hearingai.lay_clips(here, clips, tmp_path / "same.wav", sample_rate=1000, seed=1)
    assert len(truth) == 7
    pd.testing.assert_frame_equal(truth.drop(columns="fname"), same.drop(columns="fname"))
    assert (tmp_path / "laid.wav").read_bytes() == (tmp_path / "same.wav").read_bytes()
