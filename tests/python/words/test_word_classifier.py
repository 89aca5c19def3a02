"""Detectors of words made from text."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.synthesis import espeak, speakers
from hearingai.words import _making, mining
from hearingai.words.texts import texts_of
from hearingai.words.word_classifier import among_words

pytest.importorskip("pyopen_wakeword", reason="the speech embedding is not installed")
try:
    espeak.find_espeak()
except HearingAIError:
    pytest.skip("eSpeak NG is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def detector():
    return hearingai.word_classifier(["yes", "no"], voices=12, seed=1, store=False)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Clips of other voices than the detector's."""
    path = tmp_path_factory.mktemp("clips") / "clips"
    return hearingai.spoken_words(["yes", "no", "up"], n=10, seed=7, path=path)


@pytest.mark.slow
def test_it_hears_voices_that_it_never_heard(detector, spoken):
    assert detector.labels == ["yes", "no", "unknown", "silence"]
    two = spoken[spoken["class"] != "up"]
    assert hearingai.evaluate(detector, two).accuracy >= 0.9
    quiet = hearingai.predict(detector, np.zeros((2, 16000), "float32"))
    assert (quiet["label"] == "silence").all()


@pytest.mark.slow
def test_one_seed_makes_one_detector_and_a_file_keeps_it(detector, tmp_path):
    again = hearingai.word_classifier("yes", voices=3, seed=2, store=False)
    same = hearingai.word_classifier(["yes"], voices=3, seed=2, store=False)
    other = hearingai.word_classifier("yes", voices=3, seed=3, store=False)
    assert again.fingerprint() == same.fingerprint() != other.fingerprint()
    hearingai.save_classifier(detector, tmp_path / "a.keras")
    loaded = hearingai.load_classifier(tmp_path / "a.keras")
    assert loaded.fingerprint() == detector.fingerprint()
    assert loaded.record["thresholds"] == detector.record["thresholds"]
    assert loaded.record["spoken"]["words"] == {"yes": ["yes"], "no": ["no"]}
    assert set(loaded.record["thresholds"]) == {"yes", "no"}


def test_annotate_reports_words_alone(detector, spoken, tmp_path):
    sound = [hearingai.read_audio(f)[0] for f in spoken["fname"][spoken["class"] == "yes"][:3]]
    gap = np.zeros(16000, "float32")
    hearingai.write_audio(np.concatenate([gap, *sound, gap]), tmp_path / "a.wav", 16000)
    found = hearingai.annotate(detector, tmp_path / "a.wav", hop=0.16).events
    assert set(found["label"]) <= {"yes", "no"}
    assert "yes" in set(found["label"])


def test_strangers_are_the_rule_in_a_stream_and_not_among_clips(detector, tmp_path):
    odds = detector.record["stream_odds"]["unknown"]
    assert odds == pytest.approx(np.exp(4.0))
    clip = np.random.default_rng(0).normal(0, 0.05, 16000).astype("float32")
    among = hearingai.predict(detector, clip).filter(like="prob_").to_numpy()[0].astype("float64")
    hearingai.write_audio(clip, tmp_path / "a.wav", 16000)
    found = hearingai.annotate(detector, tmp_path / "a.wav", hop=1.0, smooth=0)
    weighed = among * [odds if name == "unknown" else 1 for name in detector.labels]
    whole = found.windows.filter(like="prob_").to_numpy()[0]
    np.testing.assert_allclose(whole, weighed / weighed.sum(), atol=2e-3)
    hearingai.save_classifier(detector, tmp_path / "a.keras")
    loaded = hearingai.load_classifier(tmp_path / "a.keras")
    assert loaded.record["stream_odds"] == detector.record["stream_odds"]
    few = hearingai.word_classifier("yes", voices=2, seed=1, store=False)
    few.record["stream_odds"] = {"unknown": -1.0}
    hearingai.save_classifier(few, tmp_path / "b.keras")
    with pytest.raises(HearingAIError, match="`stream_odds` of its training record is damaged"):
        hearingai.load_classifier(tmp_path / "b.keras")


@pytest.mark.slow
def test_phrases_have_longer_windows():
    made = hearingai.word_classifier("open the garage door", voices=2, seed=1, store=False)
    assert made.duration == 1.5
    with pytest.raises(HearingAIError, match="last 2 s at most.*which takes 4.8 s"):
        hearingai.word_classifier(" ".join(["open the garage door"] * 4), voices=2)


