"""Pictures of calibration: how often probabilities come true."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import HearingAIError
from ..evaluation.reliability import Reliability
from ..tables.columns import check_columns
from .canvas import CURVES, FAINT, Picture, plain

_MOST = 6  # labels
_COLUMNS = ("probability", "frequency", "n")


def plot_reliability(found: Any, *, title: str | None = None) -> Picture:
    """Draw how often probabilities come true; a calibrated classifier is on the diagonal.

    Below it, the classifier is surer than it is right. The area of a point shows how many
    probabilities lie in its bin.

    Args:
        found: What `reliability` returned, its table `bins`, or several of either as a dict from
            their names or a list, such as before and after `calibrate`.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: There is nothing to draw, or more than six curves.

    Example:
        >>> import hearingai, pandas
        >>> table = pandas.DataFrame({"class": ["a", "b"], "prob_a": [0.9, 0.4]})
        >>> table["prob_b"] = 1 - table["prob_a"]
        >>> figure = hearingai.plot_reliability(hearingai.reliability(table))
        >>> figure.axes[0].get_xlabel()
        'probability'
    """
    numbers = reliability_numbers(found)
    figure = Picture(5.2, 4.8, title)
    ax = figure.subplots()
    ax.plot([0, 1], [0, 1], color=FAINT, lw=1, ls=":")
    for i, (name, curve) in enumerate(numbers.groupby("curve", sort=False)):
        style: dict[str, Any] = {"color": CURVES[i % len(CURVES)], "ls": ("-", "--", "-.")[i % 3]}
        ax.plot(curve["probability"], curve["frequency"], lw=1.5, label=name, **style)
        ax.scatter(curve["probability"], curve["frequency"], curve["area"] * 200, style["color"])
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="probability", ylabel="came true")
    plain(ax)
    if numbers["curve"].nunique() > 1:
        legend = figure.legend(loc="outside lower center", ncols=3, frameon=False)
        for text in legend.get_texts():
            text.set_parse_math(False)
    return figure


def reliability_numbers(found: Any) -> pd.DataFrame:
    """What is drawn: `curve`, `probability`, `frequency` and `area`, its share of the largest n."""
    given = found if isinstance(found, (dict, list, tuple)) else {"": found}
    named = given if isinstance(given, dict) else dict(enumerate(given, 1))
    parts = []
    for name, one in named.items():
        table = one.bins if isinstance(one, Reliability) else one
        check_columns("found", table, _COLUMNS)
        if "label" in table:
            curves = table["label"].astype(str)
            curves = curves if name == "" else f"{name}, " + curves
        else:
            curves = pd.Series(str(name), table.index)
        parts.append(table.assign(curve=curves, area=table["n"] / table["n"].max()))
    if not parts or not sum(map(len, parts)):
        raise HearingAIError("`found` has no bins to draw; give what reliability() returned")
    whole = pd.concat(parts, ignore_index=True)
    if whole["curve"].nunique() > _MOST:
        raise HearingAIError(
            f"`found` has {whole['curve'].nunique()} curves; {_MOST} can be told apart. Give some "
            f"of them: bins[bins['label'].isin(...)]"
        )
    return whole[["curve", "probability", "frequency", "area"]]
