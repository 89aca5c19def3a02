"""Whether probabilities come true as often as they say, by hand and by scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

import hearingai
from hearingai.evaluation.reliability import expected_error, scored


def predictions(n=500, seed=1):
    """Clips of three labels, too sure of themselves."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1, (n, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = [rng.choice(["a", "b", "c"], p=row) for row in p]
    sure = np.exp(3 * logits) / np.exp(3 * logits).sum(axis=1, keepdims=True)
    table = pd.DataFrame(sure, columns=["prob_a", "prob_b", "prob_c"])
    return table.assign(**{"class": truth, "error": None})


def test_by_hand():
    table = pd.DataFrame({"class": ["a", "a", "b", "b"], "prob_a": [0.9, 0.8, 0.7, 0.05]})
    table["prob_b"] = 1 - table["prob_a"]
    found = hearingai.reliability(table, bins=2)
    assert found.bins[["low", "high", "n"]].to_numpy().tolist() == [[0.5, 1.0, 4]]
    assert found.bins["probability"].item() == pytest.approx(0.8375)
    assert found.bins["frequency"].item() == 0.75
    row = found.summary.iloc[0]
    assert row["expected_calibration_error"] == pytest.approx(0.0875)
    assert row["brier"] == pytest.approx((0.01 + 0.04 + 0.49 + 0.0025) / 4)


def test_each_label_as_scikit_learn_has_it():
    table = predictions()
    found = hearingai.reliability(table, bins=10, by_label=True)
    assert found.summary["label"].tolist() == ["a", "b", "c"]
    for label in "abc":
        truth, p = table["class"] == label, table[f"prob_{label}"]
        frequency, probability = calibration_curve(truth, p, n_bins=10)
        bins = found.bins[found.bins["label"] == label]
        np.testing.assert_allclose(bins["frequency"], frequency)
        np.testing.assert_allclose(bins["probability"], probability)
        row = found.summary.set_index("label").loc[label]
        assert row["brier"] == pytest.approx(brier_score_loss(truth, p))
        gap = np.abs(frequency - probability)
        assert row["maximum_calibration_error"] == pytest.approx(gap.max())
        assert row["expected_calibration_error"] == pytest.approx((gap * bins["n"]).sum() / 500)


def test_several_labels_count_alike():
    table = pd.DataFrame({"true_labels": [("a",), ("a", "b"), ()], "prob_a": [1.0, 0.5, 0.0]})
    table["prob_b"] = [0.0, 0.5, 0.0]
    labels, p, truth, exclusive = scored(table)
    assert (labels, exclusive) == (["a", "b"], False)
    assert truth.tolist() == [[1, 0], [1, 1], [0, 0]]
    found = hearingai.reliability(table)
    assert found.summary["n"].item() == 6
    assert found.summary["expected_calibration_error"].item() == pytest.approx(1 / 6)
    assert expected_error(p, truth, exclusive) == pytest.approx(1 / 6)


def test_what_cannot_be_measured_is_refused():
    table = predictions(5)
    for wrong, message in [
        (table.drop(columns="class"), "must have a column"),
        (table.assign(error="gone"), "has no clips"),
        (table[["class"]], "has no columns of probabilities"),
        (3, "must be a table"),
    ]:
        with pytest.raises(hearingai.HearingAIError, match=message):
            hearingai.reliability(wrong)
    with pytest.raises(hearingai.HearingAIError, match="`bins` must be"):
        hearingai.reliability(table, bins=0)


def test_the_picture_has_a_curve_a_result():
    found = hearingai.reliability(predictions())
    figure = hearingai.plot_reliability({"before": found, "after": found.bins}, title="t")
    assert [line.get_label() for line in figure.axes[0].get_lines()[1:]] == ["before", "after"]
    np.testing.assert_allclose(figure.axes[0].get_lines()[1].get_ydata(), found.bins["frequency"])
    each = hearingai.reliability(predictions(), by_label=True)
    assert len(hearingai.plot_reliability(each).axes[0].get_lines()) == 4
    with pytest.raises(hearingai.HearingAIError, match="6 can be told apart"):
        hearingai.plot_reliability([found] * 7)
    with pytest.raises(hearingai.HearingAIError, match="no bins to draw"):
        hearingai.plot_reliability([])