def test_clips_of_real_people_are_learnt_and_others_are_unknown(spoken):
    made = hearingai.word_classifier("yes", voices=3, clips=spoken, seed=1, store=False)
    assert made.labels == ["yes", "unknown", "silence"]
    train = spoken[spoken["split"] != "test"]
    assert len(made.trained_on) == len(train)
    assert hearingai.evaluate(made, train[train["class"] == "yes"]).n_seen > 0
    up = hearingai.predict(made, spoken[spoken["class"] == "up"])
    assert (up["label"] == "unknown").mean() >= 0.8
    with pytest.raises(HearingAIError, match="has clips of none of the words.*no, up, yes"):
        hearingai.word_classifier("stop", voices=2, clips=spoken)
    with pytest.raises(HearingAIError, match="`clips` has no clips to learn from"):
        hearingai.word_classifier("yes", voices=2, clips=spoken.assign(split="test"))


@pytest.mark.slow
def test_mining_speaks_the_same_words_again(detector, spoken, tmp_path):
    rng = np.random.default_rng(0)
    sounds = [hearingai.read_audio(f)[0] for f in spoken["fname"][spoken["class"] == "up"]]
    hour = np.concatenate([s for _ in range(2) for s in rng.permutation(np.array(sounds))])
    hearingai.write_audio(hour, tmp_path / "others.wav", 16000)
    mined = hearingai.mine_false_alarms(
        detector, tmp_path / "others.wav", hop=0.5, above=0.02, threshold=0.02, seed=1
    )
    assert len(mined.mined)
    rates = mined.summary["false_accepts_per_hour"]
    assert rates.iloc[-1] <= rates.iloc[0]
    assert mined.classifier.labels == detector.labels
    assert mined.classifier.record["mined"] == len(mined.mined)


