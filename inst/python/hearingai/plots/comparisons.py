"""Pictures that compare: thresholds, settings, folds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._typing import Labels, Scores
from .canvas import FAINT, TRAINING, VALIDATION, Picture, plain
from .numbers import curve_numbers, fold_numbers, tuning_numbers

if TYPE_CHECKING:
    import pandas as pd

ACROSS = 3  # settings in a row


def plot_curve(
    truth: Labels,
    score: Scores,
    target: object,
    *,
    kind: str = "roc",
    threshold: float | None = None,
    title: str | None = None,
) -> Picture:
    """Draw the ROC or precision-recall curve of a target.

    Args:
        truth: The true label of each clip.
        score: The score of the target for each clip, such as its probability.
        target: The label to detect; every other label counts as "not the target".
        kind: `"roc"`, the true positive rate against the false positive rate; or `"pr"`, the
            precision against the recall. A dashed line shows guessing.
        threshold: A score to mark, such as `choose_threshold` gives; a clip that reaches it is
            predicted as the target.
        title: Text above the plot; the area under the curve stands below it.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: As for `score_curve`, or all clips are the target or none is.

    Example:
        >>> import hearingai
        >>> truth, score = ["go", "no", "go", "no"], [0.9, 0.6, 0.5, 0.2]
        >>> figure = hearingai.plot_curve(truth, score, "go", threshold=0.5)
        >>> figure.axes[0].get_title()
        'go: area under the ROC curve 0.750'
    """
    numbers = curve_numbers(truth, score, target, kind, threshold)
    figure = Picture(5.2, 5.2, title)
    ax = figure.subplots()
    ax.plot(numbers["chance"]["x"], numbers["chance"]["y"], "--", color=FAINT, label="guessing")
    style = {"roc": "default", "pr": "steps-pre"}[kind]
    ax.plot(numbers["curve"]["x"], numbers["curve"]["y"], color=TRAINING, lw=2, drawstyle=style)
    if len(numbers["mark"]):
        place = numbers["mark"]["x"], numbers["mark"]["y"]
        ax.plot(*place, "o", color=VALIDATION, ms=9, label=numbers["text"])
    ax.set_title(numbers["area_text"], fontsize=11, parse_math=False)
    ax.set(xlabel=numbers["x"], ylabel=numbers["y"], xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    ax.set_aspect("equal")
    plain(ax)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def plot_tuning(
    table: pd.DataFrame, metric: str = "accuracy", *, x: str | None = None, title: str | None = None
) -> Picture:
    """Draw the result of a tuning: a metric against each setting, a point per trial.

    Learning rates, and other numbers that span a factor of 50 or more, have a logarithmic axis;
    text and logicals stand side by side. The best trial is marked in every panel.

    Args:
        table: What `tune` returned: `trial`, the settings, the metrics.
        metric: The column to draw upwards. The highest is the best; of `"loss"`, `"parameters"`,
            `"epochs"` and `"seconds"` the lowest.
        x: The setting to draw, or a list of them; `None` takes all that differ between trials.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A column is missing, holds no numbers, or there are no rows.

    Example:
        >>> import hearingai, pandas
        >>> table = pandas.DataFrame(
        ...     {"trial": [2, 1], "learning_rate": [0.01, 0.1], "accuracy": [0.8, 0.6]}
        ... )
        >>> figure = hearingai.plot_tuning(table)
        >>> figure.axes[0].get_xscale()
        'log'
    """
    panels = tuning_numbers(table, metric, x)
    columns = min(len(panels), ACROSS)
    rows = -(-len(panels) // ACROSS)
    figure = Picture(max(3.2 * columns, 4.8), 3.2 * rows + 0.4, title)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for ax in grid[len(panels) :]:
        ax.remove()
    for ax, panel in zip(grid, panels, strict=False):
        ax.set_xscale("log" if panel.log else "linear")
        ax.plot(panel.x, panel.y, "o", color=TRAINING, alpha=0.6, ms=7, label="trial")
        best = panel.x[panel.best], panel.y[panel.best]
        ax.plot(*best, "D", color=VALIDATION, ms=9, label=panel.best_text)
        ax.set_xlim(panel.low, panel.high)
        ax.set_xticks([place for place, _ in panel.ticks], [text for _, text in panel.ticks])
        ax.minorticks_off()
        if panel.slanted:
            ax.tick_params(axis="x", rotation=30)
        ax.set_xlabel(panel.setting, parse_math=False)
        plain(ax)
    for ax in grid[: len(panels) : columns]:
        ax.set_ylabel(metric, parse_math=False)
    handles, names = grid[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, frameon=False)
    return figure


def plot_folds(result: Any, metric: str = "accuracy", *, title: str | None = None) -> Picture:
    """Draw each fold's metric of a cross-validation, with their mean ± standard deviation.

    Args:
        result: What `cross_validate` returned, or its table of folds: `fold` and metrics.
        metric: The column to draw.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A column is missing, holds no numbers, or there are no rows.

    Example:
        >>> import hearingai, pandas
        >>> folds = pandas.DataFrame({"fold": [1, 2, 3], "accuracy": [0.7, 0.8, 0.9]})
        >>> figure = hearingai.plot_folds(folds)
        >>> [text.get_text() for text in figure.legends[0].get_texts()]
        ['fold', 'mean 0.800 ± 0.100']
    """
    numbers = fold_numbers(result, metric)
    names, values = numbers["folds"]["fold"], numbers["folds"]["value"]
    figure = Picture(max(5, 0.45 * len(names) + 1.5), 3.8, title)
    ax = figure.subplots()
    places = range(len(names))
    if numbers["low"] is not None:
        ax.axhspan(numbers["low"], numbers["high"], color=TRAINING, alpha=0.12, linewidth=0)
    ax.plot(places, values, "o", color=TRAINING, ms=8, label="fold")
    ax.axhline(numbers["mean"], color=VALIDATION, linestyle="--", label=numbers["text"])
    ax.set_xticks(places, names, parse_math=False)
    if max(map(len, names)) * len(names) > 60:
        ax.tick_params(axis="x", rotation=45)
    ax.set_xlim(-0.6, len(names) - 0.4)
    ax.set_xlabel("fold")
    ax.set_ylabel(metric, parse_math=False)
    plain(ax)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure
