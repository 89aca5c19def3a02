"""Counts the false accepts of classifiers in the same recordings, by the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..annotation.recordings import Part
from ..classifier.model import AudioClassifier
from ..events.options import EventOptions, RuleOptions, WindowOptions
from ..events.rules import event_rules, own_thresholds
from ..events.windows import grid_of
from ..inference.evaluating import evaluate
from ..runtime.shared_options import pick
from ._heard import Hearing, hear


@dataclass(frozen=True)
class Judged:
    """How a classifier does.

    Attributes:
        counts: False accepts of each label, a Series.
        hearing: The recordings, as it heard them.
        accuracy: On clips of its classes; NaN where there are none.
    """

    counts: pd.Series
    hearing: Hearing
    accuracy: float

    @property
    def per_hour(self) -> pd.Series:
        """False accepts an hour of each label."""
        return self.counts / self.hearing.hours


class Judge:
    """Counts false accepts with the thresholds of one classifier, also those of others.

    Args:
        classifier: The classifier.
        sources: Recordings in which none of its words occurs.
        clips: The table of its clips; those marked `test` tell the accuracy.
        options: Windows and rules of events.
        hearing: Arguments of `hear`.
    """

    def __init__(
        self,
        classifier: AudioClassifier,
        sources: Sequence[Part],
        clips: pd.DataFrame,
        options: EventOptions,
        hearing: dict[str, Any],
    ) -> None:
        self._sources, self._hearing = sources, hearing
        self._windows, self._rules = pick(WindowOptions, options), pick(RuleOptions, options)
        self._unseen = clips[clips["split"] == "test"] if "split" in clips else clips[:0]
        self.thresholds = own_thresholds(classifier)

    def __call__(self, classifier: AudioClassifier) -> Judged:
        """Judge a classifier."""
        text = "Counting false accepts"
        heard = hear(classifier, self._sources, self._windows, **self._hearing, text=text)
        grid = grid_of(classifier, **self._windows)
        rules = event_rules(classifier.labels, grid, self.thresholds, **self._rules)
        labels = [classifier.labels[i] for i in rules.reported]
        counts = heard.events(rules, grid)["label"].value_counts()
        counts = counts.reindex(labels, fill_value=0).astype(int)
        return Judged(counts, heard, self._accuracy(classifier))

    def _accuracy(self, classifier: AudioClassifier) -> float:
        if not len(self._unseen):
            return float("nan")
        same = {n: self._hearing[n] for n in ("device", "on_error", "partial", "progress")}
        return float(evaluate(classifier, self._unseen, **same).accuracy)
