"""A head that is solved for."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import hearingai
from hearingai import HearingAIError
from hearingai.training.few_shots import draw_shots
from hearingai.training.regression import sharpness, solve


def clouds(n, width, classes, seed=0):
    """Overlapping clouds of points, far from the origin, one value constant."""
    rng = np.random.default_rng(seed)
    class_id = np.arange(n) % classes
    points = rng.normal(0, 2, (n, width)) + rng.normal(0, 1, (classes, width))[class_id]
    points = points * rng.uniform(0.1, 9, width) + rng.normal(0, 30, width)
    points[:, 0] = 7
    return points, class_id


def reference(points, class_id, penalty):
    scaler = StandardScaler().fit(points)
    model = LogisticRegression(C=1 / penalty, tol=1e-8, max_iter=10_000)
    return scaler, model.fit(scaler.transform(points), class_id)


@pytest.mark.parametrize("penalty", [0.1, 1.0, 30.0])
@pytest.mark.parametrize(("n", "width", "classes"), [(40, 6, 3), (12, 200, 4), (300, 20, 5)])
def test_the_solution_is_that_of_scikit_learn(n, width, classes, penalty):
    points, class_id = clouds(n, width, classes)
    kernel, bias, history = solve(points, class_id, classes, penalty)
    scaler, model = reference(points, class_id, penalty)
    logits = points @ kernel + bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = model.predict_proba(scaler.transform(points))
    np.testing.assert_allclose(odds / odds.sum(axis=1, keepdims=True), expected, atol=2e-4)
    np.testing.assert_array_equal(kernel[0], 0)  # the constant one
    chosen = expected[np.arange(n), class_id]
    assert history["loss"] == pytest.approx(-np.log(chosen).mean(), abs=1e-3)


def test_the_classifier_answers_as_the_regression_does(first_task, tones):
    learnt = hearingai.few_shot(first_task, tones, penalty=2.0, seed=1)
    points = hearingai.embed(first_task, tones).filter(like="emb").to_numpy("float64")
    names = sorted(set(tones["class"]))
    scaler, model = reference(points, tones["class"].map(names.index), 2.0)
    found = hearingai.predict(learnt, tones).filter(like="prob_").to_numpy()
    np.testing.assert_allclose(found, model.predict_proba(scaler.transform(points)), atol=2e-3)
    assert learnt.labels == names


def test_new_classes_are_learnt_from_a_few_clips(first_task, tones):
    taught = tones[tones["speaker"] != "s3"]
    learnt = hearingai.few_shot(first_task, taught, shots=10, seed=1)
    others = tones[tones["speaker"] == "s3"].reset_index(drop=True)
    with pytest.warns(hearingai.HearingAIWarning, match="8 of 12 clips were used"):
        result = hearingai.evaluate(learnt, others)  # high and low were, by the body
    assert result.accuracy > 0.7


def test_the_record_and_the_body(first_task, tones):
    before = first_task.fingerprint()
    learnt = hearingai.few_shot(first_task, tones, shots=5, seed=3)
    assert first_task.fingerprint() == before
    record = learnt.record
    assert (record["tuned_from"], record["seed"], record["shots"]) == (before, 3, 5)
    assert record["n_train"] == 15
    assert record["frozen"] == ["first", "normal", "second"]
    assert set(first_task.record["trained_on"]) < set(record["trained_on"])
    assert list(hearingai.training_history(learnt)["epoch"]) == [1]
    body = [np.array(w) for w in first_task.get_weights()[:-2]]
    assert all(map(np.array_equal, body, learnt.get_weights()[:-2]))


def test_a_seed_decides_the_clips(first_task, tones):
    prints = [
        hearingai.few_shot(first_task, tones, shots=4, seed=s).fingerprint() for s in (1, 1, 2)
    ]
    assert prints[0] == prints[1] != prints[2]


def test_it_is_saved_and_trained_further(first_task, tones, tmp_path):
    learnt = hearingai.few_shot(first_task, tones, shots=5, seed=3)
    path = hearingai.save_classifier(learnt, tmp_path / "f.keras")
    opened = hearingai.load_classifier(path)
    assert opened.fingerprint() == learnt.fingerprint()
    scaling = opened.frontend.layers[1].get_weights()
    hearingai.fit(opened, tones, epochs=1, seed=1, validation=False)
    assert opened.fingerprint() != learnt.fingerprint()
    assert all(map(np.array_equal, scaling, opened.frontend.layers[1].get_weights()))


def test_classes_with_fewer_clips_than_shots_are_named():
    clips = pd.DataFrame({"fname": list("abcde"), "class": list("xxxyy"), "speaker": [None] * 5})
    with pytest.warns(hearingai.HearingAIWarning, match="fewer clips than `shots=3`: 2 of y"):
        assert len(draw_shots(clips, 3, seed=1)) == 5


def test_shots_come_from_different_speakers_first():
    speakers = ["a"] * 10 + ["b"] * 3 + ["c"] * 2
    table = pd.DataFrame({"fname": [f"{i}.wav" for i in range(15)], "speaker": speakers})
    clips = pd.concat([table.assign(**{"class": c}) for c in ("no", "yes")], ignore_index=True)
    for seed in range(5):
        drawn = draw_shots(clips, 3, seed)
        assert list(drawn["class"]) == ["no"] * 3 + ["yes"] * 3
        assert all(set(part["speaker"]) == {"a", "b", "c"} for _, part in drawn.groupby("class"))
        counts = draw_shots(clips, 8, seed).groupby(["class", "speaker"]).size()
        assert counts["no"].to_dict() == {"a": 3, "b": 3, "c": 2}
    assert len(draw_shots(clips, 99, 0)) == 30
    alone = draw_shots(clips.drop(columns="speaker"), 4, 0)
    assert alone["class"].value_counts().to_dict() == {"no": 4, "yes": 4}


def test_clips_to_test_on_are_not_touched(first_task, tones):
    split = np.where(tones["speaker"] == "s3", "test", "train")
    learnt = hearingai.few_shot(first_task, tones.assign(split=split), seed=1)
    assert learnt.record["n_train"] == (split == "train").sum()


def test_unfit_input_is_named(first_task, tones, tmp_path):
    with pytest.raises(HearingAIError, match="`shots`"):
        hearingai.few_shot(first_task, tones, shots=0)
    with pytest.raises(HearingAIError, match="`penalty`"):
        hearingai.few_shot(first_task, tones, penalty=-1)
    with pytest.raises(HearingAIError, match="`clips` has no clip of: other"):
        hearingai.few_shot(first_task, tones, labels=["high", "low", "middle", "other"])
    bad = tones.assign(fname=tones["fname"].where(tones["class"] != "low", str(tmp_path / "no")))
    with (
        pytest.warns(hearingai.HearingAIWarning, match="16 of 48"),
        pytest.raises(HearingAIError, match="`clips` has no clip of: low"),
    ):
        hearingai.few_shot(first_task, bad)


def drawn(n, rng, size=40):
    """Values of three classes that overlap."""
    class_id = np.arange(n) % 3
    return rng.normal(size=(n, size)) + np.eye(3, size)[class_id] * 1.5, class_id


def test_a_sharpened_head_is_as_sure_as_it_is_right():
    rng = np.random.default_rng(2)
    values, class_id = drawn(90, rng)
    unseen, truth = drawn(3000, rng)
    kernel, bias, _ = solve(values, class_id, 3, 100.0)
    scale = sharpness(values, class_id, 3, 100.0)
    gaps = []
    for factor in (1, scale):
        logits = factor * (unseen @ kernel + bias)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        score = (powers / powers.sum(axis=1, keepdims=True)).max(axis=1).mean()
        gaps.append(abs(score - (logits.argmax(axis=1) == truth).mean()))
    assert scale > 1
    assert gaps[1] < 0.05 < gaps[0]


def test_a_single_clip_of_a_class_cannot_be_left_out():
    values, class_id = drawn(9, np.random.default_rng(1))
    assert sharpness(values[:7], np.array([0, 1, 0, 1, 0, 1, 2]), 3, 100.0) == 1
    assert sharpness(values, class_id, 3, 100.0) != 1
