"""Plots of one training: its history, and what the classifier confuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from ..errors import HearingAIError
from .canvas import (
    FAINT,
    INK,
    PALE,
    RATES,
    TRAINING,
    VALIDATION,
    Picture,
    filled,
    plain,
    square_counts,
)

MAX_COUNTED = 20  # with more labels, the cells are too small for counts


def plot_history(history: Any, *, title: str | None = None) -> Picture:
    """Draw loss and accuracy against the epoch, training beside validation.

    Where clips have any number of labels, their mean average precision takes the accuracy's place.

    Args:
        history: A history table: `epoch`, `loss`, `accuracy` and, where there was validation,
            `val_loss` and `val_accuracy`, or `val_map`. Or a trained classifier: then the epoch
            whose weights early stopping restored is marked.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A column is missing, there are no rows, or the classifier is untrained.

    Example:
        >>> import hearingai, pandas
        >>> history = pandas.DataFrame({"epoch": [1, 2], "loss": [3, 1], "accuracy": [0.2, 0.7]})
        >>> figure = hearingai.plot_history(history)
        >>> [ax.get_ylabel() for ax in figure.axes]
        ['loss', 'accuracy']
    """
    of_labels = getattr(history, "multi_label", False)
    history, best = _course(history)
    measures = _measures(history, of_labels)
    sets = {"training": ("", TRAINING, "-", "o"), "validation": ("val_", VALIDATION, "--", "^")}
    figure = Picture(9, 3.6, title)
    places = np.atleast_1d(figure.subplots(1, len(measures)))
    for ax, (measure, text) in zip(places, measures.items(), strict=True):
        for name, (prefix, colour, line, marker) in sets.items():
            if prefix + measure not in history:
                continue
            known = history[["epoch", prefix + measure]].dropna()
            style = {"color": colour, "linestyle": line, "marker": marker, "markersize": 5}
            ax.plot(*known.to_numpy().T, label=name, markevery=1 + len(known) // 25, **style)
        if best is not None:
            ax.axvline(best, color=FAINT, linestyle=":", label=f"best epoch, {best}", zorder=1)
        ax.set(xlabel="epoch", ylabel=text)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
        plain(ax)
    handles, names = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _measures(history: Any, of_labels: bool) -> dict[str, str]:
    """What is drawn of a history, and what it is called."""
    if of_labels or (isinstance(history, pd.DataFrame) and "val_map" in history):
        filled("history", history, ("epoch", "loss"))
        return {"loss": "loss"} | ({"map": "mAP"} if "val_map" in history else {})
    filled("history", history, ("epoch", "loss", "accuracy"))
    return {"loss": "loss", "accuracy": "accuracy"}


def _course(history: Any) -> tuple[pd.DataFrame, int | None]:
    """The history table of a classifier and its best epoch; a table stays as it is."""
    record = getattr(history, "record", None)
    if not isinstance(record, dict):
        return history, None
    if not record.get("history"):
        raise HearingAIError("`history` must be a trained classifier; this one has no history")
    return pd.DataFrame(record["history"]), record.get("best_epoch")


def plot_confusion(confusion: pd.DataFrame, *, title: str | None = None) -> Picture:
    """Draw a confusion table: each row's rates as shades, with the counts up to 20 labels.

    Args:
        confusion: A confusion table: `truth`, `predicted`, `n`; or predictions: `class` and
            `pred_class` (or `label`), with a row for each clip, or with their count `n` (or
            `count`). Labels keep the table's order.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A column is missing, or `n` does not count clips.

    Example:
        >>> import hearingai
        >>> table = hearingai.confusion(["go", "go", "no"], ["go", "no", "no"])
        >>> figure = hearingai.plot_confusion(table)
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['1', '1', '0', '1']
    """
    labels, counts = square_counts(confusion)
    rates = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    counted = len(labels) <= MAX_COUNTED
    side = max(2.5, (0.5 if counted else 0.28) * len(labels))
    margin = 0.1 * max(map(len, labels))
    figure = Picture(side + margin + 2, side + margin + 0.8, title)
    ax = figure.subplots()
    shades = ax.imshow(rates, cmap=RATES, vmin=0, vmax=1)
    places = np.arange(len(labels))
    slant: dict[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    ax.set_xticks(places, labels, parse_math=False, **slant)
    ax.set_yticks(places, labels, parse_math=False)
    ax.set_xticks(places[1:] - 0.5, minor=True)
    ax.set_yticks(places[1:] - 0.5, minor=True)
    ax.grid(which="minor", color=PALE, linewidth=0.5)
    ax.tick_params(which="both", length=0)
    ax.set(xlabel="predicted", ylabel="truth")
    if counted:
        for (row, column), n in np.ndenumerate(counts):
            colour = "white" if rates[row, column] > 0.4 else INK if n else FAINT
            ax.text(column, row, f"{n:.12g}", color=colour, ha="center", va="center", fontsize=9)
    bar = figure.colorbar(shades, ax=ax, shrink=0.6, label="share of the row")
    bar.outline.set_visible(False)
    return figure
