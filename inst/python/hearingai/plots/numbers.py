"""The data of plots of results, which Python and R both draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from .._typing import Labels, Scores
from ..errors import HearingAIError
from ..evaluation import pr_auc, roc_auc, score_curve
from ..evaluation.checks import target_scores
from ..runtime.arguments import choose, name_list, number
from .canvas import filled

LOWER_IS_BETTER = ("loss", "parameters", "epochs", "seconds")
# Without `epochs`, which may be a setting: as a metric it follows others.
MEASURES = (
    *("loss", "parameters", "seconds", "accuracy", "precision", "recall", "threshold"),
    "fingerprint",
)
PREFIXES = ("f1_", "map_", "roc_auc", "pr_auc", "accuracy_", "precision_", "recall_")
WIDE = 50  # numbers that span this factor have a logarithmic axis


@dataclass
class Setting:
    """A panel of a tuning: one setting across, a metric upwards, a value per trial."""

    setting: str
    x: np.ndarray
    y: np.ndarray
    best: int
    best_text: str
    ticks: list
    low: float
    high: float
    log: bool = False
    slanted: bool = False


def curve_numbers(
    truth: Labels, score: Scores, target: object, kind: str = "roc", threshold: float | None = None
) -> dict[str, Any]:
    """What `plot_curve` draws: tables of points, the area and the texts."""
    choose("kind", kind, ("roc", "pr"))
    table = score_curve(truth, score, target)
    share = float(target_scores(truth, score, target)[0].mean())
    if not 0 < share < 1:
        raise HearingAIError(f"`truth` must hold clips with and without the target {target!r}")
    # above the highest score, no clip is predicted as the target
    first = {"false_positive_rate": 0.0, "recall": 0.0, "precision": table["precision"].iloc[0]}
    whole = pd.concat([pd.DataFrame([first]), table], ignore_index=True)
    if kind == "roc":
        across, up, area = "false_positive_rate", "recall", roc_auc(truth, score, target)
        labels = (
            "false positive rate",
            "true positive rate",
        )
        words, chance = "area under the ROC curve", [0.0, 1.0]
    else:
        across, up, area = "recall", "precision", pr_auc(truth, score, target)
        labels = "recall", "precision"
        words, chance = "area under the precision-recall curve", [share, share]
    mark = whole.iloc[:0]
    if threshold is not None:
        threshold = number("threshold", threshold)
        mark = whole.iloc[[int((table["threshold"] >= threshold).sum())]]
    return {
        "curve": _points(whole[across], whole[up]),
        "chance": _points([0.0, 1.0], chance),
        "mark": _points(mark[across], mark[up]),
        "area": area,
        "area_text": f"{target}: {words} {area:.3f}",
        "text": "" if threshold is None else f"threshold {threshold:.3g}",
        "x": labels[0],
        "y": labels[1],
    }


def _points(x: Any, y: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": np.asarray(x, "float64"), "y": np.asarray(y, "float64")})


def fold_numbers(result: Any, metric: str = "accuracy") -> Any:
    """What `plot_folds` draws: a table `fold`, `value`, their mean and its band."""
    folds = getattr(result, "folds", result)
    (metric,) = name_list("metric", [metric])
    filled("result", folds, ("fold", metric))
    values = _numbers("result", folds, metric)
    mean, sd = values.mean(), values.std(ddof=1) if len(values) > 1 else None
    spread = "" if sd is None else f" ± {sd:.3f}"
    return {
        "folds": pd.DataFrame({"fold": [_text(f) for f in folds["fold"]], "value": values}),
        "mean": float(mean),
        "low": None if sd is None else float(mean - sd),
        "high": None if sd is None else float(mean + sd),
        "text": f"mean {mean:.3f}{spread}",
    }


def tuning_numbers(
    table: pd.DataFrame, metric: str = "accuracy", x: str | None = None
) -> list[Setting]:
    """What `plot_tuning` draws: a `Setting` a panel."""
    names = [] if x is None else name_list("x", x)
    (metric,) = name_list("metric", [metric])
    filled("table", table, ("trial", metric, *names))
    y = _numbers("table", table, metric)
    names = names or _settings(table, metric)
    best = int(np.argmin(y) if metric in LOWER_IS_BETTER else np.argmax(y))
    text = f"best: trial {_text(table['trial'].iloc[best])}, {metric} {y[best]:.4g}"
    return [Setting(name, y=y, best=best, best_text=text, **_across(table, name)) for name in names]


def _settings(table: pd.DataFrame, metric: str) -> list[str]:
    """The columns after `trial` and before the first measure, those that differ."""
    columns = list(table)
    names = []
    for name in columns[columns.index("trial") + 1 :]:
        if name == metric or name in MEASURES or str(name).startswith(PREFIXES):
            break
        names.append(name)
    if not names:
        raise HearingAIError(
            "`table` must have the settings right after `trial`, or `x` must name them. "
            f"Received: {', '.join(map(str, columns))}"
        )
    return [str(n) for n in names if table[n].astype(str).nunique() > 1] or [
        str(n) for n in names[:1]
    ]


def _across(table: pd.DataFrame, name: str) -> Any:
    """Where a setting's values lie on its axis, and the axis itself."""
    values = table[name]
    if not pd.api.types.is_numeric_dtype(values) or values.dtype == bool or values.isna().any():
        texts = values.map(_text)
        kinds = sorted(texts.unique())
        places = texts.map(kinds.index).to_numpy("float64")
        slanted = max(map(len, kinds)) * len(kinds) > 24
        ticks = [(float(i), kind) for i, kind in enumerate(kinds)]
        return {"x": places, "ticks": ticks, "low": -0.6, "high": len(kinds) - 0.4} | {
            "slanted": slanted
        }
    x = values.to_numpy("float64")
    least, most = x.min(), x.max()
    log = least > 0 and ("learning_rate" in name or most >= WIDE * least)
    if log:
        margin = max((most / least) ** 0.08, 1.2)
        low, high = least / margin, most * margin
        return {"x": x, "ticks": decades(low, high), "low": low, "high": high, "log": True}
    margin = 0.08 * (most - least) or max(abs(most), 1) * 0.1
    at: Any = _few(x) if len(np.unique(x)) <= 6 else MaxNLocator(5).tick_values(least, most)
    ticks = [(float(p), f"{p:g}") for p in at if least - margin <= p <= most + margin]
    return {"x": x, "ticks": ticks, "low": least - margin, "high": most + margin}


def _few(x: np.ndarray) -> list:
    """The values themselves, without those whose labels would overlap."""
    values, least_gap = np.unique(x), 0.1 * np.ptp(x)
    kept = [values[0]]
    for value in values[1:]:
        if value - kept[-1] >= least_gap:
            kept.append(value)
    return kept


def decades(low: float, high: float) -> list[tuple[float, str]]:
    """Ticks of a logarithmic axis: powers of ten, and 3 or 2 and 5 between where these are few."""
    for steps in ((1,), (1, 3), (1, 2, 5), range(1, 10)):
        exponents = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
        places = [float(f"{s}e{e}") for e in exponents for s in steps]
        ticks = [(p, f"{p:g}") for p in places if low <= p <= high]
        if len(ticks) >= 3:
            break
    return ticks


def _numbers(argument: str, table: pd.DataFrame, column: str) -> np.ndarray:
    values = pd.to_numeric(table[column], errors="coerce").to_numpy("float64")
    if not np.isfinite(values).all():
        raise HearingAIError(f'`{argument}["{column}"]` must hold a finite number in every row')
    return values


def _text(value: Any) -> str:
    """A label: whole numbers without a point."""
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)
