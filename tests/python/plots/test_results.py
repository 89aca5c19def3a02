"""Curves, tunings, folds and trainings show the numbers they were given."""

import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_curve

from hearingai import create_classifier
from hearingai.errors import HearingAIError
from hearingai.evaluation import binary_metrics
from hearingai.plots import plot_curve, plot_folds, plot_history, plot_tuning
from hearingai.plots import plot_data as flat
from hearingai.plots.numbers import curve_numbers

RNG = np.random.default_rng(0)
TRUTH = np.where(RNG.random(200) < 0.3, "go", "no")
SCORE = np.round(np.clip(RNG.normal(0.4, 0.2, 200) + 0.2 * (TRUTH == "go"), 0, 1), 2)

TRIALS = pd.DataFrame(
    {
        "trial": [3, 1, 4, 2],
        "learning_rate": [1e-3, 1e-2, 1e-4, 1e-1],
        "optimizer": ["Adam", "SGD", "Adam", "SGD"],
        "hidden": [16, 16, 32, 32],
        "batch_size": [8, 8, 8, 8],
        "accuracy": [0.9, 0.8, 0.7, 0.1],
        "f1_macro": [0.9, 0.8, 0.7, 0.1],
        "loss": [0.2, 0.1, 0.6, 2.3],
        "parameters": [10, 10, 20, 20],
    }
)
FOLDS = pd.DataFrame({"fold": [1, 2, 3], "accuracy": [0.7, 0.8, 0.9], "loss": [1.0, 0.9, 0.2]})


def saved(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return len(buffer.getvalue())


def curve_of(figure):
    return next(line for line in figure.axes[0].lines if line.get_linestyle() == "-")


def test_the_roc_curve_is_that_of_scikit_learn():
    line = curve_of(plot_curve(TRUTH, SCORE, "go"))
    false, true, _ = roc_curve(TRUTH == "go", SCORE, drop_intermediate=False)
    np.testing.assert_allclose(line.get_xdata(), false)
    np.testing.assert_allclose(line.get_ydata(), true)


def test_the_precision_recall_curve_is_that_of_scikit_learn():
    figure = plot_curve(TRUTH, SCORE, "go", kind="pr")
    line = curve_of(figure)
    precision, recall, _ = precision_recall_curve(TRUTH == "go", SCORE)
    np.testing.assert_allclose(line.get_xdata()[1:], recall[-2::-1])
    np.testing.assert_allclose(line.get_ydata()[1:], precision[-2::-1])
    # drawn in steps, the area below the line is the one in the title
    x, y = line.get_xdata(), line.get_ydata()
    assert line.get_drawstyle() == "steps-pre"
    area = average_precision_score(TRUTH == "go", SCORE)
    assert (np.diff(x) * y[1:]).sum() == pytest.approx(area)
    title = figure.axes[0].get_title()
    assert title == f"go: area under the precision-recall curve {area:.3f}"


@pytest.mark.parametrize("threshold", [0.0, 0.35, 0.501, 0.9, 2.0])
def test_the_threshold_is_marked_where_its_clips_are_taken(threshold):
    metrics = binary_metrics(TRUTH, SCORE, "go", threshold=threshold).iloc[0]
    taken = threshold <= SCORE
    mark = curve_numbers(TRUTH, SCORE, "go", "roc", threshold)["mark"].iloc[0]
    assert mark["y"] == pytest.approx(metrics["recall"])
    assert mark["x"] == pytest.approx(taken[TRUTH == "no"].mean())
    mark = curve_numbers(TRUTH, SCORE, "go", "pr", threshold)["mark"].iloc[0]
    assert mark["x"] == pytest.approx(metrics["recall"])
    if taken.any():
        assert mark["y"] == pytest.approx(metrics["precision"])


def test_a_curve_shows_guessing_and_names_its_axes():
    figure = plot_curve(TRUTH, SCORE, "go", kind="pr", threshold=0.5, title="a word")
    assert figure.get_suptitle() == "a word"
    guess = figure.axes[0].lines[0]
    assert set(guess.get_ydata()) == {(TRUTH == "go").mean()}
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["guessing", "threshold 0.5"]
    assert figure.axes[0].get_ylabel() == "precision"
    roc = plot_curve(TRUTH, SCORE, "go").axes[0]
    assert "false positive rate" in roc.get_xlabel()
    np.testing.assert_array_equal(roc.lines[0].get_ydata(), [0, 1])


def test_a_tuning_has_a_panel_for_each_setting_that_differs():
    figure = plot_tuning(TRIALS, title="a grid")
    assert [ax.get_xlabel() for ax in figure.axes] == ["learning_rate", "optimizer", "hidden"]
    assert [ax.get_xscale() for ax in figure.axes] == ["log", "linear", "linear"]
    assert figure.axes[0].get_ylabel() == "accuracy"
    for ax in figure.axes:
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), TRIALS["accuracy"])
        assert ax.lines[1].get_ydata() == [0.9]
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_xdata(), TRIALS["learning_rate"])
    assert [t.get_text() for t in figure.axes[1].get_xticklabels()] == ["Adam", "SGD"]
    np.testing.assert_array_equal(figure.axes[1].lines[0].get_xdata(), [0, 1, 0, 1])
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["trial", "best: trial 3, accuracy 0.9"]
    assert saved(figure) > 3000