@pytest.mark.slow
def test_a_function_speaks_in_place_of_espeak(monkeypatch):
    def missing():
        raise HearingAIError("eSpeak NG is not installed")

    monkeypatch.setattr(espeak, "find_espeak", missing)
    asked = []

    def beeps(text, seed):
        asked.append((text, seed))
        rate = 8000
        return np.sin(np.arange(rate // 4) * (0.3 + len(text) / 10)).astype("float32"), rate

    made = hearingai.word_classifier(
        {"beep": "b"}, synthesizer=beeps, voices=3, others=["longer"], seed=1, store=False
    )
    assert made.labels == ["beep", "unknown", "silence"]
    assert len({seed for _, seed in asked}) == len(asked)
    assert {"b", "longer"} <= {text for text, _ in asked}
    with pytest.raises(HearingAIError, match="spoken by a function, which it does not hold"):
        hearingai.words.word_classifier.relearnt(made, pd.DataFrame())
    with pytest.raises(HearingAIError, match="`others`: 'B' is one of the texts of 'beep'"):
        hearingai.word_classifier({"beep": "b"}, synthesizer=beeps, others=["B"])
    with pytest.raises(HearingAIError, match="must return a waveform of one channel"):
        hearingai.word_classifier("b", synthesizer=lambda *_: np.ones((2, 9)), voices=1)
    with pytest.raises(HearingAIError, match="`synthesizer` must be finite"):
        hearingai.word_classifier("b", synthesizer=lambda *_: np.array([np.nan]), voices=1)
    loud = np.array([30000, -30000] * 2000, "int16")
    assert hearingai.word_classifier(
        "b", synthesizer=lambda *_: loud, voices=1, seed=1, store=False
    ).labels == ["b", "unknown", "silence"]
    with pytest.raises(HearingAIError, match="no sound for 'b'"):
        hearingai.word_classifier("b", synthesizer=lambda *_: np.zeros(900), voices=1)


@pytest.mark.slow
def test_a_network_of_its_own_learns_the_answers_of_the_head():
    made = hearingai.word_classifier("yes", body=None, voices=4, epochs=1, seed=1, store=False)
    assert (made.recipe, made.body) == ("words", None)
    assert made.labels == ["yes", "unknown", "silence"]
    assert made.record["spoken"]["words"] == {"yes": ["yes"]}
    with pytest.raises(HearingAIError, match="`epochs` is for `body=None`"):
        hearingai.word_classifier("yes", epochs=1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "one or more words. Received: none"),
        ([""], "must be text. Received: ''"),
        (["yes", "Yes"], "names 'Yes' twice"),
        (["unknown"], "'unknown' is the label of what is no word"),
        ([f"w{i}" for i in range(200)], "can be 100 at most. Received: 200"),
        ({"a": []}, "'a' has no text"),
        (3, "must be words, or texts by label"),
        ({"a": 3}, "must be text. Received: 3"),
    ],
)
def test_words_that_cannot_be_are_named(words, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.word_classifier(words, voices=1)


def test_words_that_sound_alike_are_told():
    with pytest.warns(HearingAIWarning, match="'two' and 'too' sound alike"):
        hearingai.word_classifier(["two", "too"], voices=1, seed=1, store=False)


def test_a_phrase_is_told_to_be_hurried():
    with pytest.warns(HearingAIWarning, match="'open the garage door' takes 1.* `duration=0.5`"):
        made = hearingai.word_classifier(
            "open the garage door", duration=0.5, voices=1, seed=1, store=False
        )
    assert made.duration == 0.5


def test_mining_forgets_no_clips_of_real_people(spoken, tmp_path):
    made = hearingai.word_classifier("yes", voices=2, clips=spoken, seed=1, store=False)
    hearingai.write_audio(np.zeros(64000, "float32"), tmp_path / "a.wav", 16000)
    with pytest.raises(HearingAIError, match="has learnt .* clips of real sound"):
        hearingai.mine_false_alarms(made, tmp_path / "a.wav")


def test_texts_by_label():
    assert texts_of("lights  on") == {"lights on": ("lights on",)}
    told = {"data": ["data", "[[d'eIt@]]"], "no": "nope"}
    assert texts_of(told) == {"data": ("data", "[[d'eIt@]]"), "no": ("nope",)}


def test_near_misses_and_common_words_are_unknown():
    plan = _making.Plan({"yes": ("yes",)}, "en", 2, ("indeed",), 16000, 16000, 1)
    near, other = _making._unknown_texts(
        plan, {"yes": [["j", "E", "s"]]}, True, np.random.default_rng(0)
    )
    assert {"less", "yet"} <= set(near)  # of the common words
    assert sum(text.startswith("[[") for text in near) == 12
    assert "indeed" in near  # as asked for
    assert {"indeed", "apple", "7"} <= set(other)
    assert "yes" not in other


@pytest.mark.slow
@pytest.mark.skipif("HEARINGAI_DATA" not in os.environ, reason="needs real recordings")
def test_real_people_are_heard():
    clips = hearingai.speech_commands(Path(os.environ["HEARINGAI_DATA"], "speech_commands"))
    ten = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
    made = hearingai.word_classifier(ten, voices=60, seed=1)
    assert hearingai.evaluate(made, clips[clips["class"].isin(ten)]).accuracy > 0.82


def test_no_word_is_unknown_by_another_spelling():
    plan = _making.Plan({"no": ("no",), "one": ("one",)}, "en", 2, ("no", "nose"), 16000, 16000, 1)
    near, other = _making._unknown_texts(plan, {}, False, np.random.default_rng(0))
    assert near == ["nose"]
    assert not {"no", "know", "1"} & set(other)
    assert {"2", "apple"} <= set(other)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_speakers_left_out_and_the_others_say_every_text(n):
    texts = tuple("abcde"[:n])
    plan = _making.Plan({"a": texts}, "de", 20, (), 16000, 16000, 1)
    takes = [take for take in _making._takes(plan, {}, False) if take.class_id == 0]
    for side in (True, False):
        said = {take.text for take in takes if _making.left_out(take.speaker) == side}
        assert said == set(texts)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"penalty": 1}, "`penalty` is not for classifiers that word_classifier"),
        ({"background": "x.wav"}, "`background` must be given if it is one of the labels"),
    ],
)
def test_mining_refuses_what_the_words_are_not_learnt_by(detector, tmp_path, options, message):
    hearingai.write_audio(np.zeros(64000), tmp_path / "a.wav", 16000)
    with pytest.raises(HearingAIError, match=message):
        hearingai.mine_false_alarms(detector, tmp_path / "a.wav", seed=1, **options)


def test_a_network_of_its_own_is_mined(monkeypatch):
    kept = hearingai.create_classifier("words", ["yes", "unknown", "silence"], seed=1)
    spoken = {"words": {"yes": ["yes"]}, "language": "en", "voices": 4, "others": []}
    spoken |= {"duration": 1.0, "epochs": 7, "synthesizer": "1.52.0"}
    kept.record |= {"spoken": spoken, "seed": 5}
    calls = []
    monkeypatch.setitem(
        mining.relearnt.__globals__, "word_classifier", lambda **given: calls.append(given)
    )
    for epochs in (None, 2):
        learning = mining._only_with(kept, penalty=None, epochs=epochs)
        mining._learnt(kept, pd.DataFrame(), kept.labels, learning)
    assert [call["epochs"] for call in calls] == [7, 2]
    assert {call["seed"] for call in calls} == {5}


def test_real_clips_are_of_words_in_any_case_or_of_the_rest():
    clips = pd.DataFrame({"class": ["YES", "up", "_silence_", "Unknown"]})
    found = among_words(clips, ["yes", "unknown", "silence"])
    assert found["class"].tolist() == ["yes", "unknown", "silence", "unknown"]


def test_what_exceeds_a_short_window_is_cut():
    assert speakers.trim(np.ones(900), 16000, 320).shape == (320,)
