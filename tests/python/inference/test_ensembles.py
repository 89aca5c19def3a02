"""Several classifiers asked together."""

from contextlib import contextmanager
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import hearingai
from hearingai.errors import HearingAIError


def classifier(labels, answers, samples=16, crop="start"):
    """One that answers every clip alike."""
    clip = keras.Input((samples, 1))
    x = keras.layers.Flatten()(clip)
    network = keras.Model(clip, keras.layers.Dense(len(labels), activation="softmax")(x))
    kernel, bias = network.layers[-1].get_weights()
    network.layers[-1].set_weights([kernel * 0, np.log(answers).astype("float32") + 0 * bias])
    return hearingai.AudioClassifier(
        frontend=keras.layers.Reshape((samples, 1)),
        network=network,
        labels=labels,
        sample_rate=16,
        duration=samples / 16,
        crop=crop,
    )


@pytest.fixture(scope="module")
def pair():
    return classifier(["a", "b", "c"], [0.5, 0.3, 0.2]), classifier(
        ["c", "b", "a"], [0.6, 0.3, 0.1]
    )


def test_the_mean_by_label(pair):
    found = hearingai.ensemble(pair).probabilities(np.zeros((2, 16), "float32"))
    np.testing.assert_allclose(found, [[0.3, 0.3, 0.4]] * 2, atol=1e-6)


def test_weights_count(pair):
    found = hearingai.ensemble(pair, weights=[3, 1]).probabilities(np.zeros((1, 16), "float32"))
    np.testing.assert_allclose(found, [[0.4, 0.3, 0.3]], atol=1e-6)


def test_it_is_a_classifier(pair, tmp_path):
    both = hearingai.ensemble(pair)
    sound = np.zeros(160, "float32")
    assert hearingai.predict(both, sound[:16])["label"].tolist() == ["c"]
    path = tmp_path / "a.wav"
    hearingai.write_audio(path, sound, 16)
    assert set(hearingai.annotate(both, path, threshold=0.35).events["label"]) == {"c"}
    size = sum(one.embedder().size for one in pair)
    assert hearingai.embed(both, sound[:16]).filter(like="e").shape[1] >= size
    probabilities, embeddings = both.embedder().beside_probabilities(sound[None, :16])
    np.testing.assert_array_equal(probabilities, both.probabilities(sound[None, :16]))
    np.testing.assert_array_equal(embeddings, both.embedder().embeddings(sound[None, :16]))


def test_what_identifies_it(pair):
    a, b = pair
    prints = {hearingai.ensemble(*each).fingerprint() for each in ([[a, b]], [[b, a]], [[a, a]])}
    assert len(prints) == 3
    assert hearingai.ensemble([a, b]).fingerprint() == hearingai.ensemble([a, b]).fingerprint()
    assert hearingai.ensemble(pair).fingerprint() != (
        hearingai.ensemble([a, b], weights=[2, 1]).fingerprint()
    )


def test_what_its_members_are_beside_weights_identifies_it(pair):
    told = {name: getattr(pair[0], name) for name in ("network", "frontend", "labels")}
    other = hearingai.AudioClassifier(**told, sample_rate=16, duration=1.0)
    same = hearingai.ensemble([other, pair[1]])
    assert same.configuration() == hearingai.ensemble(pair).configuration()
    told["frontend"] = keras.layers.Reshape((-1, 1))
    changed = hearingai.AudioClassifier(**told, sample_rate=16, duration=1.0)
    other = hearingai.ensemble([changed, pair[1]])
    assert other.fingerprint() == same.fingerprint()
    assert other.configuration() != same.configuration()


def test_the_clips_of_any_member_were_seen(pair):
    a, b = (classifier(["x", "y"], [0.5, 0.5]) for _ in range(2))
    a.record["trained_on"], b.record["trained_on"] = ["1", "2"], ["2", "3"]
    both = hearingai.ensemble([a, b])
    assert both.trained_on == {"1", "2", "3"}
    both.classifiers[1] = SimpleNamespace(trained_on=None)  # an exported one does not know
    assert both.trained_on is None


