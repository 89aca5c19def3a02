"""The numbers of a model card: what an evaluation came to, with intervals."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, HearingAIWarning
from ..evaluation import bootstrap_interval
from ..evaluation.reliability import expected_error, scored
from ..runtime.sizes import counted
from ._markdown import clips_text as _clips
from ._markdown import number_text, plain, table, with_interval

_FEW = 20  # groups, below which an interval is rough

# Measures of an evaluation, in words.
_WORDS = {
    "accuracy": "accuracy",
    "f1_macro": "F1, mean over the labels",
    "f1_positive": "F1 of the target",
    "precision": "precision of the target",
    "recall": "recall of the target",
    "roc_auc": "area under the ROC curve",
    "pr_auc": "area under the precision-recall curve",
    "roc_auc_macro": "area under the ROC curve, mean over the labels",
    "roc_auc_micro": "area under the ROC curve, of all answers as one ranking",
    "pr_auc_macro": "average precision, mean over the labels",
    "map_macro": "average precision, mean over the labels",
    "map_micro": "average precision, of all answers as one ranking",
    "threshold": "threshold of the target",
    "accuracy_at_threshold": "accuracy at that threshold",
    "precision_at_threshold": "precision of the target at that threshold",
    "recall_at_threshold": "recall of the target at that threshold",
    "f1_positive_at_threshold": "F1 of the target at that threshold",
}


class Answers:
    """The answers of an evaluation, clip by clip.

    Attributes:
        labels: The labels.
        truth, taken: Whether each clip has and got each label, arrays `(clips, labels)`.
        exclusive: Whether each clip has one label.
        groups: What each clip is drawn with, or `None`.
        calibration_error: The expected calibration error.
    """

    def __init__(self, evaluation: Any) -> None:
        self.labels, said, truth, self.exclusive = scored(evaluation)
        self.truth = truth > 0
        if self.exclusive:
            self.taken = said.argmax(axis=1)[:, None] == np.arange(len(self.labels))
        else:
            self.taken = said >= evaluation.per_class["threshold"].to_numpy("float64")
        self.groups = None
        if evaluation.groups is not None:
            good = evaluation.predictions["error"].isna().to_numpy()
            self.groups = np.asarray(evaluation.groups, dtype=object)[good]
        self.calibration_error = expected_error(said, truth, self.exclusive)

    def share(self, label: int, of: np.ndarray) -> tuple[float, float, float]:
        """The share of the clips in `of` (truth or answers) with that label that are right."""
        rows = of[:, label]
        right = (self.truth & self.taken)[rows, label]
        if not rows.any():
            return (np.nan,) * 3
        return float(right.mean()), *self._interval(np.ones(len(right), bool), right, rows)

    def f1_macro(self) -> tuple[float, float]:
        """The interval of the mean F1 over the labels."""
        places = (self.truth.argmax(axis=1), self.taken.argmax(axis=1))
        return self._interval(*places, np.ones(len(self.truth), bool), "f1_macro")

    def _interval(
        self, truth: np.ndarray, taken: np.ndarray, rows: np.ndarray, metric: str = "accuracy"
    ) -> tuple[float, float]:
        """The interval of a metric; NaN where there is but one to draw, or it would mislead."""
        groups = None if self.groups is None else self.groups[rows]
        if len(truth if groups is None else set(groups)) < 2:
            return np.nan, np.nan
        texts = [pd.Series(values).astype(str) for values in (truth, taken)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HearingAIWarning)
            found = bootstrap_interval(*texts, groups=groups, metric=metric, seed=0).iloc[0]
        inside = found["low"] <= found["estimate"] <= found["high"]
        if not inside or found["low"] == found["high"]:
            return np.nan, np.nan
        return float(found["low"]), float(found["high"])


def check_evaluation(evaluation: Any, classifier: Any) -> None:
    """Raise an error unless it is what `evaluate` returned, of a classifier with these labels."""
    if not hasattr(evaluation, "predictions") or not hasattr(evaluation, "grouped_by"):
        raise HearingAIError(
            f"`evaluation` must be what evaluate() returned. Received: {type(evaluation).__name__}"
        )
    labels = scored(evaluation)[0]
    if labels != list(classifier.labels):
        raise HearingAIError(
            f"`evaluation` must be of this classifier, whose labels are "
            f"{', '.join(classifier.labels)}. Received one of: {', '.join(labels)}"
        )


def measured(evaluation: Any) -> str:
    """What an evaluation came to, in Markdown."""
    answers = Answers(evaluation)
    return "\n\n".join([_about(evaluation), _over_all(evaluation, answers), _by_label(answers)])


def _about(evaluation: Any) -> str:
    drawn = (
        "single clips: those of one speaker or recording, if there are such, resemble each other"
    )
    drawn += ", and the intervals are then too narrow"
    if evaluation.groups is not None:
        n = len(set(evaluation.groups))
        drawn = f"whole {evaluation.grouped_by}s, of which there are {n}"
        drawn += ", so few that the intervals are rough" if n < _FEW else ""
    sentences = [
        f"Measured on {_clips(evaluation.n)}. In brackets are 95 % intervals, by bootstrap, which "
        f"drew {drawn}. Where all are right, or none is, there is no interval."
    ]
    if evaluation.n_seen:
        sentences.append(
            f"**{_clips(evaluation.n_seen)} of these were used in training, so the numbers are too "
            f"good.**"
        )
    elif evaluation.n_seen is None:
        sentences.append("Whether any of them was used in training is not known.")
    else:
        sentences.append("None of them was used in training.")
    if len(evaluation.errors):
        sentences.append(f"{counted(len(evaluation.errors), 'recording')} could not be read.")
    if evaluation.left_out:
        named = ", ".join(map(plain, evaluation.left_out))
        sentences.append(f"Not counted, since the classifier does not know them: {named}.")
    return " ".join(sentences)


def _over_all(evaluation: Any, answers: Answers) -> str:
    rows = []
    for row in evaluation.metrics.itertuples():
        low, high = row.low, row.high
        if row.metric == "f1_macro" and answers.exclusive:
            low, high = answers.f1_macro()
        if row.metric in _WORDS:
            rows.append([_WORDS[row.metric], with_interval(row.value, low, high)])
    rows.append(["mean cross-entropy (nats)", number_text(float(evaluation.loss))])
    rows.append(["expected calibration error", number_text(answers.calibration_error)])
    return table(["", ""], rows)


def _by_label(answers: Answers) -> str:
    rows = []
    for i, label in enumerate(answers.labels):
        recall, precision = answers.share(i, answers.truth), answers.share(i, answers.taken)
        n = int(answers.truth[:, i].sum())
        rows.append([plain(label), f"{n:,}", with_interval(*recall), with_interval(*precision)])
    return table(["label", "clips", "recall", "precision"], rows)


def metrics_in_words(metrics: dict[str, Any]) -> str:
    """Metrics by name, as a table; those without words of their own are left out."""
    known = {name: value for name, value in metrics.items() if name in _WORDS}
    return table(["", ""], [[_WORDS[n], number_text(v)] for n, v in known.items()])
