"""The alluvial diagram: where the clips of each true label went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from ..runtime.arguments import number
from .canvas import FAINT, RIGHT, WRONG, Picture, square_counts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

BLOCK = 0.04  # width of a block, where the flows between are 1 wide
LINE, SLOT = 0.17, 0.25  # inches: the height a label needs, the mean height it has
STYLES = {
    "right": {"facecolor": RIGHT},
    "wrong": {"facecolor": WRONG, "hatch": "////"},
}


def plot_alluvial(
    confusion: pd.DataFrame, *, min_n: float = 20, title: str | None = None
) -> Picture:
    """Draw where the clips of each true label went: an alluvial diagram, truth to predicted.

    Correct predictions are light blue, wrong ones hatched purple. Flows of few clips are hidden:
    their place in the blocks stays empty, and a line below says how many clips they are.

    Args:
        confusion: A confusion table: `truth`, `predicted`, `n`; or predictions: `class` and
            `pred_class` (or `label`), with a row for each clip, or with their count `n` (or
            `count`). Labels keep the table's order.
        min_n: The smallest flow shown, in clips.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A column is missing, `n` does not count clips, or `min_n` is negative.

    Example:
        >>> import hearingai
        >>> table = hearingai.confusion(["go"] * 50 + ["no"] * 50, ["go"] * 70 + ["no"] * 30)
        >>> figure = hearingai.plot_alluvial(table)
        >>> figure.axes[0].get_xlabel()
        'flows under 20 clips hidden (0 of 100 clips)'
    """
    min_n = number("min_n", min_n, low=0)
    labels, counts = square_counts(confusion)
    shown = counts >= max(min_n, 1)
    inches = SLOT * max(len(labels), 8)
    figure = Picture(7, inches + 1.3, title)
    ax = figure.subplots()
    left, right, height = _stack(counts, LINE / inches)
    # where each flow leaves its block on the left, and enters its block on the right
    leave = left[:, None] + counts.cumsum(axis=1) - counts
    enter = right + counts.cumsum(axis=0) - counts
    flows = [("right" if i == j else "wrong", i, j) for i, j in np.argwhere(shown)]
    for kind, i, j in sorted(flows):  # the wrong ones on top
        ax.add_patch(_ribbon(leave[i, j], enter[i, j], counts[i, j], kind))
    _blocks(ax, labels, left, counts.sum(axis=1), x=-BLOCK, align="right")
    _blocks(ax, labels, right, counts.sum(axis=0), x=1, align="left")
    ax.set(xlim=(-BLOCK, 1 + BLOCK), ylim=(height, 0), yticks=[])
    ax.set_xticks([-BLOCK / 2, 1 + BLOCK / 2], ["truth", "predicted"])
    ax.tick_params(length=0, top=True, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    if min_n > 1:
        hidden, total = counts[~shown].sum(), counts.sum()
        ax.set_xlabel(
            f"flows under {min_n:.12g} clips hidden ({hidden:.12g} of {total:.12g} clips)"
        )
    keys = [Patch(label=kind, **_style(kind)) for kind in STYLES]
    figure.legend(handles=keys, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _stack(counts: np.ndarray, line: float) -> Any:
    """Stack the blocks so that those of one label face each other and every label has room.

    Args:
        counts: Square array, truth down and predicted across.
        line: Height of a line of text, as a share of the whole height.

    Returns:
        The upper ends of the left blocks and of the right blocks, and the whole height.
    """
    left, right = counts.sum(axis=1), counts.sum(axis=0)
    wider = np.maximum(left, right)
    height = wider.sum()
    for _ in range(50):  # a slot is at least a line high, which changes the total height
        slots = np.maximum(wider * 1.05, line * height)
        height = slots.sum()
    middles = slots.cumsum() - slots / 2
    return middles - left / 2, middles - right / 2, height


def _ribbon(leave: float, enter: float, n: float, kind: str) -> PathPatch:
    """A smooth band of height `n` from (0, leave) to (1, enter)."""
    upper = [(0, leave), (0.5, leave), (0.5, enter), (1, enter)]
    lower = [(x, y + n) for x, y in reversed(upper)]
    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    return PathPatch(Path([*upper, *lower, upper[0]], codes), **_style(kind))


def _style(kind: str) -> dict[str, Any]:
    # a hatch takes the colour of the edge, which itself has no width
    return STYLES[kind] | {"edgecolor": "white", "linewidth": 0, "alpha": 0.85}


def _blocks(
    ax: Axes, labels: Sequence[str], starts: np.ndarray, sizes: np.ndarray, x: float, align: str
) -> None:
    """Draw a column of blocks, one per label that has clips, with the labels beside it."""
    edge = x - 0.01 if align == "right" else x + BLOCK + 0.01
    for label, start, size in zip(labels, starts, sizes, strict=True):
        if size:
            # the thin edge keeps a block of few clips visible
            ax.add_patch(Rectangle((x, start), BLOCK, size, color=FAINT, linewidth=0.5))
            middle = start + size / 2
            ax.text(edge, middle, label, ha=align, va="center", fontsize=10, parse_math=False)
