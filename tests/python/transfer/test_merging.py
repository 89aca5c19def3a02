"""Labels that stand for several others."""

import numpy as np
import pytest

import hearingai
from fresh import need
from hearingai.runtime.precision import computing_in
from hearingai.training._record import finished_record

LABELS = ["bed", "bird", "no", "yes"]
GROUPS = {"unknown": ["bird", "bed"]}


@pytest.fixture(scope="module")
def before(small):
    made = small(LABELS)
    made.record = {"history": [{"epoch": 1, "loss": 1.0}], "trained_on": ["a"], "threshold": 0.3}
    return made


@pytest.fixture(scope="module")
def sounds():
    return np.random.default_rng(0).normal(0, 0.1, (5, 2400)).astype("float32")


def test_the_probability_of_a_group_is_the_sum_of_its_labels(before, sounds):
    fingerprint, single = before.fingerprint(), before.probabilities(sounds)
    merged = hearingai.merge_labels(before, GROUPS)
    assert merged.labels == ["no", "yes", "unknown"]
    expected = np.column_stack([single[:, 2], single[:, 3], single[:, 1] + single[:, 0]])
    np.testing.assert_allclose(merged.probabilities(sounds), expected, atol=1e-6)
    assert (before.labels, before.fingerprint()) == (LABELS, fingerprint)
    assert merged.fingerprint() == fingerprint  # of the weights, which are the same


def test_the_record_stays_but_for_what_was_of_the_labels(before):
    record = hearingai.merge_labels(before, GROUPS).record
    kept = {"history": before.record["history"], "trained_on": ["a"]}
    assert record == kept | {"merged": {"unknown": ["bird", "bed"]}}
    assert before.record["threshold"] == 0.3


def test_what_is_told_of_labels_goes_with_those_that_are_not_merged(before):
    told = {"thresholds": {"bed": 0.1, "no": 0.2, "yes": 0.3}, "stream_odds": {"bird": 9.0}}
    before = hearingai.merge_labels(before, {"bird": ["bird"]})  # a copy
    before.record |= told
    renamed = hearingai.merge_labels(before, {"ja": ["yes"]}).record
    assert renamed["thresholds"] == {"bed": 0.1, "no": 0.2, "ja": 0.3}
    assert renamed["stream_odds"] == told["stream_odds"]
    with pytest.warns(hearingai.HearingAIWarning) as warned:
        merged = hearingai.merge_labels(before, GROUPS).record
    assert (merged["thresholds"], merged["stream_odds"]) == ({"no": 0.2, "yes": 0.3}, {})
    texts = sorted(str(w.message).split(" do not")[0] for w in warned)
    assert texts == ["`stream_odds` of bird", "`thresholds` of bed"]


def test_the_record_says_what_labels_merged_again_stand_for(before):
    once = hearingai.merge_labels(before, {"birds": ["bird"], "other": ["bed"]})
    twice = hearingai.merge_labels(once, {"unknown": ["other", "no"]})
    assert twice.record["merged"] == {"birds": ["bird"], "unknown": ["bed", "no"]}
    assert finished_record(twice.record, {}, [])["merged"] == twice.record["merged"]


def test_embeddings_are_those_of_before(before, sounds):
    merged = hearingai.merge_labels(before, GROUPS)
    np.testing.assert_array_equal(
        merged.embedder().embeddings(sounds), before.embedder().embeddings(sounds)
    )


def test_it_is_saved_with_its_labels(before, sounds, tmp_path):
    merged = hearingai.merge_labels(before, GROUPS)
    path = hearingai.save_classifier(merged, tmp_path / "m.keras")
    opened = hearingai.load_classifier(path)
    assert opened.labels == merged.labels
    np.testing.assert_array_equal(opened.probabilities(sounds), merged.probabilities(sounds))


@pytest.mark.parametrize("name", ["m.onnx", "m.tflite"])
def test_it_is_exported_with_its_labels(name, before, sounds, tmp_path):
    need(*{"m.onnx": ("onnx", "onnxruntime", "tf2onnx"), "m.tflite": ("ai_edge_litert",)}[name])
    merged = hearingai.merge_labels(before, GROUPS)
    opened = hearingai.load_exported(hearingai.export(merged, tmp_path / name, clips=sounds).path)
    assert opened.labels == merged.labels
    np.testing.assert_allclose(
        opened.probabilities(sounds), merged.probabilities(sounds), atol=1e-4
    )


def test_labels_are_merged_again_and_learnt_anew(before, sounds, tones):
    twice = hearingai.merge_labels(hearingai.merge_labels(before, GROUPS), {"word": ["no", "yes"]})
    single = before.probabilities(sounds)
    expected = np.column_stack([single[:, 0] + single[:, 1], single[:, 2] + single[:, 3]])
    assert twice.labels == ["unknown", "word"]
    np.testing.assert_allclose(twice.probabilities(sounds), expected, atol=1e-6)
    learnt = hearingai.few_shot(twice, tones, shots=4, seed=1)
    same = hearingai.few_shot(before, tones, shots=4, seed=1)
    np.testing.assert_array_equal(learnt.probabilities(sounds), same.probabilities(sounds))


def test_a_group_of_one_renames_a_label_and_the_target():
    made = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
    clips = np.random.default_rng(0).integers(0, 256, (3, 10, 128)).astype("float32")
    renamed = hearingai.merge_labels(made, {"voice": ["speech"]})
    assert (renamed.labels, renamed.target) == (["other", "voice"], "voice")
    np.testing.assert_array_equal(renamed.probabilities(clips), made.probabilities(clips))
    swapped = hearingai.merge_labels(made, {"rest": ["other"]})
    assert (swapped.labels, swapped.target) == (["speech", "rest"], "speech")
    np.testing.assert_array_equal(swapped.probabilities(clips), made.probabilities(clips)[:, ::-1])


def test_probabilities_are_in_float32_while_it_is_trained_in_bfloat16(before):
    network = hearingai.merge_labels(before, GROUPS).network
    with computing_in("bfloat16", network):
        policies = {layer.name: layer.compute_dtype for layer in network.layers}
    assert [policies[layer.name] for layer in network.layers[-2:]] == ["float32", "float32"]
    assert policies["second"] == "bfloat16"


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({}, "`groups` must name each new label"),
        (["bed"], "`groups` must name each new label"),
        ({"unknown": []}, "a group without labels"),
        ({"unknown": ["cat"]}, "`groups` must be one of 'bed'"),
        ({"a": ["bed", "no"], "b": ["no"]}, "twice: no"),
        ({"a": ["bed", "bed"]}, "twice: bed"),
        ({"yes": ["bed", "no"]}, "yes is a label that stays; put it into its group"),
        ({"a": LABELS}, "two labels or more"),
        ({"a": 3}, "`groups` must be a list of names"),
    ],
)
def test_what_makes_no_labels_is_refused(groups, words, before):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.merge_labels(before, groups)
