"""What choose_thresholds() gives, and how clips decide it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..classifier.model import AudioClassifier
from ..events.rules import own_thresholds
from ..inference.evaluating import evaluate
from ..runtime.sizes import counted
from ..training.clip_thresholds import clip_thresholds
from ..training.fine_tuning import copy_of


@dataclass
class ChosenThresholds:
    """The result of `choose_thresholds`.

    Attributes:
        classifier: A copy of the classifier that has the thresholds.
        thresholds: The threshold of each label, a dict.
        per_label: DataFrame with a row a label: `label`, `threshold`, `false_accepts`,
            `false_accepts_per_hour` and, with the truth, `n_truth`, `misses` and
            `false_reject_rate` (NaN where the label never occurs). Of clips: `label`, `threshold`,
            `n` (clips that have it), `precision`, `recall`, `f1`.
        summary: DataFrame of one row, of all these labels: `wanted_per_hour`, `hours` (heard),
            `false_accepts`, `false_accepts_per_hour`, `n_truth`, `misses`, `false_reject_rate`.
            Of clips: `n`, and the means of `precision`, `recall` and `f1`.
        errors: DataFrame `fname`, `error` of recordings that could not be read.
        notes: DataFrame `fname`, `note` of those that were read in part.
    """

    classifier: AudioClassifier
    thresholds: dict[str, float]
    per_label: pd.DataFrame
    summary: pd.DataFrame
    errors: pd.DataFrame
    notes: pd.DataFrame

    def __repr__(self) -> str:
        row = self.summary.iloc[0]
        if "hours" not in row:
            return f"<ChosenThresholds: {self._shown()}; {_means(row)}>"
        missed = row["false_reject_rate"]
        rejects = "" if math.isnan(missed) else f", false reject rate {missed:.3f}"
        return (
            f"<ChosenThresholds: {self._shown()}; {row['false_accepts_per_hour']:.3g} false "
            f"accepts an hour in {row['hours']:.3g} h{rejects}>"
        )

    def _shown(self) -> str:
        shown = ", ".join(f"{name} {level:.3f}" for name, level in [*self.thresholds.items()][:6])
        return shown + (", ..." if len(self.thresholds) > 6 else "")


def _means(row: pd.Series) -> str:
    means = ", ".join(f"{name} {row[name]:.3f}" for name in ("precision", "recall", "f1"))
    return f"{means} on {counted(int(row['n']), 'clip')}"


def of_clips(
    classifier: AudioClassifier,
    clips: Any,
    precision: float | None,
    lowest: float,
    heard: dict[str, Any],
) -> ChosenThresholds:
    """The thresholds of labelled clips."""
    found = evaluate(classifier, clips, **heard)
    per_label = clip_thresholds(found, precision, lowest)
    chosen = dict(zip(per_label["label"], per_label["threshold"].tolist(), strict=True))
    means = per_label[["precision", "recall", "f1"]].mean()
    notes = found.predictions[["fname", *(c for c in ("note",) if c in found.predictions)]]
    return ChosenThresholds(
        with_thresholds(classifier, chosen),
        chosen,
        per_label,
        pd.DataFrame([{"n": found.n} | means.to_dict()]),
        found.errors,
        notes.dropna() if "note" in notes else pd.DataFrame({"fname": [], "note": []}),
    )


def with_thresholds(classifier: AudioClassifier, thresholds: dict[str, float]) -> AudioClassifier:
    """A copy of a classifier with thresholds."""
    twin = copy_of(classifier)
    twin.record["thresholds"] = own_thresholds(classifier) | thresholds
    return twin
