"""The recipes on AudioSet embeddings hear sound by the body that makes these."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hearingai
from audioset_body import audioset_body
from embeddings import TAGGER, write_turkeys
from hearingai import HearingAIError
from hearingai.recipes.registry import recipe_of
from slow import first_quick

RATE, CLIP = 16000, 153840  # samples of ten embeddings


@pytest.fixture
def body(tmp_path):
    return audioset_body(tmp_path / "vggish_model.ckpt")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """Sixteen recordings, loud and quiet in turns, shorter and longer than a clip."""
    folder, rng = tmp_path_factory.mktemp("sounds"), np.random.default_rng(0)
    rows = []
    for i in range(16):
        loud, path = i % 2, folder / f"{i}.wav"
        seconds = (8, 12)[i % 4 > 1]
        hearingai.write_audio(path, rng.uniform(-1, 1, seconds * RATE) * (0.1 + 0.8 * loud), RATE)
        rows.append((str(path), ("quiet", "loud")[loud], "train" if i < 12 else "test"))
    return pd.DataFrame(rows, columns=["fname", "class", "split"])


@pytest.fixture(scope="module")
def tagger(turkeys):
    """A classifier that was trained on embeddings."""
    return hearingai.fit(TAGGER, turkeys, seed=1)


@pytest.mark.parametrize(
    "recipe", first_quick("audio-gate", "embedding-gru", "embedding-attention")
)
def test_the_recipes_of_embeddings_are_trained_on_recordings(recipe, body, sounds, tmp_path):
    made = hearingai.fit(recipe, sounds, body=body, epochs=1, batch_size=8, seed=1)
    assert (made.clip_shape, made.duration, made.sample_rate) == ((CLIP,), CLIP / RATE, RATE)
    assert made.input_shape_of_clip == (10, 128)
    twin = hearingai.create_classifier(recipe, ["loud", "quiet"], seed=1)  # which takes embeddings
    assert twin.count_params() == made.count_params()
    assert made.network.output_shape[-1] == 1
    assert hearingai.evaluate(made, sounds[sounds["split"] == "test"]).n == 4
    again = hearingai.load_classifier(
        hearingai.save_classifier(made, tmp_path / "m.keras"), body=body
    )
    assert again.fingerprint() == made.fingerprint()
    assert recipe_of(again).clip_format == made.clip_format


def test_it_learns(body, sounds):
    recipe = hearingai.get_recipe("audio-gate", network="linear_tagger")
    made = hearingai.fit(
        recipe, sounds, body=body, epochs=15, batch_size=4, learning_rate=0.003, seed=1
    )
    held = sounds[sounds["split"] == "test"]
    assert hearingai.evaluate(made, held).loss < 0.5  # 0.69 at chance


def test_a_recording_is_heard_as_its_embeddings_are(body, sounds, tmp_path):
    recipe = hearingai.get_recipe("audio-gate", network="linear_tagger")
    tagger = hearingai.create_classifier(recipe, ["other", "turkey"], seed=1)
    hearing = hearingai.add_body(tagger, body)
    paths = list(sounds["fname"])[2:4]
    clips = np.stack([hearingai.read_audio(path)[0][:CLIP] for path in paths])
    listed = hearingai.turkey(
        write_turkeys(tmp_path / "t.json", body.embeddings(clips).astype(int))
    )
    expected = hearingai.predict(tagger, listed)
    columns = ["label", "score", "prob_other", "prob_turkey"]
    pd.testing.assert_frame_equal(hearingai.predict(hearing, paths)[columns], expected[columns])
    assert len(set(expected["score"])) == 2
    assert tagger.hears_embeddings  # it stays as it is
    assert tagger.body is None


def test_a_short_recording_ends_in_silence(body, tagger):
    hearing = hearingai.add_body(tagger, body)
    sound = np.random.default_rng(0).uniform(-1, 1, 40000).astype("float32")
    padded = np.pad(sound, (0, CLIP - len(sound)))
    expected = tagger.probabilities(body.embeddings(padded[None]))
    np.testing.assert_array_equal(hearing.probabilities(padded[None]), expected)
    found = hearingai.predict(hearing, sound)[["prob_other", "prob_turkey"]]
    np.testing.assert_array_equal(found, expected)


def test_long_recordings_and_streams_are_heard(body, tagger):
    hearing = hearingai.add_body(tagger, body)
    sound = np.random.default_rng(0).uniform(-1, 1, 30 * 8000).astype("float32")
    sound[: 15 * 8000] *= 0.05
    heard = hearingai.annotate(hearing, sound, sample_rate=8000, hop=2.0, threshold=0.5)
    assert len(heard.windows) == 12
    stream = hearingai.Stream(hearing, 8000, hop=2.0, threshold=0.5)
    events = stream.feed(sound) + stream.finish()
    assert [event[:3] for event in events] == [
        event[1:4] for event in heard.events.itertuples(index=False, name=None)
    ]
    assert len(events) > 0
    gated = hearingai.gate(hearing, sound, sample_rate=8000, target="turkey")
    assert len(gated.sound) == len(sound)


def test_it_is_trained_further_on_recordings(body, tagger, sounds):
    table = sounds.replace({"class": {"loud": "turkey", "quiet": "other"}})
    hearing = hearingai.add_body(tagger, body)
    before = hearing.fingerprint(), tagger.fingerprint()
    hearingai.fit(hearing, table, epochs=1, seed=1)
    assert hearing.fingerprint() != before[0]
    assert tagger.fingerprint() == before[1]
    assert recipe_of(hearing).network == TAGGER.network


def test_the_file_names_the_body(body, tagger, tmp_path, monkeypatch):
    monkeypatch.delenv("HEARINGAI_VGGISH", raising=False)
    hearing = hearingai.add_body(tagger, body)
    path = hearingai.save_classifier(hearing, tmp_path / "m.keras")
    assert hearingai.load_classifier(path, body=body).fingerprint() == hearing.fingerprint()
    with pytest.raises(HearingAIError, match="its body `vggish` is not to be found"):
        hearingai.load_classifier(path)
    other = replace(audioset_body(tmp_path / "other"), sha256="0" * 64)
    with pytest.raises(HearingAIError, match="is another than the one it was trained with"):
        hearingai.load_classifier(path, body=other)
    assert "body vggish (licence Apache-2.0)" in repr(hearing)


def test_what_cannot_be_given_it_is_refused(body, tagger, tmp_path):
    refused = pytest.raises
    with refused(HearingAIError, match="`classifier` takes AudioSet embeddings, which the body `v"):
        hearingai.add_body(tagger, audioset_body(tmp_path / "o", name="another"))
    with refused(HearingAIError, match="`gate` takes sound already"):
        hearingai.add_body(hearingai.create_classifier("gate", ["a", "b"]), body)
    with refused(HearingAIError, match="must take AudioSet embeddings; .* takes sound already"):
        hearingai.add_body(hearingai.add_body(tagger, body), body)
    narrow = hearingai.networks.linear_tagger((10, 64), 2)
    with refused(HearingAIError, match=r"\(frames, 128\). It takes \(10, 64\)"):
        hearingai.add_body(hearingai.AudioClassifier(None, narrow, ["a", "b"]), body)
    with refused(HearingAIError, match="`classifier` must be an AudioClassifier"):
        hearingai.add_body("audio-gate", body)


def test_a_recipe_of_embeddings_takes_their_body_alone(body, tmp_path):
    with pytest.raises(HearingAIError, match="`audio-gate` takes AudioSet embeddings, .*: another"):
        hearingai.get_recipe("audio-gate", body=audioset_body(tmp_path / "o", name="another"))
    with pytest.raises(HearingAIError, match="`gate` has a front end of its own"):
        hearingai.get_recipe("gate", body=body)
    five = hearingai.get_recipe("audio-gate", body=body, frames=5)
    assert five.clip_format.samples == 4 * 15360 + 15600
    assert hearingai.create_classifier(five, ["a", "b"]).input_shape_of_clip == (5, 128)
    short = hearingai.create_classifier("audio-gate", ["a", "b"], body=body, duration=5)
    assert short.input_shape_of_clip == (5, 128)


def test_what_was_mixed_up_is_named(body, tagger, turkeys, sounds):
    with pytest.raises(HearingAIError, match="the body `vggish` makes them of sound"):
        hearingai.fit("audio-gate", sounds, epochs=1)
    with pytest.raises(HearingAIError, match="embedding-gru and audio-gate, without a body, hear"):
        hearingai.fit("audio-gate", turkeys, body=body, epochs=1)
    with pytest.raises(HearingAIError, match="add_body.. lets it hear sound. Received: .*.wav"):
        hearingai.predict(tagger, sounds["fname"][0])
    with pytest.raises(HearingAIError, match="have no windows; add_body"):
        hearingai.annotate(tagger, sounds["fname"][0])


def test_its_head_is_trained_on_other_recipes(body, sounds):
    made = hearingai.fit("head", sounds, body=body, epochs=1, seed=1)
    assert (made.clip_shape, made.input_shape_of_clip) == ((15600,), (1, 128))
    few = hearingai.few_shot(body, sounds, shots=2, seed=1)
    assert json.loads(json.dumps(few.body.description()))["name"] == "vggish"
