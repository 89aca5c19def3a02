"""What all plots share: the figure, the colours, and the checks of what is to be drawn."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ..errors import HearingAIError
from ..runtime.files import written
from ..tables.columns import check_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# All colours. Pairs also differ in lightness, line style or hatch, for colour-blind readers.
INK, FAINT, PALE = "#222222", "#767676", "#E6E6E6"
TRAINING, VALIDATION = "#0072B2", "#D55E00"
RIGHT, WRONG = "#9ECAE1", "#6A3D9A"
CURVES = (TRAINING, VALIDATION, "#009E73", "#CC79A7", "#222222", "#56B4E9")  # Okabe and Ito
SPECTRUM = "magma"  # perceptually uniform
# white to dark blue, faster at first, since a rate of 5 % should not look like 0
SHADES = ((0, "#FFFFFF"), (0.15, "#9ECAE1"), (0.5, "#2171B5"), (1, "#08306B"))
RATES = LinearSegmentedColormap.from_list("rates", SHADES)


class Picture(Figure):
    """A matplotlib figure that notebooks show, even where pyplot was never imported."""

    def __init__(self, width: float, height: float, title: str | None = None) -> None:
        super().__init__(figsize=(width, height), layout="constrained")
        if title is not None:
            self.suptitle(title)

    def savefig(self, fname: Any, **kwargs: Any) -> Any:
        """Write the figure to a file, as matplotlib does, but atomically.

        Args:
            fname: The file, whose ending chooses the format; or a file that is open.
            **kwargs: As matplotlib's `Figure.savefig` has them, such as `dpi`.

        Raises:
            HearingAIError: The extension is no image format, or the file cannot be written.
        """
        if not isinstance(fname, (str, os.PathLike)):
            return super().savefig(fname, **kwargs)
        path, format = Path(fname), kwargs.get("format")
        if format is None and not path.suffix:
            path = path.with_name(f"{path.name}.{matplotlib.rcParams['savefig.format']}")
        if (format or path.suffix[1:]).lower() not in self.canvas.get_supported_filetypes():
            raise HearingAIError(
                f"`{path}` must end in .png, .pdf, .svg or another format of pictures"
            )
        with written(path) as partial:
            return super().savefig(partial, **kwargs)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


def plain(ax: Axes) -> None:
    """Leave out the frame's upper and right side, and add a pale grid."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(color=PALE, linewidth=0.6)
    ax.set_axisbelow(True)


def filled(argument: str, table: Any, columns: Sequence[str]) -> None:
    """Raise an error unless `table` is a table with these columns and at least one row."""
    check_columns(argument, table, columns)
    if not len(table):
        raise HearingAIError(f"`{argument}` has no rows")


def _as_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Predictions beside their classes, a row each or counted, as a confusion table."""
    found = [name for name in ("pred_class", "label") if name in getattr(table, "columns", ())]
    if not found or "class" not in table:
        return table
    sides = {"truth": table["class"], "predicted": table[found[0]]}
    counted = next((name for name in ("n", "count", "Freq") if name in table), None)
    return pd.DataFrame(sides | {"n": 1 if counted is None else table[counted]})


def square_counts(confusion: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """Turn a confusion table into `(labels, counts)`: true rows, predicted columns.

    Labels keep their order: that of the categories where the column has them, else that in which
    they appear.
    """
    confusion = _as_counts(confusion)
    filled("confusion", confusion, ("truth", "predicted", "n"))
    sides = [confusion["truth"], confusion["predicted"]]
    n = confusion["n"]
    if any(side.isna().any() for side in sides):
        raise HearingAIError("`confusion` is missing a label")
    counts_clips = pd.api.types.is_numeric_dtype(n) and np.isfinite(n).all() and (n >= 0).all()
    if not counts_clips or not n.sum() > 0:
        raise HearingAIError(
            '`confusion["n"]` must count clips: numbers, 0 or more, not all 0. '
            f"Received: {n.tolist()}"
        )
    orders = [s.cat.categories if isinstance(s.dtype, pd.CategoricalDtype) else s for s in sides]
    labels = pd.Index(dict.fromkeys(str(label) for order in orders for label in order))
    counts = np.zeros((len(labels), len(labels)), dtype=n.to_numpy().dtype)
    np.add.at(counts, tuple(labels.get_indexer(side.astype(str)) for side in sides), n.to_numpy())
    return list(labels), counts