def test_the_best_loss_is_the_lowest_and_settings_can_be_chosen():
    figure = plot_tuning(TRIALS, "loss", x="hidden")
    (ax,) = figure.axes
    assert ax.lines[1].get_ydata() == [0.1]
    assert ax.lines[1].get_xdata() == [16]
    two = plot_tuning(TRIALS, x=["hidden", "batch_size"])
    assert [ax.get_xlabel() for ax in two.axes] == ["hidden", "batch_size"]


@pytest.mark.parametrize(("low", "high"), [(1e-3, 1e-3), (1e-5, 1e-2), (2e-4, 9e-4), (0.01, 1)])
def test_learning_rates_have_readable_ticks(low, high):
    rates = np.geomspace(low, high, 7)
    table = pd.DataFrame({"trial": range(7), "learning_rate": rates, "accuracy": rates})
    ax = plot_tuning(table).axes[0]
    first, last = ax.get_xlim()
    assert first < low
    assert high < last
    ticks = [tick for tick in ax.get_xticks() if first <= tick <= last]
    assert 2 <= len(ticks) <= 7
    assert [t.get_text() for t in ax.get_xticklabels()] == [f"{t:g}" for t in ax.get_xticks()]


def test_folds_show_their_mean_and_spread():
    for result in (FOLDS, SimpleNamespace(folds=FOLDS)):
        figure = plot_folds(result, title="three folds")
        ax = figure.axes[0]
        points, mean = ax.lines
        np.testing.assert_array_equal(points.get_ydata(), FOLDS["accuracy"])
        assert mean.get_ydata() == pytest.approx([0.8, 0.8])
        band = ax.patches[0].get_extents().transformed(ax.transData.inverted())
        assert (band.y0, band.y1) == pytest.approx((0.7, 0.9))
        assert [t.get_text() for t in ax.get_xticklabels()] == ["1", "2", "3"]
        texts = [text.get_text() for text in figure.legends[0].get_texts()]
        assert texts == ["fold", "mean 0.800 ± 0.100"]
    assert plot_folds(FOLDS, "loss").axes[0].get_ylabel() == "loss"


def test_one_fold_has_no_spread():
    figure = plot_folds(FOLDS[:1])
    assert not figure.axes[0].patches
    assert figure.legends[0].get_texts()[1].get_text() == "mean 0.700"


def rows(epochs):
    return [{"epoch": e, "loss": 1 / e, "accuracy": 0.5, "seconds": 1.0} for e in epochs]


def test_a_classifiers_history_marks_its_best_epoch():
    classifier = create_classifier("speech-commands-small", ["a", "b"], seed=1)
    classifier.record = {"history": rows([1, 2, 3]), "best_epoch": 2}
    figure = plot_history(classifier)
    for ax in figure.axes:
        assert set(ax.lines[-1].get_xdata()) == {2}
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["training", "best epoch, 2"]
    classifier.record = {"history": rows([1, 2])}
    unstopped = plot_history(classifier)
    assert [len(ax.lines) for ax in unstopped.axes] == [1, 1]
    with pytest.raises(HearingAIError, match="`history` must be a trained classifier"):
        plot_history(create_classifier("speech-commands-small", ["a", "b"]))


def test_tables_for_another_face_hold_what_is_drawn():
    numbers = flat.tuning(TRIALS)
    assert numbers["panels"] == ["learning_rate", "optimizer", "hidden"]
    points = numbers["points"]
    assert (
        points.groupby("panel")["value"].apply(list).map(lambda v: v == [0.9, 0.8, 0.7, 0.1]).all()
    )
    assert points.loc[points["best"], "value"].tolist() == [0.9] * 3
    for panel in (1, 2, 3):
        places = points.loc[points["panel"] == panel, "place"]
        assert places.between(3 * panel - 3, 3 * panel - 2).all()
    rates = points.loc[points["panel"] == 1, "place"].to_numpy()
    ticks = numbers["ticks"].set_index("label")["place"]
    np.testing.assert_allclose(rates, ticks[["0.001", "0.01", "0.0001", "0.1"]])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot_curve(TRUTH, SCORE, "go", kind="det"), "`kind` must be one of"),
        (lambda: plot_curve(TRUTH, SCORE, "stop"), "`target` holds 'stop'"),
        (lambda: plot_curve(["go"] * 3, [1, 2, 3], "go"), "with and without the target 'go'"),
        (lambda: plot_curve(TRUTH, SCORE[1:], "go"), "equally long"),
        (lambda: plot_curve(TRUTH, SCORE, "go", threshold="high"), "`threshold` must be a number"),
        (lambda: plot_tuning(TRIALS[:0]), "`table` has no rows"),
        (lambda: plot_tuning(TRIALS, "f1"), "`table` must have the columns .*`f1`"),
        (lambda: plot_tuning(TRIALS, x="dropout"), "`table` must have the columns .*`dropout`"),
        (
            lambda: plot_tuning(TRIALS, "optimizer"),
            r"`table..optimizer..` must hold a finite",
        ),
        (lambda: plot_tuning(TRIALS[["trial", "accuracy"]]), "settings right after `trial`"),
        (lambda: plot_folds(FOLDS.drop(columns="fold")), "`result` must have the columns `fold`"),
        (lambda: plot_folds([0.8, 0.9]), "`result` must be a table.*list"),
        (lambda: plot_folds(FOLDS.assign(accuracy=np.nan)), r"`result..accuracy..` must hold"),
    ],
)
def test_unfit_input_is_named(draw, message):
    with pytest.raises(HearingAIError, match=message):
        draw()
