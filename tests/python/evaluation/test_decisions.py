"""Numbers about predictions, by hand and against scikit-learn."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from fresh import python
from hearingai.errors import HearingAIError
from hearingai.evaluation import accuracy, class_report, confusion, cross_entropy, f1_score

TRUTH = ["go", "go", "go", "no", "no", "tree"]
PREDICTED = ["go", "go", "no", "no", "go", "three"]


def random_labels(n=500, n_labels=7, seed=3):
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_labels, size=n)
    predicted = np.where(rng.random(n) < 0.6, truth, rng.integers(n_labels, size=n))
    names = np.array([f"word{i}" for i in range(n_labels)])
    return names[truth], names[predicted]


def test_confusion_is_the_long_table():
    table = confusion(TRUTH, PREDICTED)
    labels = ["go", "no", "three", "tree"]
    assert list(table.columns) == ["truth", "predicted", "n"]
    assert table["truth"].tolist() == [t for t in labels for _ in labels]
    assert table["predicted"].tolist() == labels * 4
    assert table["n"].tolist() == [2, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_confusion_keeps_the_order_of_labels_and_those_without_clips():
    table = confusion(["b", "a"], ["b", "b"], labels=["b", "z", "a"])
    assert table["n"].tolist() == [1, 0, 0, 0, 0, 0, 1, 0, 0]
    assert table["truth"].tolist()[::3] == ["b", "z", "a"]


def test_confusion_agrees_with_scikit_learn():
    truth, predicted = random_labels()
    ours = confusion(truth, predicted)["n"].to_numpy().reshape(7, 7)
    np.testing.assert_array_equal(ours, metrics.confusion_matrix(truth, predicted))


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pd.Categorical, tuple])
def test_labels_come_in_any_container(kind):
    expected = confusion(TRUTH, PREDICTED)
    pd.testing.assert_frame_equal(confusion(kind(TRUTH), kind(PREDICTED)), expected)


def test_a_series_counts_by_position_not_by_index():
    truth = pd.Series(["a", "b"], index=[7, 9])
    assert accuracy(truth, pd.Series(["a", "b"], index=[9, 7])) == 1


def test_numbers_sort_as_numbers_and_become_text():
    table = confusion([10, 2], [2.0, 2.0])
    assert table["truth"].unique().tolist() == ["2.0", "10.0"]
    assert confusion([10, 2], [2, 2])["truth"].unique().tolist() == ["2", "10"]


def test_class_report_by_hand():
    report = class_report(TRUTH, PREDICTED).set_index("label")
    assert list(report.columns) == ["precision", "recall", "f1", "n"]
    assert report.loc["go"].tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 3])
    assert report.loc["no"].tolist() == pytest.approx([1 / 2, 1 / 2, 1 / 2, 2])
    assert report.loc["tree"].tolist() == [0, 0, 0, 1]
    assert report.loc["three", ["precision", "f1", "n"]].tolist() == [0, 0, 0]
    assert math.isnan(report.loc["three", "recall"])
    assert report["n"].dtype.kind == "i"


def test_class_report_agrees_with_scikit_learn():
    truth, predicted = random_labels()
    ours = class_report(truth, predicted)
    theirs = metrics.precision_recall_fscore_support(truth, predicted)
    np.testing.assert_allclose(ours[["precision", "recall", "f1", "n"]].T, np.array(theirs))


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize("labels", [(TRUTH, PREDICTED), random_labels()])
def test_f1_agrees_with_scikit_learn(average, labels):
    theirs = metrics.f1_score(*labels, average=average, zero_division=0)
    assert f1_score(*labels, average=average) == pytest.approx(theirs)


def test_f1_of_one_label_agrees_with_scikit_learn():
    assert f1_score(TRUTH, PREDICTED, average="positive", target="go") == pytest.approx(2 / 3)
    assert f1_score(TRUTH, PREDICTED, average="positive", target="three") == 0
    assert f1_score([1.0, 0.0, 1.0], [1.0, 1.0, 0.0], average="positive", target=1) == 0.5
    truth, predicted = random_labels()
    for label in np.unique(truth):
        theirs = metrics.f1_score(truth == label, predicted == label)
        assert f1_score(truth, predicted, average="positive", target=label) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("average", "target", "message"),
    [
        ("positive", None, "`target` must be one label. Received: None"),
        ("positive", ["go"], "`target` must be one label"),
        ("positive", "gone", "`target` holds 'gone', .* labels: go, no, three, tree"),
        ("macro", "go", "`target` goes with .average='positive'. alone. Received: 'go'"),
    ],
)
def test_unfit_targets_of_f1_are_named(average, target, message):
    with pytest.raises(HearingAIError, match=message):
        f1_score(TRUTH, PREDICTED, average=average, target=target)


def test_accuracy_by_hand():
    assert accuracy(TRUTH, PREDICTED) == 0.5
    assert type(accuracy(TRUTH, PREDICTED)) is float


def test_cross_entropy_by_hand():
    probabilities = [[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]
    expected = (math.log(2) - math.log(0.8)) / 2
    assert cross_entropy([0, 1], probabilities) == pytest.approx(expected)
    truth = np.random.default_rng(0).integers(4, size=50)
    table = np.random.default_rng(1).dirichlet(np.ones(4), size=50)
    assert cross_entropy(truth, table) == pytest.approx(metrics.log_loss(truth, table))


def test_cross_entropy_is_clipped_as_in_keras():
    assert cross_entropy([0], [[0.0, 1.0]]) == pytest.approx(-math.log(1e-7))
    assert cross_entropy([1], [[0.0, 1.0]]) == pytest.approx(1e-7)


@pytest.mark.parametrize("function", [confusion, class_report, accuracy, f1_score])
@pytest.mark.parametrize(
    ("truth", "predicted", "message"),
    [
        (["a", "b"], ["a"], "equally long. Received: 2 and 1"),
        ([], [], "`truth` must hold one label per clip"),
        ("ab", "ab", "`truth` must hold one label per clip"),
        ([["a"], ["b"]], ["a", "b"], r"`truth` .* shape \(2, 1\)"),
        ([["a"], ["b", "c"]], ["a", "b"], "`truth` .*ragged"),
        (["a", "b"], ["a", None], "`predicted` is missing a value in row 2"),
        ([1.0, float("nan")], [1, 2], "`truth` is missing a value in row 2"),
    ],
)
def test_unfit_labels_are_named(function, truth, predicted, message):
    with pytest.raises(HearingAIError, match=message):
        function(truth, predicted)


def test_unknown_labels_are_named():
    with pytest.raises(HearingAIError, match="`truth` holds 'c', .* labels: a, b"):
        confusion(["a", "c"], ["a", "b"], labels=["a", "b"])
    with pytest.raises(HearingAIError, match="`predicted` holds 'c'"):
        class_report(["a", "b"], ["a", "c"], labels=["a", "b"])
    with pytest.raises(HearingAIError, match="`labels` must differ"):
        confusion(["a"], ["a"], labels=["a", "a"])


def test_unknown_average_is_named():
    with pytest.raises(HearingAIError, match="`average` must be one of .*Received: 'binary'"):
        f1_score(TRUTH, PREDICTED, average="binary")


@pytest.mark.parametrize(
    ("ids", "probabilities", "message"),
    [
        ([0, 1], [[1.0, 0.0]], r"Received: \(2,\) and \(1, 2\)"),
        ([0], [1.0], r"Received: \(1,\) and \(1,\)"),
        ([], np.zeros((0, 2)), r"Received: \(0,\)"),
        ([2], [[0.5, 0.5]], r"from 0 to 1. Received: \[2\]"),
        ([-1], [[0.5, 0.5]], r"from 0 to 1. Received: \[-1\]"),
        ([0.5], [[0.5, 0.5]], "whole numbers"),
        (["a"], [[0.5, 0.5]], "whole numbers"),
        ([0, 0], [[0.5, 0.5], [2.0, -1.0]], "row 2"),
        ([0], [[3.0, 1.0]], "sum to 1"),
        ([0], [[float("nan"), 0.5]], "sum to 1"),
    ],
)
def test_unfit_probabilities_are_named(ids, probabilities, message):
    with pytest.raises(HearingAIError, match=message):
        cross_entropy(ids, probabilities)


def test_needs_neither_keras_nor_matplotlib():
    code = (
        "import sys, hearingai.evaluation;"
        "assert not {'keras', 'tensorflow', 'matplotlib', 'sklearn'} & set(sys.modules)"
    )
    python(code)
