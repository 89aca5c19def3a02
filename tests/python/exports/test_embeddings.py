"""Exported files hold embeddings beside probabilities, or say why they do not."""

import keras
import numpy as np
import pytest

import hearingai
from exported import LABELS, LIBRARIES, NAMES
from fresh import need
from hearingai.exports import verification


def values(table):
    return table.filter(like="embedding_").to_numpy()


@pytest.mark.parametrize("format", list(NAMES))
def test_the_embeddings_are_the_classifier_s(classifier, sounds, format, tmp_path):
    need(*LIBRARIES[format])
    opened = hearingai.load_exported(hearingai.export(classifier, tmp_path / NAMES[format]).path)
    expected = hearingai.embed(classifier, sounds)
    found = hearingai.embed(opened, sounds)
    assert list(found.columns) == list(expected.columns)
    assert set(found.dtypes[1:-1]) == {np.dtype("float32")}
    assert values(expected).std() > 0.01
    np.testing.assert_allclose(values(found), values(expected), atol=1e-4)
    with pytest.raises(hearingai.HearingAIError, match="`layer`: exported files hold the input"):
        hearingai.embed(opened, sounds, layer="dense")
    probabilities, beside = opened.embedder().beside_probabilities(sounds)
    np.testing.assert_array_equal(probabilities, opened.probabilities(sounds))
    np.testing.assert_array_equal(beside, values(found))
    assert hearingai.embed(opened, []).shape == (0, values(expected).shape[1] + 2)


def test_a_map_before_the_head_is_averaged(tmp_path):
    """The head of this network is a convolution, normalised after it."""
    layers = [keras.layers.Conv2D(6, 5, 4, activation="relu"), keras.layers.Conv2D(2, 1)]
    layers += [keras.layers.BatchNormalization(), keras.layers.GlobalAveragePooling2D()]
    network = keras.Sequential([keras.Input((48, 129, 1)), *layers, keras.layers.Softmax()])
    front_end = hearingai.LogSpectrogram(sample_rate=8000)
    clip = {"sample_rate": 8000, "duration": 0.5}
    classifier = hearingai.AudioClassifier(front_end, network, ["a", "b"], **clip)
    opened = hearingai.load_exported(hearingai.export(classifier, tmp_path / "h").path)
    clips = verification.made_up(classifier)[:4]
    expected = values(hearingai.embed(classifier, clips))
    assert expected.shape == (4, 6)
    np.testing.assert_allclose(values(hearingai.embed(opened, clips)), expected, atol=1e-3)


def test_in_int8_they_are_near(classifier, sounds, tmp_path):
    need(*LIBRARIES["litert"])
    done = hearingai.export(classifier, tmp_path / "small.tflite", int8=True, clips=sounds)
    found = values(hearingai.embed(hearingai.load_exported(done.path), sounds))
    expected = values(hearingai.embed(classifier, sounds))
    assert 0 < np.abs(found - expected).sum() < 0.1 * np.abs(expected).sum()


def test_a_network_without_a_head_is_exported_without(tmp_path):
    layers = [keras.layers.GlobalAveragePooling1D(), keras.layers.Softmax()]
    network = keras.Sequential([keras.Input((4, 3)), *layers])
    classifier = hearingai.AudioClassifier(None, network, LABELS)
    done = hearingai.export(classifier, tmp_path / "plain")
    opened = hearingai.load_exported(done.path)
    assert done.agreement == 1
    assert opened.description["embedding"] is None
    with pytest.raises(hearingai.HearingAIError, match="holds no embeddings: its network has no"):
        hearingai.embed(opened, np.zeros((1, 4, 3)))


LEARNT = {"threshold": 0.3, "low": 0.1, "hold": 0.2, "hop": 0.02, "target": "yes"}


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    """A file of a classifier that is a gate too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(classifier.record, "gate", LEARNT)
        return hearingai.export(classifier, tmp_path_factory.mktemp("saved") / "words").path


def test_a_file_written_before_is_to_be_exported_anew(saved, sounds):
    opened = hearingai.load_exported(saved)
    del opened.description["embedding"]
    with pytest.raises(hearingai.HearingAIError, match=r"before files held .*; export\(\) it anew"):
        hearingai.embed(opened, sounds)
    assert len(hearingai.predict(opened, sounds)) == len(sounds)


def test_other_embeddings_than_the_classifier_s_are_found(classifier, saved):
    clips = verification.made_up(classifier)
    answers = verification.answers(classifier.probabilities, clips)
    right = verification.answers(classifier.embedder().embeddings, clips)
    wrong = right.copy()
    wrong[-1, 3] += 2e-4 * max(1, np.abs(right).max())
    verification.compare(saved, clips, answers, 1e-4, embeddings=right)
    with pytest.raises(hearingai.HearingAIError, match="has other embeddings"):
        verification.compare(saved, clips, answers, 1e-4, embeddings=wrong)


def test_what_a_gate_learnt_goes_along(saved):
    settings = hearingai.Gate(hearingai.load_exported(saved), 16000).settings
    assert settings["target"] == ["yes"]
    assert {name: settings[name] for name in LEARNT if name != "target"} == {
        name: value for name, value in LEARNT.items() if name != "target"
    }
