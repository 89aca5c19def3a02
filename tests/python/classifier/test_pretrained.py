"""The classifiers in the package."""

import json
import math

import keras
import numpy as np
import pytest

import hearingai
from fresh import python
from hearingai.classifier.pretrained import FOLDER, pretrained_names

TEN = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
PARTS = ("What was measured", "Data and licence", "What it cannot do", "How it was built")


@pytest.fixture(scope="module")
def ten_words():
    return hearingai.pretrained("ten-words")


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.wav"
    rng = np.random.default_rng(0)
    hearingai.write_audio(path, rng.normal(0, 0.05, 48000).astype("float32"), 16000)
    return path


def test_ten_words_has_the_ten_words_and_two_labels_for_the_rest(ten_words):
    assert ten_words.labels == [*TEN, "unknown", "silence"]
    assert (ten_words.sample_rate, ten_words.duration) == (16000, 1.0)
    assert ten_words.record["licence"] == "CC BY 4.0"
    assert len(ten_words.trained_on) > 1000


def test_it_answers_and_is_learnt_from_as_any_other(ten_words, sound, tmp_path):
    table = hearingai.predict(ten_words, str(sound))
    assert table.filter(like="prob_").to_numpy().sum() == pytest.approx(1, abs=1e-5)
    path = hearingai.save_classifier(ten_words, tmp_path / "mine.keras")
    assert hearingai.load_classifier(path).fingerprint() == ten_words.fingerprint()


@pytest.mark.parametrize("name", pretrained_names())
def test_the_listing_and_the_card_tell_the_truth_about_the_file(name):
    classifier = hearingai.pretrained(name)
    listed = hearingai.list_pretrained().set_index("name").loc[name]
    card = hearingai.model_card(name)
    assert listed["labels"] == ", ".join(classifier.labels)
    assert listed["parameters"] == classifier.network.count_params() < 100_000
    assert listed["size"] == (FOLDER / f"{name}.keras").stat().st_size < 600_000
    assert listed["licence"] == classifier.record["licence"]
    assert 0 < listed["accuracy"] <= 1
    assert f"fingerprint: {classifier.fingerprint()}\n" in card
    assert [part for part in PARTS if f"\n## {part}\n" not in card] == []


@pytest.mark.parametrize("name", pretrained_names())
def test_a_file_holds_neither_an_optimizer_nor_a_path(name):
    classifier = hearingai.pretrained(name)
    assert getattr(classifier, "optimizer", None) is None
    assert '"/' not in json.dumps(classifier.record)


def test_what_is_not_in_the_package_is_named():
    with pytest.raises(hearingai.HearingAIError, match="`name` must be one of 'ten-words'"):
        hearingai.pretrained("ten_words")
    with pytest.raises(hearingai.HearingAIError, match=r"`classifier` must be .*: 'ten-words'"):
        hearingai.model_card("../models/ten-words")


def test_files_in_the_package_are_opened_with_the_checks_of_any_other(tmp_path, monkeypatch):
    monkeypatch.setattr("hearingai.classifier.pretrained.FOLDER", tmp_path)
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(len)]).save(tmp_path / "bad.keras")
    assert pretrained_names() == ("bad",)
    with pytest.raises(hearingai.HearingAIError, match="Lambda"):
        hearingai.pretrained("bad")


def test_what_is_there_is_listed_without_keras():
    python(
        "import sys, hearingai; hearingai.list_pretrained(); hearingai.model_card('ten-words')\n"
        "assert 'keras' not in sys.modules"
    )


def test_a_name_stands_for_a_file_at_the_shell(run, ten_words, sound, tmp_path, monkeypatch):
    status, text, _ = run("predict", "ten-words", sound, "--json")
    assert status == 0
    direct = hearingai.predict(ten_words, str(sound)).iloc[0]
    (told,) = json.loads(text)
    assert told["label"] == direct["label"]
    assert math.isclose(told["probabilities"]["yes"], direct["prob_yes"], rel_tol=1e-5)
    status, text, _ = run("info", "ten-words", "--json")
    assert json.loads(text)["fingerprint"] == ten_words.fingerprint()
    assert run("explain", "ten-words", sound, "--out", tmp_path / "why.png")[0] == 0
    status, _, err = run("predict", "ten-word", sound)
    assert status == 1
    assert "`ten-word` does not exist. In the package are: ten-words" in err
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ten-words").mkdir()  # such as an exported classifier, which this is not
    assert run("info", "ten-words")[0] == 1


def test_the_shell_lists_them_and_shows_a_card(run):
    status, text, _ = run("pretrained", "--json")
    assert status == 0
    assert json.loads(text) == hearingai.list_pretrained().to_dict("records")
    assert run("pretrained", "ten-words")[1] == hearingai.model_card("ten-words")
    assert run("pretrained", "nothing")[0] == 1
