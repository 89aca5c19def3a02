"""What a classifier hears: clips of its format from files, tables and arrays."""

import json

import numpy as np
import pandas as pd
import pytest

import hearingai
from embeddings import TAGGER
from hearingai.clips.labelled import as_clips, read_stores


@pytest.fixture(scope="module")
def tagger():
    return hearingai.create_classifier(TAGGER, ["other", "turkey"], seed=1)


@pytest.fixture(scope="module")
def listener():
    """A classifier of half a second in stereo."""
    recipe = hearingai.get_recipe("sound-classification", duration=0.5, sample_rate=16000)
    return hearingai.create_classifier(recipe, ["a", "b"], seed=1)


@pytest.fixture
def recording(tmp_path):
    """A second of noise in stereo."""
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 16000)).astype("float32")
    hearingai.write_audio(tmp_path / "noise.wav", sound, 16000)
    return str(tmp_path / "noise.wav")


def clips_of(recording, n=6, **columns):
    data = {"fname": [recording] * n, "class": ["a", "b"] * (n // 2), "class_id": [0, 1] * (n // 2)}
    return pd.DataFrame(data | columns)


def stored(listener, clips, **options):
    """All clips to train on, as they are stored."""
    return read_stores(listener, clips, **options)[0].clips[:]


def test_parts_of_a_recording_are_clips_of_their_own(listener, recording, tmp_path):
    starts = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    clips = clips_of(recording, start=starts, end=[s + 0.25 for s in starts])
    parts = []
    for i, start in enumerate(starts):
        sound, rate = hearingai.read_audio(recording, mono=False, start=start, duration=0.25)
        parts.append(str(tmp_path / f"{i}.wav"))
        hearingai.write_audio(parts[-1], sound, rate, subtype="FLOAT")
    by_part = hearingai.predict(listener, parts)
    by_time = hearingai.predict(listener, clips)
    np.testing.assert_array_equal(by_part["prob_a"], by_time["prob_a"])
    assert by_time["prob_a"].nunique() == 6
    assert (
        hearingai.predict(listener, clips[:1])["prob_a"][0]
        != (hearingai.predict(listener, recording)["prob_a"][0])
    )
    np.testing.assert_array_equal(
        stored(listener, clips),
        stored(listener, clips.assign(fname=parts, start=0, end=np.nan)),
    )


def test_stereo_is_heard_in_stereo(listener, recording):
    sound, rate = hearingai.read_audio(recording, mono=False)
    probability = hearingai.predict(listener, recording)["prob_a"][0]
    assert hearingai.predict(listener, [sound])["prob_a"][0] == pytest.approx(probability, abs=1e-4)
    other = hearingai.predict(listener, [sound[::-1]])["prob_a"][0]
    assert abs(other - probability) > 1e-5
    mono = hearingai.predict(listener, [sound[0]])["prob_a"][0]
    doubled = hearingai.predict(listener, [np.stack([sound[0]] * 2)])["prob_a"][0]
    assert mono == pytest.approx(doubled, abs=1e-6)
    assert rate == 16000


def test_a_random_place_is_for_training_and_decided_by_the_seed(listener, recording):
    clips = clips_of(recording, end=0.2)

    def first_sound(**options):
        return [int(np.flatnonzero(clip[0])[0]) for clip in stored(listener, clips, **options)]

    assert first_sound(seed=3, place="random") == first_sound(seed=3, place="random")
    assert first_sound(seed=3, place="random") != first_sound(seed=4, place="random")
    assert max(first_sound(seed=3)) < 3  # a sample of noise may be zero
    assert len(set(hearingai.predict(listener, clips)["prob_a"])) == 1


def test_what_cannot_be_read_is_left_out_and_told(listener, recording, tmp_path):
    files = [recording, str(tmp_path / "none.wav"), recording]
    clips = clips_of(recording, 2).iloc[[0, 1, 0]].assign(fname=files)
    with pytest.warns(hearingai.HearingAIWarning, match=r"1 of 3 .*none\.wav"):
        store, _ = read_stores(listener, clips)
    assert (len(store), store.truth.tolist()) == (2, [0, 0])
    with pytest.raises(hearingai.HearingAIError, match="no clip can be read"):
        read_stores(listener, clips[1:2])


def test_embeddings_come_from_arrays_files_and_tables_alike(tagger, tmp_path):
    rng = np.random.default_rng(1)
    values, lengths = rng.integers(0, 256, (3, 10, 128)), (10, 4, 1)
    records = [
        {"audio_embedding": clip[10 - n :].tolist()}
        for clip, n in zip(values, lengths, strict=True)
    ]
    for clip, n in zip(values, lengths, strict=True):
        clip[: 10 - n] = 0
    (tmp_path / "clips.json").write_text(json.dumps(records))
    name = str(tmp_path / "clips.json")
    table = pd.DataFrame({"fname": [name] * 3, "record": [0, 1, 2]})
    expected = np.asarray(tagger(values.astype("float32")))[:, 1]
    for recordings in (values, values.astype("uint8"), name, [name], table):
        found = hearingai.predict(tagger, recordings)
        np.testing.assert_allclose(found["prob_turkey"], expected, rtol=1e-5)
    backwards = hearingai.predict(tagger, table[::-1])["prob_turkey"]
    np.testing.assert_allclose(backwards, expected[::-1], rtol=1e-5)
    assert as_clips(tagger, values[0]).shape == (1, 10, 128)


def test_records_that_are_not_there_are_answered_with_their_reason(tagger, tmp_path):
    (tmp_path / "clips.json").write_text(json.dumps([{"audio_embedding": [[7] * 128]}]))
    names = [str(tmp_path / "clips.json")] * 2 + [str(tmp_path / "none.json")]
    table = pd.DataFrame({"fname": names, "record": [5, 0, 0]})
    found = hearingai.predict(tagger, table)
    assert found["error"].isna().tolist() == [False, True, False]
    assert "no record 5" in found["error"][0]
    with pytest.raises(hearingai.AudioFileError):
        hearingai.predict(tagger, table, on_error="raise")


@pytest.mark.parametrize(
    ("recordings", "words"),
    [
        (np.zeros((2, 9, 128)), "shape"),
        (np.zeros(128), "shape"),
        (np.full((1, 10, 128), np.nan), "not finite"),
        ("a.wav", r"embeddings, in files.*a\.wav"),
    ],
)
def test_what_is_no_embedding_is_refused(tagger, recordings, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.predict(tagger, recordings)


def test_embeddings_are_no_recordings(tagger, listener, recording):
    embeddings = pd.DataFrame({"fname": ["a.json"], "record": [0], "class": ["a"]})
    with pytest.raises(hearingai.HearingAIError, match="takes recordings"):
        hearingai.predict(listener, embeddings)
    with pytest.raises(hearingai.HearingAIError, match="takes recordings"):
        hearingai.evaluate(listener, embeddings)
    with pytest.raises(hearingai.HearingAIError, match="embeddings"):
        hearingai.predict(tagger, clips_of(recording))
