"""calibrate() and the thresholds that labelled clips decide."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, softmax
from sklearn.isotonic import IsotonicRegression

import hearingai
from hearingai import HearingAIError, HearingAIWarning
from hearingai.classifier.record_checks import check_record
from hearingai.inference.scoring import Evaluation
from hearingai.training.calibrating import _applied, _curves, without_calibration
from hearingai.training.clip_thresholds import clip_thresholds

RNG = np.random.default_rng(1)
LOGITS = RNG.normal(0, 2, (20_000, 3))


def one_hot(chosen, n=3):
    return np.eye(n)[chosen]


def test_a_temperature_is_found_again():
    truth = one_hot([RNG.choice(3, p=row) for row in softmax(LOGITS, axis=1)])
    a, _ = _curves("temperature", softmax(2.5 * LOGITS, axis=1), truth, exclusive=True)
    assert a[0] == pytest.approx(1 / 2.5, rel=0.03)
    truth = (RNG.uniform(size=LOGITS.shape) < expit(LOGITS)).astype(float)
    a, _ = _curves("temperature", expit(2.5 * LOGITS), truth, exclusive=False)
    assert a[0] == pytest.approx(1 / 2.5, rel=0.03)


def test_lines_of_platt_are_found_again():
    slopes, shifts = np.array([0.5, 1.0, 2.0]), np.array([-1.0, 0.0, 1.0])
    truth = (RNG.uniform(size=LOGITS.shape) < expit(slopes * LOGITS + shifts)).astype(float)
    a, b = _curves("platt", expit(LOGITS), truth, exclusive=False)
    np.testing.assert_allclose(a, slopes, rtol=0.06)
    np.testing.assert_allclose(b, shifts, atol=0.06)


def test_isotonic_curves_are_those_of_scikit_learn():
    p = RNG.uniform(0.01, 0.99, (300, 1))
    truth = (RNG.uniform(size=p.shape) < p**2).astype(float)
    curves = _curves("isotonic", p, truth, exclusive=False)
    expected = IsotonicRegression().fit(p[:, 0], truth[:, 0]).predict(p[:, 0])
    expected = np.clip(expected, 1 / 302, 301 / 302)  # so many clips make nothing certain
    found = _applied("isotonic", False, *curves)(p)
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-5)
    few = _curves("isotonic", p[:60], truth[:60], exclusive=False)
    line = _curves("platt", p[:60], truth[:60], exclusive=False)
    by_line = _applied("platt", False, *line)(p)
    np.testing.assert_allclose(_applied("isotonic", False, *few)(p), by_line, atol=0.01)


def test_labels_with_few_clips_stay_and_are_named():
    truth = np.zeros((40, 2))
    truth[:20, 0], truth[:4, 1] = 1, 1
    with pytest.warns(HearingAIWarning, match=r"1 label\(s\) stay.*: rare"):
        a, b = _curves("platt", np.full((40, 2), 0.3), truth, False, ["often", "rare"])
    assert (a[1], b[1]) == (1, 0) != (a[0], b[0])


@pytest.fixture(scope="module")
def spoken():
    return hearingai.spoken_words(["no", "up", "yes"], n=48, seed=1)


@pytest.fixture(scope="module")
def sure(spoken):
    """A classifier that is right more often than not, and always nearly sure."""
    made = hearingai.create_classifier("speech-commands-small", ["no", "up", "yes"], seed=1)
    vectors = hearingai.embed(made, spoken).filter(like="embedding_").to_numpy()
    aims = one_hot(spoken["class_id"].to_numpy())
    centred = vectors - vectors.mean(axis=0)
    weights = np.linalg.lstsq(
        centred.T @ centred + 10 * np.eye(vectors.shape[1]), centred.T @ aims, rcond=None
    )[0]
    head = [20 * weights, -20 * vectors.mean(axis=0) @ weights]
    [layer for layer in made.network.layers if layer.weights][-1].set_weights(head)
    return made


@pytest.fixture(scope="module")
def others():
    return hearingai.spoken_words(["no", "up", "yes"], n=60, seed=2)


@pytest.mark.slow
def test_a_classifier_that_is_too_sure_becomes_reliable(sure, others, tmp_path):
    before = hearingai.evaluate(sure, others)
    for method in (None, "platt", "isotonic"):
        made = hearingai.calibrate(sure, others, method=method)
        told = made.record["calibration"]
        assert (told["method"], told["n"]) == (method or "temperature", 180)
        error = hearingai.reliability(before).summary["expected_calibration_error"].item()
        assert told["before"] == pytest.approx(error) and told["before"] > 0.15
        assert told["after"] < 0.85 * told["before"]
        after = hearingai.evaluate(made, others)
        np.testing.assert_allclose(after.predictions.filter(like="prob_").sum(axis=1), 1, atol=1e-5)
        assert after.loss < before.loss
        if method is None:
            assert (after.predictions["label"] == before.predictions["label"]).all()
    path = tmp_path / "a.keras"
    hearingai.save_classifier(made, path)
    again = hearingai.load_classifier(path)
    assert again.fingerprint() == made.fingerprint() != sure.fingerprint()
    assert again.record["calibration"] == told
    same = hearingai.embed(again, others[:2]), hearingai.embed(sure, others[:2])
    pd.testing.assert_frame_equal(*same)
    twice = hearingai.calibrate(hearingai.calibrate(sure, others), others, method="isotonic")
    assert twice.fingerprint() == made.fingerprint()


@pytest.mark.slow
def test_each_of_several_labels_takes_a_curve_and_nothing_is_certain(sure, others):
    several = others.drop(columns=["class", "class_id"])
    several["labels"] = [[name] for name in others["class"]]
    told = hearingai.fit("speech-commands-small", several, epochs=1, seed=1, progress=False)
    made = hearingai.calibrate(told, several)
    assert made.record["calibration"]["method"] == "isotonic"
    with pytest.raises(HearingAIError, match="`labels`"):
        hearingai.calibrate(told, several.drop(columns="labels"))
    found = hearingai.predict(made, others).filter(like="prob_").to_numpy()
    assert found.min() >= 1 / 182 - 1e-6 and found.max() <= 181 / 182 + 1e-6


@pytest.mark.slow
def test_thresholds_are_chosen_again_after_it(sure, others):
    chosen = hearingai.choose_thresholds(sure, others, best_f1=True)
    assert list(chosen.thresholds) == ["no", "up", "yes"]
    assert chosen.classifier.record["thresholds"] == chosen.thresholds
    assert "precision" in repr(chosen)
    with pytest.warns(HearingAIWarning, match="choose them again"):
        made = hearingai.calibrate(chosen.classifier, others)
    assert "thresholds" not in made.record
    precise = hearingai.choose_thresholds(made, others, wanted_precision=0.8)
    levels = precise.per_label.set_index("label")["threshold"]
    assert (levels >= 0.1).all()
    for options in ({"wanted_precision": 0.9, "best_f1": True}, {"best_f1": True, "truth": others}):
        with pytest.raises(HearingAIError, match="give one of"):
            hearingai.choose_thresholds(made, others, **options)


@pytest.mark.parametrize("absurd", [{"n": -1}, {"n": None}, {"before": 2.0}, {"after": -0.1}])
def test_numbers_that_no_calibration_told_are_damage(absurd):
    told = {"method": "platt", "n": 5, "before": 0.2, "after": None}
    check_record({"calibration": told}, ["a"])
    with pytest.raises(HearingAIError, match="`calibration` of its training record is damaged"):
        check_record({"calibration": told | absurd}, ["a"])


def test_what_cannot_be_calibrated_is_refused(sure, others, tmp_path):
    with pytest.raises(HearingAIError, match="`method` must be one of"):
        hearingai.calibrate(sure, "nothing is read", method="histogram")
    with pytest.raises(HearingAIError, match="5 clips or more"):
        hearingai.calibrate(sure, others[:3])
    made = hearingai.calibrate(sure, others)
    made.record["calibration"] = {"method": 3}
    hearingai.save_classifier(made, tmp_path / "a.keras")
    with pytest.raises(HearingAIError, match="`calibration` of its training record is damaged"):
        hearingai.load_classifier(tmp_path / "a.keras")


def heard(p, truth):
    """An `Evaluation` of clips of one label and the rest."""
    table = pd.DataFrame({"class": np.where(truth, "a", "unknown"), "prob_a": p, "error": None})
    table["prob_unknown"] = 1 - table["prob_a"]
    none = pd.DataFrame()
    return Evaluation(0, 0, len(p), none, none, none, table, none, 0, [])


def test_the_best_f1_by_hand():
    found = heard(np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([1, 1, 0, 1, 0], bool))
    row = clip_thresholds(found, None, 0.1).iloc[0]
    assert row["label"] == "a"
    assert row["threshold"] == pytest.approx(0.55)
    assert (row["n"], row["precision"], row["recall"]) == (3, 0.75, 1.0)
    assert row["f1"] == pytest.approx(6 / 7)


def test_a_wanted_precision_is_reached_on_other_clips():
    rng, reached = np.random.default_rng(3), []
    for _ in range(60):
        p = rng.beta(0.5, 0.5, 2 * 400)
        truth = rng.uniform(size=p.size) < p**1.5
        level = clip_thresholds(heard(p[:400], truth[:400]), 0.9, 0.01)["threshold"].item()
        reached.append(truth[400:][p[400:] >= level].mean())
    assert np.mean(reached) == pytest.approx(0.9, abs=0.02)


def test_what_no_threshold_gives_is_told():
    p, truth = np.linspace(0.1, 0.9, 20), np.tile([True, False], 10)
    with pytest.warns(HearingAIWarning, match="`wanted_precision` is not reached by a"):
        row = clip_thresholds(heard(p, truth), 0.99, 0.1).iloc[0]
    assert row["threshold"] == 1
    with pytest.warns(HearingAIWarning, match="no clip has a"):
        assert not len(clip_thresholds(heard(p, np.zeros(20, bool)), None, 0.1))


@pytest.mark.slow
def test_the_threshold_of_a_target_is_carried_over():
    clips = hearingai.spoken_words(["no", "yes"], n=30, seed=1)
    made = hearingai.fit("speech-commands-small", clips, epochs=1, seed=1)
    assert made.target == "yes"
    others = hearingai.spoken_words(["no", "yes"], n=30, seed=2)
    before = hearingai.predict(made, others)["prob_yes"] >= made.record["threshold"]
    for method in ("temperature", "platt"):
        calibrated = hearingai.calibrate(made, others, method=method)
        after = hearingai.predict(calibrated, others)["prob_yes"]
        assert 0 < before.sum() < 60
        assert ((after >= calibrated.record["threshold"] - 1e-6) == before).all()
        plain = without_calibration(calibrated)
        assert plain.record["threshold"] == pytest.approx(made.record["threshold"], abs=1e-3)
    for method in ("temperature", "platt", "isotonic"):  # the last one may be flat
        calibrated = hearingai.calibrate(made, others, method=method)
        once = hearingai.predict(calibrated, others)["prob_yes"]
        again = hearingai.calibrate(calibrated, others, method=method)
        level = again.record["threshold"]
        assert level == pytest.approx(calibrated.record["threshold"], abs=1e-3)
        taken = hearingai.predict(again, others)["prob_yes"] >= level - 1e-3
        assert taken[once >= calibrated.record["threshold"]].all()
        plain = without_calibration(calibrated)
        assert plain.record["threshold"] <= made.record["threshold"] + 1e-3


def test_further_training_keeps_the_layer_and_says_that_it_is_stale(sure, others):
    made = hearingai.calibrate(sure, others)
    with pytest.warns(HearingAIWarning, match="is calibrated, .*: calibrate it again afterwards"):
        hearingai.fit(made, others, epochs=1, validation=False, seed=1, progress=False)
    told = {"method": "temperature", "n": 180, "before": None, "after": None}
    assert made.record["calibration"] == told
    assert "frozen" not in made.record
    assert "clips, before its last training: calibrate it again." in hearingai.model_card(made)
    check_record(made.record, made.labels)
