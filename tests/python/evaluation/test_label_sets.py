"""Measures of any number of labels a clip, against scikit-learn."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

import hearingai
from hearingai.evaluation.label_sets import cooccurrence, label_means, label_report
from hearingai.evaluation.scores import label_cross_entropy
from hearingai.inference.answers import answer_table
from hearingai.inference.scoring import summary

LABELS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def answers():
    """Twenty clips, of which none has the label d; ties among the probabilities."""
    rng = np.random.default_rng(3)
    found = rng.random((20, 4)) < [0.5, 0.2, 0.8, 0.0]
    found[:4, :3] = [[1, 0, 1], [0, 1, 1], [0, 0, 0], [1, 1, 0]]
    return found, np.round(0.6 * rng.random((20, 4)) + 0.3 * found, 1)


def test_the_report_of_each_label_is_scikit_learns(answers):
    found, scores = answers
    thresholds = np.array([0.5, 0.4, 0.3, 0.9])
    report = label_report(found, scores, LABELS, thresholds)
    for i in range(3):
        row, truth, score = report.iloc[i], found[:, i], scores[:, i]
        taken = score >= thresholds[i]
        expected = {
            "average_precision": metrics.average_precision_score(truth, score),
            "roc_auc": metrics.roc_auc_score(truth, score),
            "precision": metrics.precision_score(truth, taken, zero_division=0),
            "recall": metrics.recall_score(truth, taken),
            "f1": metrics.f1_score(truth, taken),
        }
        assert row[list(expected)].to_dict() == pytest.approx(expected)
    absent = report.iloc[3]
    assert absent["n"] == 0
    assert absent[["average_precision", "roc_auc", "recall"]].isna().all()
    assert (absent["precision"], absent["f1"], absent["threshold"]) == (0, 0, 0.9)


def test_the_means_are_scikit_learns_over_the_labels_that_clips_have(answers):
    found, scores = answers
    report = label_report(found, scores, LABELS, np.full(4, 0.5))
    means = label_means(found, scores, report)
    some, taken = found[:, :3], scores[:, :3] >= 0.5
    expected = {
        "map_macro": metrics.average_precision_score(some, scores[:, :3], average="macro"),
        "map_micro": metrics.average_precision_score(found, scores, average="micro"),
        "roc_auc_macro": metrics.roc_auc_score(some, scores[:, :3], average="macro"),
        "roc_auc_micro": metrics.roc_auc_score(found, scores, average="micro"),
        "f1_macro": metrics.f1_score(some, taken, average="macro"),
        "f1_micro": metrics.f1_score(found, scores >= 0.5, average="micro"),
        "f1_weighted": metrics.f1_score(some, taken, average="weighted"),
    }
    assert means == pytest.approx(expected)
    expected = metrics.log_loss(found.ravel(), scores.ravel())
    assert label_cross_entropy(found, scores) == pytest.approx(expected)


def test_without_any_label_there_is_no_mean():
    found, scores = np.zeros((2, 2), bool), np.full((2, 2), 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = label_report(found, scores, ["a", "b"], np.full(2, 0.5))
        means = label_means(found, scores, report)
    assert np.isnan([means["map_macro"], means["map_micro"], means["f1_weighted"]]).all()


def test_labels_that_occur_together():
    found = np.array([[1, 1], [1, 0], [0, 0]], bool)
    taken = np.array([[1, 0], [1, 1], [0, 1]], bool)
    table = cooccurrence(found, taken, ["x", "y"])
    assert table.to_dict("list") == {
        "truth": ["x", "x", "y", "y"],
        "predicted": ["x", "y", "x", "y"],
        "n": [2, 1, 1, 0],
    }


class Fake:
    """What an evaluation asks of a classifier."""

    labels, target, multi_label = ["a", "b"], None, True
    record = {"thresholds": {"b": 0.25}}


def test_predictions_and_their_evaluation():
    scores = np.array([[0.5, 0.2], [0.4, 0.3], [np.nan, np.nan], [0.9, 0.25]], "float32")
    errors = np.array([None, None, "is empty", None], dtype=object)
    table = answer_table(Fake, list("wxyz"), scores, errors)
    assert list(table) == ["fname", "labels", "prob_a", "prob_b", "error"]
    assert table["labels"].tolist() == [("a",), ("b",), None, ("a", "b")]
    table.insert(1, "true_labels", pd.Series([("a",), ("b",), (), ("a",)], dtype=object))
    with pytest.warns(hearingai.HearingAIWarning, match="1 of 4 recordings left out"):
        found = summary(Fake, table)
    assert (found.n, found.accuracy) == (3, pytest.approx(2 / 3))
    value = dict(zip(found.metrics["metric"], found.metrics["value"], strict=True))
    assert value["accuracy"] == found.accuracy
    assert value["map_macro"] == 1
    assert found.per_class["threshold"].tolist() == [0.5, 0.25]
    assert found.confusion["n"].tolist() == [2, 1, 0, 1]
    assert found.predictions["true_labels"].tolist()[1] == ("b",)
    assert repr(found).startswith("<Evaluation: mAP 1.0000, accuracy 0.6667, loss 0.")
