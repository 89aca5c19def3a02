"""Words that are typed at the page become its classifier."""

import importlib
import threading

import pandas as pd
import pytest

import hearingai
from hearingai.explorer.detector import page_texts
from patience import until
from small_bodies import energy_body

KEY = "a-key-that-nobody-knows"


def settled(page):
    def told():
        answer = page.get("detector").json()
        return None if answer["busy"] else answer

    return until(told)


def make(page, words, **query):
    answer = page.post("detector", words=words, **query)
    assert answer.status_code == 202, answer.text
    return settled(page)


def test_a_detector_is_made_and_hears_what_is_open_then(opened, ear, recording, maker, tmp_path):
    page = opened(ear(), hop=0.25, ignore="quiet", threshold={"loud": 0.8})
    key = page.send(recording)
    assert page.get("detector").json()["state"] == "none"
    told = make(page, "lights on, tomato=tomato|[[t@m'A:t@U]]", language="en-gb")
    assert (told["state"], told["words"], told["saved"]) == ("ready", ["lights on", "tomato"], True)
    texts = {"lights on": ("lights on",), "tomato": ("tomato", "[[t@m'A:t@U]]")}
    assert (maker.asked[0], maker.asked[1]["language"]) == (texts, "en-gb")
    about = page.get("about").json()
    assert about["labels"] == ["lights on", "tomato", "unknown", "silence"]
    assert (about["reported"], about["threshold"], about["number"]) == ([0, 1], 0.5, 1)
    assert about["hop"] == about["window"] / 4
    (tmp_path / "w.keras").write_bytes(page.get("detector.keras").content)
    saved = hearingai.load_classifier(tmp_path / "w.keras", body=energy_body())
    page.post(f"recordings/{key}/analyse", classifier=1, hop=0.25)
    assert page.wait(key)["state"] == "ready"
    found = page.get(f"recordings/{key}/events", classifier=1, hop=0.25).json()["events"]
    whole = hearingai.annotate(saved, recording, hop=0.25).events
    assert [row[:3] for row in found] == [
        [e.start, e.end, about["labels"].index(e.label)] for e in whole.itertuples()
    ]
    assert len(found) > 0
    other = page.send(recording, classifier=1)
    assert page.get(f"recordings/{other}/events", classifier=1).status_code == 200


def test_the_microphone_is_heard_by_the_detector(opened, maker):
    page = opened(None)
    make(page, "yes, no")
    with page.microphone(sample_rate=8000, classifier=1) as socket:
        socket.receive_json()
        socket.send_bytes(bytes(16000))
        rows = socket.receive_json()["rows"]
        socket.send_text("stop")
        while not {"key", "error"} & (answer := socket.receive_json()).keys():
            pass
    assert len(rows[0]) == 4
    assert page.wait(answer["key"])["state"] == "ready"


def test_a_page_without_a_classifier_says_what_to_do(opened, recording):
    page = opened(None)
    about = page.get("about").json()
    assert (about["labels"], about["number"]) == ([], 0)
    answer = page.post("recordings", recording.read_bytes())
    assert (answer.status_code, "type words" in answer.json()["error"]) == (422, True)
    with page.microphone(sample_rate=100) as socket:
        assert "type words to listen for" in socket.receive_json()["error"]
    answer = page.get("detector.keras")
    assert (answer.status_code, "no detector" in answer.json()["error"]) == (404, True)
    assert not any(page.folder.iterdir())


def test_a_page_that_shows_other_labels_is_told_to_load_again(page, recording, maker):
    key = page.send(recording, classifier=0)
    make(page, "yes")
    answer = page.post("recordings", recording.read_bytes(), classifier=0)
    assert (answer.status_code, "load it again" in answer.json()["error"]) == (422, True)
    events = page.get(f"recordings/{key}/events", classifier=0)  # of the classifier that heard it
    assert events.json()["total"] == 2
    assert page.post(f"recordings/{key}/analyse", classifier=0).status_code == 422


def test_one_is_made_at_a_time_and_can_be_cancelled(page, recording, maker):
    maker.go.clear()
    page.post("detector", words="yes")
    until(lambda: page.get("detector").json()["share"] == 0.25)
    told = page.get("detector").json()
    assert (told["state"], told["doing"]) == ("making", "Speaking words")
    answer = page.post("detector", words="no")
    assert (answer.status_code, "being made" in answer.json()["error"]) == (429, True)
    with page.microphone(sample_rate=100) as socket:
        assert socket.receive_json()["error"].startswith("a detector is being made")
    assert page.client.delete(f"/{KEY}/detector").status_code == 204
    maker.go.set()
    told = settled(page)
    assert (told["state"], told["error"], told["saved"]) == ("none", None, False)
    assert page.get("about").json()["labels"] == ["loud", "quiet"]
    page.send(recording)


def test_a_page_that_closes_ends_the_making(page, maker):
    maker.go.clear()
    page.post("detector", words="yes")
    until(lambda: page.get("detector").json()["share"] == 0.25)
    threading.Timer(0.1, maker.go.set).start()
    page.library.close()
    assert page.library.detector.state == "none"


def test_what_goes_wrong_and_what_is_doubtful_is_told(page, maker):
    maker.error = "`words`: the voices of `en` cannot say 'ж'"
    told = make(page, "ж")
    assert (told["state"], told["error"]) == ("failed", maker.error)
    assert page.get("about").json()["number"] == 0
    maker.error, maker.warning = None, "`words`: 'two' and 'too' sound alike"
    told = make(page, "two, too")
    assert (told["state"], told["error"], told["note"]) == ("ready", None, maker.warning)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "must be text"),
        ("yes,,no", "must be text"),
        ("yes, yes", "'yes' twice"),
        ("unknown", "what is no word"),
        (",".join(map(str, range(21))), "20 at most at the page. Received: 21"),
        ("a," * 1001, "2000 characters at most"),
        ("a=" + "|".join("b" * 21), "20 at most at the page. Received: 21"),
    ],
)
def test_words_that_cannot_be_made_are_refused_at_once(page, words, said):
    answer = page.post("detector", words=words)
    assert (answer.status_code, said in answer.json()["error"]) == (422, True)
    assert page.get("detector").json()["state"] == "none"


def test_words_are_typed_with_commas_between_but_not_in_phonemes():
    assert page_texts("Yes,  to mah to=tomato|[[t@,m'A:]] ") == {
        "Yes": ("Yes",),
        "to mah to": ("tomato", "[[t@,m'A:]]"),
    }


def test_languages_are_offered_or_what_is_missing_is_named(page, monkeypatch):
    languages = importlib.import_module("hearingai.synthesis.languages")
    monkeypatch.setattr("hearingai.bodies.registry.get_body", lambda name: name)
    table = pd.DataFrame({"language": ["de", "ar"], "name": ["German", "Arabic"], "voices": 1})
    monkeypatch.setattr(languages, "languages", lambda: table)
    told = page.get("languages").json()
    assert told == {"languages": [["ar", "Arabic"], ["de", "German"]], "missing": None}

    def missing(_):
        raise hearingai.HearingAIError("it is missing. Type: `pip install it`")

    monkeypatch.setattr("hearingai.bodies.registry.get_body", missing)
    told = page.get("languages").json()
    assert told == {"languages": [], "missing": "it is missing. Type: `pip install it`"}
