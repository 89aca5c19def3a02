"""Occlusion finds what a classifier without gradients hears, where it is."""

import keras
import numpy as np
import pytest

import hearingai
from fresh import need
from hearingai import HearingAIError
from hearingai.inference._occlusion import BANDS, TIMES, occlusion, pictured, shares
from small_bodies import RATE, on_body


def test_shares_of_neighbours_are_raised_cosines_that_sum_to_one():
    found = shares(np.array([0, 1, 1.5, 2, 2.25, 9]), np.array([1.0, 2.0, 3.0]))
    half, quarter = 0.5, np.cos(np.pi / 8) ** 2
    expected = [
        [1, 1, half, 0, 0, 0],
        [0, 0, half, 1, quarter, 0],
        [0, 0, 0, 0, 1 - quarter, 1],
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_the_parts_of_a_clip_add_up_to_it():
    """Of a score that is linear in the sound, each part counts by itself, and all by the score."""
    rng = np.random.default_rng(0)
    clip, weights = rng.uniform(-1, 1, (2, 2400))
    found = occlusion(lambda clips: clips @ weights, clip, RATE, progress=False)
    assert found.shape == (TIMES, BANDS)
    assert found.sum() == pytest.approx(clip @ weights, rel=1e-3)
    stereo = np.stack([clip, -clip])
    left = occlusion(lambda clips: clips[:, 0] @ weights, stereo, RATE, progress=False)
    np.testing.assert_allclose(left, found, atol=1e-4)


def test_what_is_not_heard_does_not_count():
    """A score of the second half of the clip: 24 stretches of 100 samples, faded by 50 each way."""
    clip = np.random.default_rng(1).uniform(-1, 1, 2400)
    found = occlusion(lambda clips: (clips[:, 1200:] ** 2).sum(axis=1), clip, RATE, progress=False)
    np.testing.assert_allclose(found[:11], 0, atol=1e-3)
    assert (found[13:].sum(axis=1) > 1).all()


@pytest.mark.parametrize(("pitch", "start"), [(700, 0.05), (2600, 0.3)])
def test_relevance_lies_on_the_tone_that_a_body_hears(pitch, start):
    """The body gives the energy of each window; its classifier takes energy for `loud`."""
    time = np.arange(4000) / RATE
    during = (time >= start) & (time < start + 0.1)
    sound = 0.5 * np.sin(2 * np.pi * pitch * time) * during
    classifier = on_body(["loud", "quiet"])
    found = hearingai.explain(classifier, sound, label="loud")
    assert (found.method, found.image.shape[2]) == ("occlusion", 1)
    assert found.relevance.shape == found.image.shape[:2]
    assert found.relevance.shape == (len(found.times), len(found.frequencies))
    when, where = np.unravel_index(found.relevance.argmax(), found.relevance.shape)
    assert start - 0.02 < found.times[when] < start + 0.12
    assert abs(found.frequencies[where] - pitch) < 450
    probabilities = classifier.probabilities(np.stack([sound, 0 * sound]))
    odds = np.log(probabilities[:, 0] / probabilities[:, 1])
    assert (found.score, found.baseline) == pytest.approx(tuple(odds), abs=1e-4)
    assert found.score > found.baseline
    other = hearingai.explain(classifier, sound, label="quiet")
    np.testing.assert_allclose(other.relevance, -found.relevance, atol=1e-3)


def test_the_picture_is_a_spectrogram_that_plots_take():
    classifier = on_body(["loud", "quiet"])
    sound = np.random.default_rng(2).uniform(-1, 1, 4000)
    found = hearingai.explain(classifier, sound)
    axes = hearingai.plot_explanation(found).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (s)", "frequency (kHz)")
    np.testing.assert_allclose(found.times[:2], [0.015, 0.025])
    tiny = pictured(np.zeros(80), 1000, np.zeros((TIMES, BANDS)))  # 80 ms, shorter windows
    assert tiny["image"].shape[:2] == tiny["relevance"].shape


def test_a_classifier_with_gradients_takes_occlusion_if_asked(burst, first_task):
    sound = burst(3000, 5, start=0.1)
    found = hearingai.explain(first_task, sound, label="high", method="occlusion")
    usual = hearingai.explain(first_task, sound, label="high")
    assert (usual.method, found.method) == ("integrated_gradients", "occlusion")
    assert found.relevance.shape == (len(found.times), len(found.frequencies))
    ends = (usual.score, usual.baseline, usual.probability)
    assert (found.score, found.baseline, found.probability) == pytest.approx(ends, abs=1e-3)


def test_an_exported_classifier_is_explained(first_task, burst, tmp_path):
    for library in ("onnx", "onnxruntime", "tf2onnx"):
        need(library)
    hearingai.export(first_task, tmp_path / "m.onnx", verify=False)
    exported = hearingai.load_exported(tmp_path / "m.onnx")
    sound = burst(3000, 5, start=0.1)
    found = hearingai.explain(exported, sound)
    same = hearingai.explain(first_task, sound, method="occlusion")
    assert (found.label, found.method) == (same.label, "occlusion")
    np.testing.assert_allclose(found.relevance, same.relevance, atol=1e-2)
    with pytest.raises(HearingAIError, match="an ExportedClassifier gives no gradients; `method"):
        hearingai.explain(exported, sound, method="gradcam")


def test_what_cannot_be_explained_is_said():
    sound = np.zeros(4000)
    with pytest.raises(HearingAIError, match="the body `energy` gives no gradients"):
        hearingai.explain(on_body(["loud", "quiet"]), sound, method="integrated_gradients")
    clip = keras.Input((4, 3))
    head = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(clip))
    of_embeddings = hearingai.AudioClassifier(None, keras.Model(clip, head), ["a", "b"])
    with pytest.raises(HearingAIError, match="`classifier` must take sound for"):
        hearingai.explain(of_embeddings, np.zeros((4, 3)), method="occlusion")
    with pytest.raises(HearingAIError, match="`classifier` must be a classifier"):
        hearingai.explain("m.keras", sound)
