"""Curves, areas and thresholds, by hand and against scikit-learn."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from hearingai.errors import HearingAIError
from hearingai.evaluation import (
    binary_metrics,
    choose_threshold,
    class_aucs,
    pr_auc,
    roc_auc,
    score_curve,
)

TRUTH = ["go", "no", "go", "go", "tree"]
SCORE = [0.9, 0.8, 0.8, 0.3, 0.1]
SCORED = [binary_metrics, choose_threshold, pr_auc, roc_auc, score_curve]


def random_scores(n=400, levels=50, seed=4):
    """Labels of three kinds, and scores with many ties."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(["go", "no", "tree"], size=n, p=[0.2, 0.5, 0.3])
    score = np.clip(0.25 * (truth == "go") + 0.7 * rng.random(n), 0, 1)
    return truth, np.round(score * levels) / levels


def test_score_curve_by_hand():
    curve = score_curve(TRUTH, SCORE, "go")
    assert list(curve) == [
        "threshold",
        "true_positive_rate",
        "false_positive_rate",
        "precision",
        "recall",
        "f1",
    ]
    assert curve["threshold"].tolist() == [0.9, 0.8, 0.3, 0.1]
    assert curve["true_positive_rate"].tolist() == pytest.approx([1 / 3, 2 / 3, 1, 1])
    assert curve["false_positive_rate"].tolist() == [0, 0.5, 0.5, 1]
    assert curve["precision"].tolist() == pytest.approx([1, 2 / 3, 3 / 4, 3 / 5])
    assert curve["recall"].tolist() == curve["true_positive_rate"].tolist()
    assert curve["f1"].tolist() == pytest.approx([1 / 2, 2 / 3, 6 / 7, 3 / 4])


def test_score_curve_agrees_with_scikit_learn():
    truth, score = random_scores()
    curve = score_curve(truth, score, "go")
    false, true, thresholds = metrics.roc_curve(truth == "go", score, drop_intermediate=False)
    np.testing.assert_allclose(curve["threshold"], thresholds[1:])
    np.testing.assert_allclose(curve["true_positive_rate"], true[1:])
    np.testing.assert_allclose(curve["false_positive_rate"], false[1:])
    precision, recall, _ = metrics.precision_recall_curve(truth == "go", score)
    np.testing.assert_allclose(curve["precision"], precision[:-1][::-1])
    np.testing.assert_allclose(curve["recall"], recall[:-1][::-1])


@pytest.mark.parametrize("target", ["go", "no", "tree"])
@pytest.mark.parametrize("levels", [2, 50, 10**9])
def test_areas_agree_with_scikit_learn(target, levels):
    truth, score = random_scores(levels=levels)
    assert roc_auc(truth, score, target) == pytest.approx(
        metrics.roc_auc_score(truth == target, score)
    )
    assert pr_auc(truth, score, target) == pytest.approx(
        metrics.average_precision_score(truth == target, score)
    )


def test_areas_of_guessing_and_of_a_perfect_detector():
    assert roc_auc(TRUTH, [0.5] * 5, "go") == 0.5
    assert pr_auc(TRUTH, [0.5] * 5, "go") == pytest.approx(3 / 5)
    perfect = [1 if label == "go" else 0 for label in TRUTH]
    assert roc_auc(TRUTH, perfect, "go") == pr_auc(TRUTH, perfect, "go") == 1
    assert roc_auc(TRUTH, [-s for s in perfect], "go") == 0


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 1.1])
def test_binary_metrics_agree_with_scikit_learn(threshold):
    truth, score = random_scores()
    found, taken = truth == "go", score >= threshold
    table = binary_metrics(truth, score, "go", threshold=threshold)
    assert len(table) == 1
    expected = {
        "n": 400,
        "positives": found.sum(),
        "threshold": threshold,
        "accuracy": metrics.accuracy_score(found, taken),
        "precision": metrics.precision_score(found, taken, zero_division=0),
        "recall": metrics.recall_score(found, taken),
        "f1_positive": metrics.f1_score(found, taken),
        "f1_macro": metrics.f1_score(found, taken, average="macro"),
        "f1_micro": metrics.f1_score(found, taken, average="micro"),
        "f1_weighted": metrics.f1_score(found, taken, average="weighted"),
        "roc_auc": metrics.roc_auc_score(found, score),
        "pr_auc": metrics.average_precision_score(found, score),
    }
    assert list(table) == list(expected)
    assert table.iloc[0].to_dict() == pytest.approx(expected)


