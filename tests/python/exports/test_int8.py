"""Weights and activations in a byte each: small, and nearly as good."""

import numpy as np
import pytest

import hearingai
from exported import LIBRARIES
from fresh import need
from hearingai.exports import verification


@pytest.fixture(scope="module", autouse=True)
def litert():
    """The libraries that the format needs."""
    need(*LIBRARIES["litert"])


def test_int8_rounds_the_network_and_not_the_front_end(classifier, sounds, tmp_path):
    path = tmp_path / "small.tflite"
    done = hearingai.export(classifier, path, int8=True, clips=sounds)
    assert done.int8
    assert done.bytes < 350_000  # 250,000 weights
    opened = hearingai.load_exported(path)
    assert opened.description["int8"]
    interpreter = opened._runtime.interpreter
    types = {t["index"]: t["dtype"] for t in interpreter.get_tensor_details()}
    names = {t["index"]: t["name"] for t in interpreter.get_tensor_details()}
    kinds = {}
    for step in interpreter._get_ops_details():
        for output in step["outputs"]:
            part = "front end" if "front_end" in names[output] else "network"
            kinds.setdefault((part, step["op_name"]), set()).add(types[output])
    assert kinds["front end", "FULLY_CONNECTED"] == {np.float32}
    assert kinds["network", "CONV_2D"] == kinds["network", "FULLY_CONNECTED"] == {np.int8}
    assert kinds["network", "SOFTMAX"] == {np.float32}
    assert 0 < done.max_difference < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["sound-classification", "embedding-gru"])
def test_int8_of_other_networks(recipe, tmp_path):
    labels = ["other", "speech"] if recipe == "embedding-gru" else ["a", "b", "c"]
    classifier = hearingai.create_classifier(recipe, labels, seed=1)
    clips = verification.made_up(classifier)
    paths = [tmp_path / "float.tflite", tmp_path / "int8.tflite"]
    whole, small = (
        hearingai.export(classifier, path, int8=path == paths[1], clips=clips) for path in paths
    )
    assert whole.bytes - small.bytes > classifier.count_params()  # of four bytes each


@pytest.mark.slow
def test_sound_and_merged_probabilities_are_not_rounded(sounds, tmp_path):
    words = hearingai.create_classifier("words", ["a", "b", "c"], seed=1)
    words = hearingai.merge_labels(words, {"rest": ["a", "b"]})
    done = hearingai.export(words, tmp_path / "words.tflite", int8=True, clips=sounds)
    opened = hearingai.load_exported(done.path)
    np.testing.assert_allclose(opened.probabilities(sounds).sum(axis=1), 1, rtol=1e-5)
    types = {t["name"]: t for t in opened._runtime.interpreter.get_tensor_details()}
    assert [
        t["name"] for t in types.values() if 16000 in t["shape"] and t["dtype"] == np.int8
    ] == []


@pytest.mark.slow
def test_int8_costs_less_than_a_point_on_real_words(data_dir, tmp_path):
    clips = hearingai.speech_commands(data_dir / "speech_commands", words=["left", "no", "stop"])
    classifier = hearingai.fit("speech-commands-small", clips, epochs=4, seed=1)
    done = hearingai.export(classifier, tmp_path / "words.tflite", int8=True, clips=clips)
    assert done.agreement > 0.97
    opened = hearingai.load_exported(done.path)
    before, after = (hearingai.evaluate(m, clips).accuracy for m in (classifier, opened))
    assert before > 0.8
    assert after > before - 0.01
