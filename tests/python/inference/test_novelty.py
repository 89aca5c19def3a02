"""How far sounds lie from those that a classifier knows."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from exported import LIBRARIES
from fresh import need
from hearingai import HearingAIError
from hearingai.inference.novelty import Novelty, novelty_of
from small_bodies import WINDOW, energy_body, on_body

RNG = np.random.default_rng(1)
SHAPE = np.eye(10) + RNG.normal(size=(10, 10)) / 9
CENTRES = RNG.normal(0, 4, (3, 10))


def drawn(n, centre):
    return CENTRES[centre] + RNG.normal(size=(n, 10)) @ SHAPE


def test_distances_are_those_of_mahalanobis():
    known = np.concatenate([drawn(3000, i) for i in range(3)])
    found = novelty_of(known, np.repeat(np.eye(3, dtype=bool), 3000, axis=0))
    others = np.concatenate([drawn(50, 0), RNG.normal(0, 4, (50, 10))])
    inverse = np.linalg.inv(SHAPE.T @ SHAPE)
    gaps = others[:, None] - CENTRES
    expected = np.sqrt(np.einsum("nki,ij,nkj->nk", gaps, inverse, gaps)).min(axis=1)
    np.testing.assert_allclose(found.scores(others), expected, rtol=0.05)
    again = Novelty.from_record(found.to_record())
    np.testing.assert_array_equal(again.scores(others), found.scores(others))


@pytest.fixture(scope="module")
def classifier():
    clips = hearingai.spoken_words(["no", "up", "yes"], n=40, seed=1)
    return hearingai.fit("speech-commands-small", clips, epochs=3, seed=1), clips


@pytest.fixture(scope="module")
def knowing(classifier):
    return hearingai.learn_novelty(*classifier, rate=0.1)


@pytest.mark.slow
def test_what_is_like_nothing_known_is_unknown(classifier, knowing, tmp_path):
    told = knowing.record["novelty"]
    assert (told["rate"], told["n"]) == (0.1, 120)
    assert told["measured_rate"] == pytest.approx(0.1, abs=0.01)
    assert "novelty" not in classifier[0].record
    shown = hearingai.classifier_info(knowing)["novelty"]
    assert shown == {name: told[name] for name in ("rate", "measured_rate", "n")}
    others = hearingai.spoken_words(["no", "up", "yes"], n=40, seed=2)
    found = hearingai.predict(knowing, others, unknown=True)
    assert (found["novelty"] > 1).mean() < 0.3
    plain = hearingai.predict(knowing, others)
    assert "novelty" not in plain
    np.testing.assert_array_equal(found.filter(like="prob_"), plain.filter(like="prob_"))
    far = found["novelty"] > 1
    assert (found["label"] == plain["label"].mask(far, "unknown")).all()
    tones = np.sin(np.arange(16000) * np.linspace(0.1, 2, 20)[:, None]).astype("float32")
    heard = hearingai.predict(knowing, tones, unknown=True)
    assert (heard["label"] == "unknown").mean() >= 0.7
    hearingai.save_classifier(knowing, tmp_path / "a.keras")
    again = hearingai.predict(hearingai.load_classifier(tmp_path / "a.keras"), others, unknown=True)
    pd.testing.assert_frame_equal(again, found)


def test_a_body_hears_each_clip_once_for_the_label_and_the_novelty():
    heard = []

    def compute(waveform, starts):
        heard.append(len(starts))
        energies = [np.square(waveform[s : s + WINDOW]).mean() for s in starts]
        return np.stack([energies, np.negative(energies)], axis=1)

    known = on_body(["loud", "soft"], energy_body(compute=compute))
    sounds = (np.linspace(0, 1, 9)[:, None] * np.ones(known.samples)).astype("float32")
    expected = known.probabilities(sounds), known.embedder().embeddings(sounds)
    learnt = novelty_of(expected[1], np.arange(9)[:, None] < [9, 4])
    known.record["novelty"] = learnt.to_record()
    heard.clear()
    found = hearingai.predict(known, sounds, unknown=True)
    assert sum(heard) == 9 * len(range(0, known.samples, WINDOW))
    np.testing.assert_array_equal(found.filter(like="prob_"), expected[0])
    np.testing.assert_allclose(found["novelty"], learnt.scores(expected[1]), rtol=1e-5)


def test_a_recording_that_cannot_be_read_is_not_unknown(knowing, tmp_path):
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    with pytest.warns(hearingai.HearingAIWarning, match="none of 1"):
        row = hearingai.predict(knowing, tmp_path / "a.wav", unknown=True).iloc[0]
    assert (row["label"], np.isnan(row["novelty"])) == (None, True)
    assert row["error"]


def test_what_is_below_its_threshold_is_unknown(knowing):
    others = hearingai.spoken_words(["no", "up", "yes"], n=40, seed=2)
    plain = hearingai.predict(knowing, others, unknown=True)
    knowing.record["thresholds"] = {"no": 0.999}
    try:
        found = hearingai.predict(knowing, others, unknown=True)
    finally:
        del knowing.record["thresholds"]
    below = (plain["label"] == "no") & (plain["score"] < 0.999)
    assert below.any()
    assert (found["label"] == plain["label"].mask(below, "unknown")).all()


def test_an_exported_file_knows_it_too(knowing, tmp_path):
    need(*LIBRARIES["onnx"])
    hearingai.export(knowing, tmp_path / "a.onnx")
    others = hearingai.spoken_words(["no", "up", "yes"], n=5, seed=2)
    opened = hearingai.load_exported(tmp_path / "a.onnx")
    found, expected = (hearingai.predict(c, others, unknown=True) for c in (opened, knowing))
    np.testing.assert_allclose(found["novelty"], expected["novelty"], rtol=1e-3)
    np.testing.assert_allclose(found["score"], expected["score"], atol=1e-4)


def test_without_it_or_damaged_it_is_refused(classifier, knowing, tmp_path):
    plain, clips = classifier
    with pytest.raises(HearingAIError, match=r"`unknown` needs a classifier that learn_novelty"):
        hearingai.predict(plain, clips, unknown=True)
    told = knowing.record["novelty"]
    for change in (
        {"limit": 0},
        {"means": 3},
        {"center": told["means"]},
        {"means": {"shape": [1]}},
    ):
        knowing.record["novelty"] = told | change
        with pytest.raises(HearingAIError, match="`novelty` of the classifier's .* is damaged"):
            hearingai.predict(knowing, clips, unknown=True)
    knowing.record["novelty"] = told
    for options, message in [
        ({"rate": 0}, "`rate` must be between 0 and 1"),
        ({"clips": clips[:10]}, "`clips` must be 20 or more"),
        ({"clips": clips[clips["class"] != "up"]}, "`clips` has none of up"),
    ]:
        with pytest.raises(HearingAIError, match=message):
            hearingai.learn_novelty(plain, **{"clips": clips} | options)