def test_a_score_at_the_threshold_is_taken():
    table = binary_metrics(["go", "no"], [0.5, 0.4999], "go")
    assert table["f1_positive"].item() == table["accuracy"].item() == 1


def test_clips_of_one_kind_have_no_roc():
    none = binary_metrics(["no", "no"], [0.9, 0.1], "go").iloc[0]
    assert none[["n", "positives", "accuracy", "precision", "f1_positive"]].tolist() == [
        *(2, 0, 0.5, 0, 0)
    ]
    assert none[["recall", "roc_auc", "pr_auc"]].isna().all()
    every = binary_metrics(["go", "go"], [0.9, 0.1], "go").iloc[0]
    assert every[["recall", "precision", "pr_auc"]].tolist() == [0.5, 1, 1]
    assert math.isnan(every["roc_auc"])
    assert math.isnan(roc_auc(["no"], [0.5], "go"))
    assert score_curve(["no", "no"], [0.9, 0.1], "go")["recall"].isna().all()
    assert score_curve(["go", "go"], [0.9, 0.1], "go")["false_positive_rate"].isna().all()


def test_choose_threshold_by_hand():
    truth, score = ["go", "no", "go", "no"], [0.875, 0.75, 0.5, 0.25]
    assert choose_threshold(truth, score, "go") == 0.375  # three taken: F1 4/5
    # one taken and three taken are right in 3 of 4: the higher threshold is chosen
    assert choose_threshold(truth, score, "go", metric="accuracy") == 0.8125
    assert choose_threshold(truth, score, "go", metric="balanced_accuracy") == 0.8125


def best(truth, score, measure):
    """The highest value over every way to part the scores."""
    cuts = [*np.unique(score), score.max() + 1]
    return max(measure(truth == "go", score >= cut) for cut in cuts)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("metric", "measure"),
    [
        ("f1", metrics.f1_score),
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("youden", metrics.balanced_accuracy_score),
    ],
)
def test_the_chosen_threshold_is_the_best_there_is(metric, measure, seed):
    truth, score = random_scores(n=60, levels=20, seed=seed)
    threshold = choose_threshold(truth, score, "go", metric=metric)
    reached = measure(truth == "go", score >= threshold)
    assert reached == pytest.approx(best(truth, score, measure))
    assert threshold not in score or threshold == score.min()


def test_thresholds_at_the_ends():
    # one clip in ten is the target, and it scores lowest
    truth, score = ["go"] + ["no"] * 9, [0.1] + [0.5] * 9
    none = choose_threshold(truth, score, "go", metric="accuracy")
    assert 0.5 < none < 0.5 + 1e-6
    assert not (np.array(score, "float32") >= none).any()
    assert choose_threshold(truth, score, "go", metric="f1") == 0.1


def test_neighbours_that_leave_no_middle_are_still_parted():
    upper = np.nextafter(0.5, 1)
    assert choose_threshold(["go", "no"], [upper, 0.5], "go") == upper


def test_single_precision_scores_are_parted():
    low, high = np.float32(0.1), np.nextafter(np.float32(0.1), np.float32(1))
    threshold = choose_threshold(["go", "no"], np.array([high, low]), "go")
    assert float(low) < threshold < float(high)


def test_class_aucs_agree_with_scikit_learn():
    rng = np.random.default_rng(1)
    labels = np.array(["no", "go", "tree"])  # any order
    truth = rng.choice(labels, size=200)
    probabilities = rng.dirichlet(np.ones(3), size=200) + (truth[:, None] == labels) * 0.2
    table = class_aucs(truth, probabilities, labels)
    assert list(table) == ["label", "roc_auc", "pr_auc", "n"]
    assert table["label"].tolist() == labels.tolist()
    assert table["n"].tolist() == [(truth == label).sum() for label in labels]
    found = truth[:, None] == labels
    np.testing.assert_allclose(
        table["roc_auc"], metrics.roc_auc_score(found, probabilities, average=None)
    )
    np.testing.assert_allclose(
        table["pr_auc"], metrics.average_precision_score(found, probabilities, average=None)
    )


