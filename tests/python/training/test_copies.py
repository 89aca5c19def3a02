"""Augmented copies of clips, made before training."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.clips.embedded import varied
from hearingai.clips.labelled import Store, read_stores
from hearingai.clips.packed import PackedClips
from hearingai.training._batches import ClipBatches
from hearingai.training._data import clip_data
from hearingai.training.copies import variations
from hearingai.training.settings import training_settings
from small_bodies import RATE, energy_body

RECIPE = "speech-commands-small"
HALVED = hearingai.Gain(gain_db=(-6.0206, -6.0206))


def recipe(**changes):
    return hearingai.get_recipe("head", **{"body": energy_body(), "epochs": 3} | changes)


@pytest.fixture
def clips(tmp_path):
    """Loud and quiet tones."""
    rows = []
    for i in range(12):
        level = (0.1, 0.8)[i % 2]
        tone = level * np.sin(np.arange(RATE // 2) * (0.3 + 0.01 * i))
        hearingai.write_audio(tmp_path / f"{i}.wav", tone, RATE)
        rows.append((str(tmp_path / f"{i}.wav"), ("quiet", "loud")[i % 2]))
    return pd.DataFrame(rows, columns=["fname", "class"])


def test_each_epoch_draws_each_clip_or_a_copy():
    clips = np.arange(40, dtype="float32").reshape(40, 1)
    copies = [clips + 100, clips + 200]
    batches = ClipBatches(clips, np.zeros(40, int), 2, 16, seed=1, copies=copies)
    seen = []
    for epoch in range(8):
        batches.start_epoch(epoch)
        x = np.concatenate([batches[i][0] for i in range(batches.num_batches)])[:, 0]
        assert sorted(x % 100) == list(range(40))
        seen.append(np.sort(x % 100 * 1000 + x // 100))
    assert {version for epoch in seen for version in epoch % 10} == {0, 1, 2}
    assert any((seen[0] != other).any() for other in seen[1:])
    batches.start_epoch(0)
    again = np.concatenate([batches[i][0] for i in range(batches.num_batches)])[:, 0]
    assert (np.sort(again % 100 * 1000 + again // 100) == seen[0]).all()


def test_a_copy_is_the_embedding_of_the_augmented_clip(clips):
    chosen = recipe(augment=[HALVED], copies=2)
    classifier = hearingai.create_classifier(chosen, ["loud", "quiet"], seed=1)
    table = clips.assign(class_id=(clips["class"] == "quiet").astype(int))
    train, _ = read_stores(
        classifier, table, store=False, variations=variations(chosen, classifier, 1)
    )
    assert len(train.copies) == 2
    for copy in train.copies:
        energy, own = copy[np.arange(12)], train.clips[np.arange(12)]
        np.testing.assert_allclose(energy, own / 4, rtol=0.01)


def test_copies_train_alike_and_leave_the_record_of_the_clips(clips):
    changes = {"augment": [hearingai.Gain(gain_db=(-20, 0))], "copies": 3}
    first, second, plain = (
        hearingai.fit(recipe(**c), clips, validation=False, seed=4, store=False)
        for c in (changes, changes, {})
    )
    assert first.fingerprint() == second.fingerprint() != plain.fingerprint()
    assert first.trained_on == plain.trained_on
    assert first.record["n_train"] == plain.record["n_train"] == 12
    assert "Gain" in str(first.record["augment"])
    assert first.record["settings"] != plain.record["settings"]


def test_copies_are_heard_in_rooms_and_through_codecs(clips):
    chosen = recipe(augment=["room_response", ("codec", {"probability": 1}), "pitch_shift"])
    chosen = hearingai.get_recipe(chosen, copies=1)
    classifier = hearingai.create_classifier(chosen, ["loud", "quiet"], seed=1)
    sound = np.stack([hearingai.read_audio(f)[0] for f in clips["fname"]])
    whole = np.rint(sound * 32768).astype("int16")
    (first,), (again,), (other,) = (variations(chosen, classifier, seed) for seed in (3, 3, 4))
    copy = first(whole)
    assert (copy.shape, copy.dtype) == (whole.shape, np.int16)
    assert (copy != whole).any(axis=1).all()
    np.testing.assert_array_equal(again(whole), copy)
    assert (other(whole) != copy).any()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"augment": ["gain"]}, "need `copies`"),
        ({"copies": 2}, "need augmentations"),
        ({"copies": 2, "augment": ["mixup"]}, "none may mix"),
        ({"copies": 2, "augment": ["spec_augment"]}, "SpecAugment changes images"),
    ],
)
def test_what_cannot_be_embedded_is_refused(clips, changes, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.fit(recipe(**changes), clips, seed=1)


@pytest.mark.parametrize("copies", [-1, 1.5, "2"])
def test_copies_are_counted(copies):
    with pytest.raises(hearingai.HearingAIError, match="`copies`"):
        recipe(copies=copies)


def test_copies_are_of_sound():
    with pytest.raises(hearingai.HearingAIError, match="`copies` suits recipes of sound"):
        hearingai.get_recipe("audio-gate", copies=2)


def test_a_network_hears_the_copies_and_augments_their_images_itself(clips):
    augment = [("gain", {"gain_db": -6.0206, "probability": 1}), "spec_augment"]
    chosen = hearingai.get_recipe(RECIPE, augment=augment, copies=2, epochs=1)
    classifier = hearingai.create_classifier(chosen, ["loud", "quiet"], seed=1)
    table = clips.assign(class_id=(clips["class"] == "quiet").astype(int))
    changes = variations(chosen, classifier, 1)
    train, _ = read_stores(classifier, table, store=False, variations=changes)
    rows = np.arange(12)
    for copy in train.copies:
        np.testing.assert_allclose(copy[rows], train.clips[rows] / 2, atol=1)
    data = clip_data(classifier, train, None, training_settings(chosen, seed=1))
    assert [layer.domain for layer in data.model.before + data.model.after] == ["image"]


def test_copies_need_an_augmentation_of_waveforms(clips):
    chosen = hearingai.get_recipe("words", augment=["spec_augment"], copies=2)
    with pytest.raises(hearingai.HearingAIError, match="`copies` are made by augmentations of wav"):
        hearingai.fit(chosen, clips, seed=1)


def test_a_codec_may_augment_a_network_by_copies(clips):
    augment = [("codec", {"probability": 1})]
    with pytest.raises(hearingai.HearingAIError, match="recipes with `copies`"):
        hearingai.fit(RECIPE, clips, augment=augment, seed=1)
    chosen = hearingai.get_recipe(RECIPE, augment=augment, copies=1, epochs=1)
    made = hearingai.fit(chosen, clips, validation=False, store=False, seed=1)
    assert len(made.record["history"]) == 1


def test_many_copies_lie_in_a_file_and_are_the_same(monkeypatch):
    clips = PackedClips(np.arange(400, dtype="int16").reshape(100, 4))
    inside = varied(clips, lambda x: x + 1)
    monkeypatch.setattr("hearingai.clips.embedded.IN_MEMORY", 0)
    outside = varied(clips, lambda x: x + 1)
    rows = np.arange(100)
    np.testing.assert_array_equal(inside[rows], clips[rows] + 1)
    np.testing.assert_array_equal(outside[rows], inside[rows])


def test_a_full_disk_is_told(monkeypatch):
    clips = PackedClips(np.zeros((3, 4), "int16"))
    monkeypatch.setattr("hearingai.clips.embedded.IN_MEMORY", 0)
    monkeypatch.setattr(
        "hearingai.clips.embedded.TemporaryFile",
        lambda buffering: open("/dev/full", "wb", buffering),  # noqa: PTH123, SIM115,
    )
    with pytest.raises(
        hearingai.HearingAIError, match="cannot be written to a temporary file .*TMPDIR"
    ):
        varied(clips, lambda x: x)


def test_trials_share_their_copies(clips):
    chosen = hearingai.get_recipe(RECIPE, augment=["gain"], copies=2)
    with pytest.raises(hearingai.HearingAIError, match="cannot vary `augment` of a recipe with"):
        hearingai.tune(chosen, clips, {"augment": [["gain"], ["time_shift"]]}, seed=1)
    with pytest.raises(hearingai.HearingAIError, match="`space` cannot vary `copies`"):
        hearingai.tune(RECIPE, clips, {"copies": [0, 2]}, seed=1)


def test_copies_that_were_not_made_are_told():
    chosen = hearingai.get_recipe(RECIPE, augment=["gain"], copies=2)
    classifier = hearingai.create_classifier(chosen, ["a", "b"], seed=1)
    store = Store(PackedClips(np.zeros((4, 16000), "int16")), np.arange(4) % 2, pd.DataFrame())
    with pytest.raises(hearingai.HearingAIError, match="`copies` must be 0 here.*Received: 2"):
        clip_data(classifier, store, None, training_settings(chosen, seed=1))
