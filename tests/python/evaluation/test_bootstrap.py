"""Bootstrap intervals: what they cover, what they keep whole, what they refuse."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.evaluation import accuracy, bootstrap_interval, f1_score, roc_auc
from hearingai.inference.scoring import summary

NAMED = {
    "accuracy": accuracy,
    "f1_macro": lambda t, p: f1_score(t, p, average="macro"),
    "f1_weighted": lambda t, p: f1_score(t, p, average="weighted"),
}


def random_labels(n=300, n_labels=5, right=0.6, seed=3):
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_labels, size=n)
    predicted = np.where(rng.random(n) < right, truth, rng.integers(n_labels, size=n))
    names = np.array([f"word{i}" for i in range(n_labels)])
    return names[truth], names[predicted]


def row(truth, predicted, groups=None, metric="accuracy", **options):
    table = bootstrap_interval(
        truth, predicted, groups=groups, metric=metric, **{"seed": 0} | options
    )
    assert list(table) == ["estimate", "low", "high", "level", "n_groups"]
    assert len(table) == 1
    return table.iloc[0]


@pytest.mark.filterwarnings("ignore:the interval")  # 40 clips in 5 labels
@pytest.mark.parametrize("metric", NAMED)
@pytest.mark.parametrize("grouped", [False, True])
def test_a_named_metric_equals_the_function(metric, grouped):
    truth, predicted = random_labels(n=40)  # few: labels vanish from samples
    groups = np.arange(40) // 5 if grouped else None
    named = row(truth, predicted, groups, metric, n=60, seed=5)
    called = row(truth, predicted, groups, NAMED[metric], n=60, seed=5)
    np.testing.assert_allclose(named.to_numpy(float), called.to_numpy(float))
    assert named["estimate"] == pytest.approx(NAMED[metric](truth, predicted))
    assert named["n_groups"] == (8 if grouped else 40)


def test_single_clips_agree_with_the_binomial_and_with_scipy():
    truth = np.array(["go"] * 1000)
    predicted = np.array(["go"] * 800 + ["no"] * 200)
    found = row(truth, predicted, n=4000)
    exact = stats.binom.ppf([0.025, 0.975], 1000, 0.8) / 1000
    assert [found["low"], found["high"]] == pytest.approx(exact, abs=0.003)
    theirs = stats.bootstrap(
        ((truth == predicted).astype(float),), np.mean, n_resamples=4000, method="percentile", rng=1
    ).confidence_interval
    assert [found["low"], found["high"]] == pytest.approx(theirs, abs=0.003)


def test_whole_groups_are_drawn():
    # ten speakers, wholly right or wholly wrong: accuracy moves in tenths
    groups = np.repeat([f"speaker{i}" for i in range(10)], 50)
    truth = np.array(["go"] * 500)
    predicted = np.repeat(["go"] * 8 + ["no"] * 2, 50)
    seen = []

    def note(truth, predicted):
        seen.append(accuracy(truth, predicted))
        return seen[-1]

    grouped = row(truth, predicted, groups, metric=note, n=200)
    assert len(seen) == 201  # and once for the estimate
    np.testing.assert_allclose(np.array(seen) * 10, np.round(np.array(seen) * 10), atol=1e-9)
    single = row(truth, predicted, n=200)
    assert grouped["high"] - grouped["low"] > 4 * (single["high"] - single["low"])


def test_groups_may_differ_in_size_and_stand_in_any_order():
    truth, predicted = random_labels(n=100)
    groups = np.random.default_rng(0).integers(7, size=100)
    order = np.argsort(groups, kind="stable")
    a = row(truth, predicted, [f"speaker{g}" for g in groups], n=50)
    assert a["n_groups"] == 7
    first = row(truth, predicted, groups, metric=lambda t, p: len(t), n=50)
    assert first["low"] < 100 < first["high"]
    # the groups are numbered as they come, so sorting them draws others, with the same estimate
    b = row(truth[order], predicted[order], groups[order], n=50)
    assert a["estimate"] == b["estimate"]


def test_the_level_widens_the_interval_and_the_seed_decides_it():
    truth, predicted = random_labels()
    wide, narrow = (row(truth, predicted, level=level) for level in (0.99, 0.5))
    assert wide["low"] < narrow["low"] < narrow["estimate"] < narrow["high"] < wide["high"]
    assert wide["level"] == 0.99
    assert row(truth, predicted, seed=4).equals(row(truth, predicted, seed=4))
    assert not row(truth, predicted, seed=4).equals(row(truth, predicted, seed=5))


def test_intervals_cover_the_truth_as_often_as_they_say():
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        predicted = np.where(rng.random(150) < 0.7, "go", "no")
        found = row(np.array(["go"] * 150), predicted, level=0.9, n=200, seed=seed)
        covered += found["low"] <= 0.7 <= found["high"]
    assert 0.84 < covered / 200 < 0.96


def test_drawing_in_parts_changes_nothing(monkeypatch):
    truth, predicted = random_labels()
    before = row(truth, predicted, metric="f1_macro", n=101)
    monkeypatch.setattr("hearingai.evaluation.bootstrap._DRAWN_AT_ONCE", 10 * len(truth))
    assert row(truth, predicted, metric="f1_macro", n=101).equals(before)


def test_an_interval_without_its_estimate_is_told():
    truth, predicted = random_labels(n=1000, n_labels=300, right=0.8)
    with pytest.warns(HearingAIWarning, match="does not contain the estimate"):
        found = row(truth, predicted, metric="f1_macro")
    assert found["high"] < found["estimate"]


def test_scores_have_intervals_too():
    rng = np.random.default_rng(0)
    truth = pd.Categorical(rng.choice(["go", "no"], size=200))
    score = 0.5 * (truth == "go") + rng.random(200)
    found = row(truth, score, metric=lambda t, s: roc_auc(t, s, "go"), n=50)
    assert found["estimate"] == roc_auc(truth, score, "go")
    assert found["low"] < found["estimate"] < found["high"]


@pytest.mark.parametrize(("n", "groups"), [(1, None), (3, ["ann", "ann", "ann", "bob"])])
def test_an_evaluation_with_nothing_to_draw_from_has_no_interval(n, groups):
    class Classifier:
        multi_label = False
        labels, target, record = ("go", "no"), None, {}

    read = pd.DataFrame({"class": ["go"] * n, "label": "go", "prob_go": 0.9, "prob_no": 0.1})
    lost = pd.DataFrame({"class": ["no"], "error": ["does not exist"]})
    table = pd.concat([read, lost], ignore_index=True).assign(fname="a.wav")
    with pytest.warns(HearingAIWarning, match="left out"):
        found = summary(Classifier, table, groups).metrics.iloc[0]
    assert found["value"] == 1
    assert np.isnan(found["low"]) and np.isnan(found["high"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"groups": ["a", "b"]}, "`truth` and `groups` must be equally long. Received: 3 and 2"),
        ({"groups": ["a", None, "b"]}, "`groups` is missing a value in row 2"),
        ({"groups": ["a", "a", "a"]}, "`groups` must hold two groups or more"),
        ({"metric": "f1"}, "`metric` must be .*'f1_weighted'.*Received: 'f1'"),
        ({"metric": ["accuracy"]}, "`metric` must be one of"),
        ({"metric": lambda t, p: "good"}, "`metric` must return one number. Received: 'good'"),
        ({"metric": lambda t, p: [1, 2]}, "`metric` must return one number"),
        ({"level": 1}, "`level` must be a number above 0 and below 1. Received: 1"),
        ({"level": 0}, "`level` must be a number above 0"),
        ({"n": 0}, "`n` must be a positive whole number"),
        ({"seed": -1}, "`seed` must be a whole number from 0"),
    ],
)
def test_unfit_arguments_are_named(options, message):
    with pytest.raises(HearingAIError, match=message):
        bootstrap_interval(["a", "b", "a"], ["a", "b", "b"], **options)


def test_unfit_labels_are_named():
    with pytest.raises(HearingAIError, match="`truth` must hold two clips or more"):
        bootstrap_interval(["a"], ["a"])
    with pytest.raises(HearingAIError, match="equally long"):
        bootstrap_interval(["a", "b"], ["a"])
    with pytest.raises(HearingAIError, match="`predicted` is missing a value in row 1"):
        bootstrap_interval(["a", "b"], [None, "a"])
