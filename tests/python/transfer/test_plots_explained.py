import keras
import numpy as np
import pytest

import hearingai
from hearingai.plots import plot_data as flat
from hearingai.plots.explained import explanation_numbers


@pytest.fixture(scope="module")
def found(small, burst):
    return hearingai.explain(small(["a", "b"]), burst(1000, 1, start=0.1), label="b")


def test_what_is_drawn_are_the_numbers(found):
    image, relevance = explanation_numbers(found)
    np.testing.assert_allclose(image.values, found.image[:, :, 0], atol=1e-6)
    assert relevance.shape == found.relevance.shape
    assert np.abs(relevance).max() == 1
    strongest = np.unravel_index(np.abs(relevance).argmax(), relevance.shape)
    nearby = np.abs(found.relevance[max(strongest[0] - 2, 0) :][:5])
    assert nearby.max() > 0.5 * np.abs(found.relevance).max()
    step = found.times[1] - found.times[0]
    edges = (found.times[0] - step / 2, found.times[-1] + step / 2)
    assert (image.start, image.end) == pytest.approx(edges)


def test_the_figure_tells_label_and_axes(found):
    figure = hearingai.plot_explanation(found)
    assert figure.get_suptitle() == f"b: probability {found.probability:.2f} (integrated gradients)"
    assert figure.axes[0].get_ylabel() == "frequency (kHz, mel scale)"
    assert figure.axes[1].get_ylabel() == "relevance, share of the strongest"
    assert figure.axes[1].get_ylim() == (-1, 1)
    assert hearingai.plot_explanation(found, title="mine").get_suptitle() == "mine"


def test_levels_are_drawn_in_decibels():
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    tone = hearingai.two_tone((1000,), sample_rate=16000)
    found = hearingai.explain(classifier, tone, steps=4, method="gradcam")
    image, relevance = explanation_numbers(found)
    assert image.values.max() == 0
    power = np.exp(found.image[:, :, 0].astype("float64"))
    np.testing.assert_allclose(image.values, 10 * np.log10(power / power.max()), atol=1e-3)
    assert relevance.min() >= 0
    assert hearingai.plot_explanation(found).axes[1].get_ylim() == (0, 1)


def test_embeddings_and_nothing_at_all_can_be_drawn():
    clip = keras.Input((10, 128))
    head = keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros")
    network = keras.Model(clip, head(keras.layers.Flatten()(clip)))
    classifier = hearingai.AudioClassifier(None, network, ["a", "b"])
    found = hearingai.explain(classifier, np.ones((1, 10, 128)), steps=2)
    image, relevance = explanation_numbers(found)
    assert (image.start, image.end, image.axis.label) == (0, 10, "bin")
    np.testing.assert_array_equal(relevance, 0)
    hearingai.plot_explanation(found).savefig("/dev/null", format="png")


def test_tables_for_another_face_hold_what_is_drawn(found):
    image, relevance = explanation_numbers(found)
    told = flat.explanation(found)
    cells = told["cells"]
    frames, bins = relevance.shape
    np.testing.assert_array_equal(cells["relevance"].to_numpy().reshape(frames, bins), relevance)
    np.testing.assert_allclose(np.unique(cells["time"]), found.times)
    assert told["grey"].shape == (bins, frames)
    darkest = np.unravel_index(told["grey"].argmin(), told["grey"].shape)
    frame, band = np.unravel_index(image.values.argmax(), image.values.shape)
    assert darkest == (bins - 1 - band, frame)  # rows from the top down
    assert (told["grey"].min(), told["grey"].max()) == pytest.approx((0.25, 1))
    assert told["ticks"]["label"].tolist() == [text for _, text in image.axis.ticks]


def test_what_is_no_explanation_is_named():
    with pytest.raises(hearingai.HearingAIError, match="what explain.. returned. Received: str"):
        hearingai.plot_explanation("a.wav")
