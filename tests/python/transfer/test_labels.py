"""What is done with a classifier of any number of labels a clip: it works, or says why not."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import hearingai
from chords import chord
from hearingai.errors import HearingAIError
from hearingai.training.few_shots import draw_shots
from hearingai.training.regression import sharpness, solve
from slow import first_quick

FAST = {"seed": 1, "progress": False, "precision": "float32"}


@pytest.fixture
def learnt(chord_classifier):
    return chord_classifier


@pytest.fixture(scope="module")
def scene():
    """Silence, low, low and high, high, silence, half a second each."""
    heard = ([], ["low"], ["low", "high"], ["high"], [])
    return np.concatenate([chord(names, i) for i, names in enumerate(heard)])


def some(classifier, n=3):
    """Its probabilities of a few chords."""
    return classifier.probabilities(np.stack([chord(["low", "high"][:i], i) for i in range(n)]))


# --- Other heads ---


def test_each_label_has_the_regression_of_scikit_learn():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(40, 6))
    truth = (values[:, :3] + rng.normal(size=(40, 3)) > 0.3).astype("int8")
    kernel, bias, history = solve(values, truth, 3, 2.0)
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    found = 1 / (1 + np.exp(-(values @ kernel + bias)))
    for i in range(3):
        model = LogisticRegression(C=1 / 2.0, tol=1e-8, max_iter=5000).fit(scaled, truth[:, i])
        np.testing.assert_allclose(found[:, i], model.predict_proba(scaled)[:, 1], atol=1e-3)
    expected = -np.log(np.where(truth == 1, found, 1 - found)).mean()
    assert history == {"loss": pytest.approx(expected)}
    assert sharpness(values, truth, 3, 2.0) > 0
    truth[:, 0] = 0
    truth[0, 0] = 1  # a label of a single clip, which cannot be left out
    assert sharpness(values, truth, 3, 2.0) == 1


def test_shots_are_so_many_of_each_label_and_without_any(chords):
    drawn = draw_shots(chords, 5, seed=1)
    for label in ("high", "low", "middle"):
        assert sum(label in sets for sets in drawn["labels"]) >= 5
    none = sum(not sets for sets in chords["labels"])
    assert sum(not sets for sets in drawn["labels"]) == min(5, none)
    assert len(drawn) < 20
    with pytest.warns(hearingai.HearingAIWarning, match="fewer clips than `shots=50`.*of high"):
        draw_shots(chords, 50, seed=1)


@pytest.mark.slow
def test_few_shots_and_fine_tuning_give_labels(learnt, chords):
    few = hearingai.few_shot(learnt, chords, shots=8, seed=1)
    assert few.multi_label
    answers = hearingai.predict(few, chords)["labels"]
    assert (answers == chords["labels"]).mean() > 0.7
    with pytest.raises(HearingAIError, match="no clip without: low"):
        hearingai.few_shot(learnt, chords[[("low" in sets) for sets in chords["labels"]]])
    tuned = hearingai.fine_tune(learnt, chords, epochs=1, **FAST)
    assert (tuned.multi_label, tuned.labels) == (True, learnt.labels)
    classes = chords.assign(**{"class": ["a", "b"] * 30}).drop(columns="labels")
    one = hearingai.few_shot(learnt, classes, seed=1)
    assert not one.multi_label
    np.testing.assert_allclose(some(one).sum(axis=1), 1, rtol=1e-5)


@pytest.mark.slow
def test_merged_labels_have_the_largest_probability(learnt, tmp_path):
    merged = hearingai.merge_labels(learnt, {"tonal": ["low", "high"]})
    assert (merged.labels, merged.multi_label) == (["middle", "tonal"], True)
    before = some(learnt)
    np.testing.assert_allclose(some(merged)[:, 1], before[:, :2].max(axis=1), atol=1e-6)
    path = hearingai.save_classifier(merged, tmp_path / "merged.keras")
    np.testing.assert_array_equal(some(hearingai.load_classifier(path)), some(merged))
    assert hearingai.merge_labels(merged, {"any": ["middle", "tonal"]}).labels == ["any"]


# --- Long recordings ---


def test_events_of_several_labels_overlap(learnt, scene):
    found = hearingai.annotate(learnt, scene, hop=0.1, smooth=0, threshold=0.5).events
    times = found.groupby("label")[["start", "end"]].agg({"start": "min", "end": "max"})
    assert {"high", "low"} <= set(times.index)
    assert times.loc["low", "start"] < times.loc["high", "start"] < times.loc["low", "end"]
    stream = hearingai.Stream(learnt, hop=0.1, smooth=0, threshold=0.5)
    events = stream.feed(scene) + stream.finish()
    assert sorted(event.label for event in events) == sorted(found["label"])


def test_a_gate_opens_for_the_largest_of_its_labels(learnt, scene):
    both = hearingai.gate(learnt, scene, target=["low", "high"], hop=0.1).track["probability"]
    each = [
        hearingai.gate(learnt, scene, target=label, hop=0.1).track["probability"]
        for label in ("low", "high")
    ]
    np.testing.assert_allclose(both, np.maximum(*each))


# --- Files, explanations, others ---


@pytest.mark.parametrize("ending", first_quick(".tflite", ""))
def test_an_exported_file_gives_labels(learnt, chords, tmp_path, ending):
    path = tmp_path / f"chords{ending}"
    done = hearingai.export(learnt, path, clips=chords[:20])
    assert done.agreement == 1
    assert done.accuracy is None
    exported = hearingai.load_exported(path)
    assert exported.multi_label
    table = hearingai.predict(exported, chords[:9])
    assert table["labels"].equals(hearingai.predict(learnt, chords[:9])["labels"])
    assert hearingai.evaluate(exported, chords[:20]).per_class["n"].sum() > 0


def test_a_network_wholly_in_int8_is_of_classes(learnt, chords, tmp_path):
    with pytest.raises(HearingAIError, match="does not end in a dense layer with softmax"):
        hearingai.export(learnt, tmp_path / "a.tflite", format="int8", clips=chords)


def test_thresholds_of_the_file_decide_the_labels(learnt, chords):
    learnt.record["thresholds"] = {"low": 0.999}
    try:
        assert not any("low" in sets for sets in hearingai.predict(learnt, chords)["labels"])
        report = hearingai.evaluate(learnt, chords[:10]).per_class
    finally:
        del learnt.record["thresholds"]
    assert report["threshold"].tolist() == [0.5, 0.999, 0.5]


@pytest.mark.parametrize("method", ["integrated_gradients", "gradcam", "occlusion"])
def test_an_explanation_is_of_one_label_against_its_absence(learnt, method):
    sound = chord(["low"], 7)
    found = hearingai.explain(learnt, sound, label="low", method=method, steps=64)
    p = float(learnt.probabilities(sound[None])[0, 1])
    assert found.score == pytest.approx(np.log(p / (1 - p)), abs=1e-3)
    assert found.relevance.sum() > 0


def test_classifiers_asked_together(learnt, chords):
    again = hearingai.few_shot(learnt, chords, seed=1)
    both = hearingai.ensemble([learnt, again])
    assert both.multi_label
    np.testing.assert_allclose(some(both), (some(learnt) + some(again)) / 2, atol=1e-6)
    assert hearingai.predict(both, chords[:2])["labels"].map(type).nunique() == 1
    one = hearingai.create_classifier("gate", learnt.labels, seed=1)
    with pytest.raises(HearingAIError, match="number 2 and the first differ"):
        hearingai.ensemble([learnt, one])


def test_background_is_clips_without_labels(chords, tmp_path):
    hearingai.write_audio(tmp_path / "noise.wav", np.tile(chord([], 5), 20), 16000)
    found = hearingai.fit(
        "gate", chords, background=tmp_path, validation=False, epochs=1, batch_size=16, **FAST
    )
    assert found.labels == ["high", "low", "middle"]
    assert found.record["n_train"] == 60 + 20


def test_a_history_is_drawn_with_its_map(learnt):
    axes = hearingai.plot_history(learnt).axes
    assert [ax.get_ylabel() for ax in axes] == ["loss", "mAP"]


def test_losses_of_classes_and_mining_say_why_not(learnt):
    for loss in ("categorical_crossentropy", "categorical_hinge"):
        with pytest.raises(HearingAIError, match="`loss` must take each label by itself"):
            hearingai.compile(learnt, loss=loss)
    with pytest.raises(HearingAIError, match="`classifier` must give a clip one class"):
        hearingai.mine_false_alarms(learnt, "x.wav")


@pytest.mark.slow
def test_cross_validation_pools_labels(chords, tmp_path):
    options = {"folds": 2, "validation": False, "epochs": 1, "path": tmp_path / "cv"}
    found = hearingai.cross_validate("gate", chords, **options, **FAST)
    assert repr(found).startswith("<CrossValidation gate: 2 folds, mAP ")
    truth = dict(zip(chords["fname"], chords["labels"], strict=True))
    table = found.predictions
    assert [truth[name] for name in table["fname"]] == table["true_labels"].tolist()
    assert all(isinstance(sets, tuple) for sets in table["labels"])
    high = found.confusion.query("truth == 'high' and predicted == 'high'")["n"].item()
    both = zip(table["true_labels"], table["labels"], strict=True)
    assert high == sum("high" in true and "high" in told for true, told in both)


@pytest.mark.slow
def test_tuning_compares_by_map(chords):
    pytest.importorskip("optuna")
    space = {"sampling": ["shuffled", "balanced"]}
    found = hearingai.tune("gate", chords, space, metric="map_macro", epochs=1, **FAST)
    assert set(found["sampling"]) == {"shuffled", "balanced"}
    assert found["map_macro"].is_monotonic_decreasing