def test_a_device_holds_within_the_context_alone(pair):
    within = []

    @contextmanager
    def noted(device):
        within.append(device)
        try:
            yield
        finally:
            within.pop()

    def refuses(device):
        raise HearingAIError("`device`: there is none")

    both = hearingai.ensemble(pair)
    both.classifiers = [SimpleNamespace(on_device=noted)] * 2
    context = both.on_device("cpu")
    assert within == []
    with context:
        assert within == ["cpu", "cpu"]
    both.classifiers[1] = SimpleNamespace(on_device=refuses)
    with pytest.raises(HearingAIError, match="there is none"), both.on_device("gpu"):
        pass
    assert within == []


@pytest.mark.parametrize(
    ("others", "weights", "message"),
    [
        (lambda a: [a], None, "at least two"),
        (lambda a: a, None, "must be a list"),
        (lambda a: [a, "b"], None, "load_classifier"),
        (lambda a: [a, classifier(["a", "b", "d"], [0.3] * 3)], None, "do not share c, d"),
        (lambda a: [a, classifier(["a", "b", "c"], [0.3] * 3, 32)], None, "takes 32 samples"),
        (
            lambda a: [a, classifier(["a", "b", "c"], [0.3] * 3, crop="end")],
            None,
            "with crop='end', and the first takes .* with crop='start'",
        ),
        (lambda a: [a, a], [1], "must be 2 numbers above 0"),
        (lambda a: [a, a], [1, 0], "must be 2 numbers above 0"),
        (lambda a: [a, a], [1, float("nan")], "must be 2 numbers above 0"),
        (lambda a: [a, a], ["x", "y"], "must be 2 numbers above 0"),
    ],
)
def test_what_does_not_fit(pair, others, weights, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.ensemble(others(pair[0]), weights=weights)


def test_what_needs_one_classifier_says_so(pair, tmp_path):
    both = hearingai.ensemble(pair)
    with pytest.raises(HearingAIError, match="must be one file"):
        hearingai.explore(both)
    with pytest.raises(HearingAIError, match="AudioClassifier"):
        hearingai.save_classifier(both, tmp_path / "a.keras")
    with pytest.raises(HearingAIError, match="AudioClassifier"):
        hearingai.export(both, tmp_path / "a.onnx")


def test_in_a_stream_labels_are_as_likely_as_the_members_say():
    first = classifier(["a", "unknown"], [0.9, 0.1])
    second = classifier(["unknown", "a"], [0.1, 0.9])
    sound = np.zeros(160, "float32")

    def found():
        both = hearingai.ensemble([first, second], weights=[1, 3])
        told = hearingai.annotate(both, (sound, 16), keep_windows=True).windows
        return both.record.get("stream_odds"), told["prob_unknown"].iloc[0]

    assert found() == (None, pytest.approx(0.1, abs=1e-6))
    first.record["stream_odds"] = second.record["stream_odds"] = {"unknown": 9.0}
    assert found() == ({"unknown": pytest.approx(9)}, pytest.approx(0.5, abs=1e-6))
    del first.record["stream_odds"]
    assert found()[0] == {"unknown": pytest.approx(9**0.75)}


def test_thresholds_of_the_members_are_weighed(pair):
    first, second = classifier(["a", "b"], [0.9, 0.1]), classifier(["b", "a"], [0.1, 0.9])
    first.record["thresholds"] = {"a": 0.2}
    second.record["thresholds"] = {"a": 0.4, "b": 0.3}
    told = hearingai.ensemble([first, second], weights=[1, 3]).record["thresholds"]
    assert told == pytest.approx({"a": 0.35, "b": 0.35})
    assert "thresholds" not in hearingai.ensemble(pair).record
