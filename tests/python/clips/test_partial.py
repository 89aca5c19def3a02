"""Recordings that are truncated: an error everywhere, unless what is there is asked for."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

import hearingai

NOTE = "is truncated: at least 8000 bytes are missing"


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)


@pytest.fixture
def recordings(tmp_path):
    """A whole recording and one that lacks its last quarter."""
    paths = [tmp_path / f"{name}.wav" for name in ("whole", "cut")]
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, 16000)
    for path in paths:
        hearingai.write_audio(path, sound, 16000)
    with open(paths[1], "r+b") as file:
        file.truncate(paths[1].stat().st_size - 8000)
    return [str(path) for path in paths]


def warned(caught):
    return [str(w.message) for w in caught if issubclass(w.category, hearingai.HearingAIWarning)]


def call(function, *args, **options):
    """The answer, and the one warning that tells what was read in part."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = function(*args, **options)
    told = [text for text in warned(caught) if "truncated" in text]
    assert len(told) == 1
    assert "0.75 of 1.00 s" in told[0]
    return answer


def test_predict_and_embed_say_what_is_missing(classifier, recordings):
    plain = hearingai.predict(classifier, recordings)
    assert "note" not in plain
    assert plain["error"][1].endswith("; `partial` reads what is there")
    for function in (hearingai.predict, hearingai.embed):
        table = call(function, classifier, recordings, partial=True)
        assert table["error"].isna().all()
        assert table["note"][0] is None
        assert table["note"][1].startswith(NOTE)
    assert "note" in hearingai.predict(classifier, recordings[:1], partial=True)


def test_evaluate_and_explain(classifier, recordings):
    clips = hearingai.clip_table(recordings, ["no", "yes"])
    result = call(hearingai.evaluate, classifier, clips, partial=True)
    assert result.n == 2
    assert result.predictions["note"][1].startswith(NOTE)
    with pytest.raises(hearingai.AudioFileError, match="`partial` reads"):
        hearingai.explain(classifier, recordings[1])
    found = call(hearingai.explain, classifier, recordings[1], steps=64, partial=True)
    assert found.note.startswith(NOTE)


def test_annotate_keeps_what_was_read_in_part_for_those_who_ask(classifier, recordings, tmp_path):
    path, options = tmp_path / "kept", {"hop": 0.5}
    found = call(hearingai.annotate, classifier, recordings, path=path, partial=True, **options)
    assert found.notes["fname"].tolist() == recordings[1:]
    assert found.recordings["seconds"].tolist() == [1.0, 0.75]
    assert "1 read in part" in repr(found)
    again = call(hearingai.annotate, classifier, recordings, path=path, partial=True, **options)
    assert again.speed is None
    pd.testing.assert_frame_equal(again.notes, found.notes)
    whole = hearingai.annotate(classifier, recordings, path=path, **options)
    assert whole.errors["fname"].tolist() == recordings[1:]
    assert not len(whole.notes)
    assert all("note" not in json.loads(f.read_text()) for f in path.glob("whole*.json"))


def test_gate(recordings):
    classifier = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
    with pytest.raises(hearingai.AudioFileError, match="`partial` reads"):
        hearingai.gate(classifier, recordings[1])
    gated = call(hearingai.gate, classifier, recordings[1], partial=True)
    assert gated.samples == 12000
    assert gated.notes["note"][0].startswith(NOTE)
    assert "read in part" in repr(gated)


def test_a_store_hands_what_was_read_in_part_to_those_who_ask(classifier, recordings, tmp_path):
    store = tmp_path / "store"
    clips = hearingai.clip_table(recordings, ["no", "yes"])
    options = {"store": store, "recipe": classifier}
    for _ in range(2):  # before and behind a call with `partial`
        whole = hearingai.prepare(clips, **options)
        assert (whole.n, len(whole.errors), len(whole.notes)) == (1, 1, 0)
        assert whole.errors["error"][0].endswith("; `partial` reads what is there")
        for _ in range(2):  # decoded now, and found
            partial = call(hearingai.prepare, clips, partial=True, **options)
            assert (partial.n, len(partial.errors), len(partial.notes)) == (2, 0, 1)
            assert partial.notes["fname"].tolist() == recordings[1:]
            assert partial.path == whole.path


@pytest.mark.slow
def test_a_training_hears_what_is_there(recordings, tmp_path):
    clips = hearingai.clip_table([*recordings, *recordings], ["no", "yes"] * 2)
    options = {"epochs": 1, "seed": 1, "validation": False}
    for store in (False, tmp_path / "store"):
        with pytest.warns(hearingai.HearingAIWarning, match="left out"):
            trained = hearingai.fit("speech-commands-small", clips, store=store, **options)
        assert trained.record["n_train"] == 2
        trained = call(
            hearingai.fit, "speech-commands-small", clips, store=store, partial=True, **options
        )
        assert trained.record["n_train"] == 4
        assert list(trained.record["notes"]) == recordings[1:]
        assert trained.record["notes"][recordings[1]].startswith(NOTE)
    first = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    tuned = call(hearingai.few_shot, first, clips, partial=True, seed=1)
    assert tuned.record["notes"] == trained.record["notes"]
    whole = hearingai.few_shot(first, clips.assign(fname=recordings[0]), partial=True, seed=1)
    assert "notes" not in whole.record


def test_lay_clips(recordings, tmp_path):
    clips = hearingai.clip_table(recordings[1:], ["yes"])
    hearingai.write_audio(tmp_path / "noise.wav", np.full(48000, 0.01), 16000)
    args = (tmp_path / "noise.wav", clips, tmp_path / "long.wav")
    options = {"every": 2, "duration": 4}
    with pytest.raises(hearingai.AudioFileError, match="`partial` reads"):
        hearingai.lay_clips(*args, **options)
    truth = call(hearingai.lay_clips, *args, partial=True, **options)
    assert len(truth) == 2


def test_many_doubtful_recordings_are_one_warning(classifier, recordings, tmp_path):
    content = bytearray((tmp_path / "whole.wav").read_bytes())
    content[40:44] = (1000).to_bytes(4, "little")  # a header that was never brought up to date
    for i in range(8):
        (tmp_path / f"stale-{i}.wav").write_bytes(content)
    stale = [str(tmp_path / f"stale-{i}.wav") for i in range(8)]
    clips = hearingai.clip_table(stale * 2, ["no", "yes"] * 8)
    calls = [
        lambda: hearingai.predict(classifier, stale),
        lambda: hearingai.annotate(classifier, stale, hop=0.5),
        lambda: hearingai.prepare(clips, classifier, store=tmp_path / "store"),
        lambda: hearingai.fit(classifier, clips, epochs=1, validation=False, store=False),
    ]
    for doubtful in calls:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            doubtful()
        (told,) = [text for text in warned(caught) if "header" in text]
        assert "0.03 s, and holds 1.00 s" in told
        assert told.endswith("and 3 more")


def test_partial_is_a_switch(classifier, recordings):
    for function in (hearingai.predict, hearingai.embed, hearingai.annotate):
        with pytest.raises(hearingai.HearingAIError, match="`partial` must be"):
            function(classifier, recordings, partial="yes")