def test_a_label_without_clips_has_no_areas():
    table = class_aucs(["a", "b"], [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1]], ["a", "b", "c"])
    assert table["n"].tolist() == [1, 1, 0]
    assert table["roc_auc"].tolist()[:2] == table["pr_auc"].tolist()[:2] == [1, 1]
    assert table.loc[2, ["roc_auc", "pr_auc"]].isna().all()


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pd.Categorical, tuple])
def test_labels_and_scores_come_in_any_container(kind):
    expected = roc_auc(TRUTH, SCORE, "go")
    scores = pd.Series(SCORE, index=range(9, 4, -1)) if kind is pd.Series else SCORE
    assert roc_auc(kind(TRUTH), scores, "go") == expected
    assert roc_auc(kind(TRUTH), np.array(SCORE, "float64"), "go") == expected


def test_targets_may_be_numbers_or_truths():
    assert roc_auc([1.0, 0.0], [0.9, 0.1], 1) == 1
    assert roc_auc([1, 0], [0.9, 0.1], "1") == 1
    assert roc_auc(np.array([True, False]), [0.9, 0.1], True) == 1


@pytest.mark.parametrize("function", SCORED)
@pytest.mark.parametrize(
    ("truth", "score", "target", "message"),
    [
        (["a", "b"], [0.5], "a", "`truth` and `score` must be equally long. Received: 2 and 1"),
        ([], [], "a", "`truth` must hold one label per clip"),
        (["a", None], [0.5, 0.5], "a", "`truth` is missing a value in row 2"),
        (["a", "b"], [0.5, None], "a", "`score` is missing a value in row 2"),
        (["a", "b"], [float("nan"), 0.5], "a", "`score` is missing a value in row 1"),
        (["a", "b"], [0.5, float("inf")], "a", "`score` must be finite. Received in row 2"),
        (["a", "b"], ["high", "low"], "a", "`score` must hold numbers"),
        (["a", "b"], [[0.5], [0.5]], "a", r"`score` must hold one number .* shape \(2, 1\)"),
        (["a", "b"], 0.5, "a", "`score` must hold one number per clip"),
        (["a", "b"], [0.5, 0.5], "c", "`target` holds 'c', .* labels: a, b"),
        (["a", "b"], [0.5, 0.5], None, "`target` must be one label. Received: None"),
        (["a", "b"], [0.5, 0.5], ["a"], r"`target` must be one label. Received: \['a'\]"),
    ],
)
def test_unfit_scores_are_named(function, truth, score, target, message):
    with pytest.raises(HearingAIError, match=message):
        function(truth, score, target)


@pytest.mark.parametrize("threshold", [None, float("nan"), "half", [0.5], True])
def test_unfit_thresholds_are_named(threshold):
    with pytest.raises(HearingAIError, match="`threshold` must be a number. Received"):
        binary_metrics(TRUTH, SCORE, "go", threshold=threshold)


def test_a_threshold_needs_both_kinds_of_clips():
    with pytest.raises(HearingAIError, match="with and without .*'go'.*: 2 with and 0 without"):
        choose_threshold(["go", "go"], [0.1, 0.9], "go")
    with pytest.raises(HearingAIError, match="Received: 0 with and 2 without"):
        choose_threshold(["no", "no"], [0.1, 0.9], "go")
    with pytest.raises(HearingAIError, match="`metric` must be one of 'f1'.*Received: 'auc'"):
        choose_threshold(TRUTH, SCORE, "go", metric="auc")


@pytest.mark.parametrize(
    ("truth", "probabilities", "labels", "message"),
    [
        (["a", "b"], [[0.5, 0.5]], ["a", "b"], "`truth` and `probabilities` must be equally long"),
        (["a", "b"], [[0.5], [0.5]], ["a", "b"], r"shape \(clips, 2\).*shape \(2, 1\)"),
        (["a", "b"], [0.5, 0.5], ["a", "b"], r"Received: list of shape \(2,\)"),
        (["a", "b"], [["x", "y"]] * 2, ["a", "b"], "`probabilities` must be numbers"),
        (["a", "b"], [[0.5, 0.5], [0.5, None]], ["a", "b"], "finite. Received in row 2"),
        (["a", "c"], [[0.5, 0.5]] * 2, ["a", "b"], "`truth` holds 'c', .* labels: a, b"),
        (["a", None], [[0.5, 0.5]] * 2, ["a", "b"], "`truth` is missing a value in row 2"),
        (["a", "a"], [[0.5, 0.5]] * 2, ["a", "a"], "`labels` must differ"),
    ],
)
def test_unfit_probabilities_are_named(truth, probabilities, labels, message):
    with pytest.raises(HearingAIError, match=message):
        class_aucs(truth, probabilities, labels)
