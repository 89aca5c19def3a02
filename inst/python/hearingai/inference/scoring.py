"""The metrics of predictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..classifier.protocol import Classifier
from ..clips.decoding import report_bad_files
from ..errors import AudioFileError, warn
from ..evaluation import (
    accuracy,
    binary_metrics,
    bootstrap_interval,
    class_aucs,
    class_report,
    confusion,
    cross_entropy,
    f1_score,
)
from ..runtime.sizes import counted
from ..tables.class_types import as_they_were
from ..tables.label_sets import TRUE_LABELS
from .answers import label_thresholds
from .label_scoring import of_labels

AT_THRESHOLD = ("accuracy", "precision", "recall", "f1_positive", "f1_macro")


@dataclass
class Evaluation:
    """The metrics of a classifier on labelled clips.

    Attributes:
        accuracy: Share of the clips whose most probable label is right; of a classifier of any
            number of labels a clip, of those that got exactly the labels that they have.
        loss: Mean cross-entropy, in nats; of labels the mean over them, too.
        n: Clips counted.
        metrics: DataFrame `metric`, `value`, `low`, `high`: accuracy with its 95 % bootstrap
            interval (over what `grouped_by` names, else over clips; NaN where there is but one to
            draw), F1 under each average, areas under the ROC and precision-recall curves; and where
            one of two labels is the target, its precision, recall and F1, at 0.5 and at the
            threshold that training chose on its validation clips. Of labels: accuracy, the mean
            average precision `map_macro` (the mean over the labels) and `map_micro` (of all answers
            as one ranking), `roc_auc` and `f1` likewise; labels that no clip has take no part.
        per_class: DataFrame `label`, `precision`, `recall`, `f1`, `n`; of labels also
            `average_precision`, `roc_auc` and the `threshold` that the others are at.
        confusion: DataFrame `truth`, `predicted`, `n`, a row per pair of labels; of any number of
            labels a clip, how many clips with the one got the other.
        predictions: What `predict` returns, with the true `class` beside it; of labels, with
            `true_labels`.
        errors: DataFrame `fname`, `error` of the recordings that could not be read.
        n_seen: Clips that the classifier was trained on, which make the metrics too optimistic;
            `None` for an exported classifier, where this is unknown.
        left_out: Classes of the table that the classifier does not know, not counted.
        groups: What each clip of `predictions` belongs to, such as its speaker, text; intervals
            draw all clips of one together. `None` where each clip stands for itself.
        grouped_by: What the groups are: `"speaker"`, `"source"`, `"fold"` or `"recording"`.
    """

    accuracy: float
    loss: float
    n: int
    metrics: pd.DataFrame
    per_class: pd.DataFrame
    confusion: pd.DataFrame
    predictions: pd.DataFrame
    errors: pd.DataFrame
    n_seen: int | None
    left_out: list[str]
    groups: list[str] | None = None
    grouped_by: str | None = None

    def __repr__(self) -> str:
        seen = f", {self.n_seen} of them used in training" if self.n_seen else ""
        value = dict(zip(self.metrics["metric"], self.metrics["value"], strict=True))
        first = f"mAP {value['map_macro']:.4f}, " if "map_macro" in value else ""
        return (
            f"<Evaluation: {first}accuracy {self.accuracy:.4f}, loss {self.loss:.4f} "
            f"on {counted(self.n, 'clip')}{seen}>"
        )


def summary(
    classifier: Classifier,
    table: pd.DataFrame,
    groups: Sequence[str] | np.ndarray | None = None,
    n_seen: int | None = 0,
    left_out: Sequence[str] = (),
    grouped_by: str | None = None,
) -> Evaluation:
    """The metrics of predictions with their true `class`, or `true_labels`.

    Args:
        classifier: The classifier that made them.
        table: What `predict` returns, with the column `class` or `true_labels`.
        groups: Speaker, source, fold or recording of each row, for the bootstrap; `None` takes
            single clips.
        n_seen: Clips used in training; `None` where that is not known.
        left_out: Classes not counted.
        grouped_by: What the groups are.
    """
    bad = table["error"].notna().to_numpy()
    errors = table.loc[bad, ["fname", "error"]].reset_index(drop=True)
    if bad.all():
        raise AudioFileError(errors["fname"][0], errors["error"][0])
    if len(errors):
        warn(report_bad_files(errors, len(table)))
    good = table[~bad]
    if n_seen:
        warn(
            f"{n_seen} of {len(good)} clips were used in training; the metrics are too "
            f"optimistic. Evaluate on new clips, best of new speakers"
        )
    probabilities = good[[f"prob_{label}" for label in classifier.labels]].to_numpy()
    kept = None if groups is None else np.asarray(groups)[~bad]
    measure = _of_labels if classifier.multi_label else _of_classes
    return Evaluation(
        n=len(good),
        predictions=_as_they_were(classifier, table),
        errors=errors,
        n_seen=n_seen,
        left_out=list(left_out),
        groups=None if groups is None else [str(group) for group in groups],
        grouped_by=grouped_by,
        **measure(classifier, good, probabilities, kept),
    )


def _of_classes(
    classifier: Classifier, good: pd.DataFrame, probabilities: np.ndarray, groups: np.ndarray | None
) -> dict[str, Any]:
    """The measures of clips with one class each, as an `Evaluation` holds them."""
    labels = classifier.labels
    position = {label: i for i, label in enumerate(labels)}
    class_id = good["class"].map(position).to_numpy()
    return {
        "loss": cross_entropy(class_id, probabilities),
        "accuracy": accuracy(good["class"], good["label"]),
        "metrics": _metrics(classifier, good, probabilities, groups),
        "per_class": class_report(good["class"], good["label"], labels=labels),
        "confusion": confusion(good["class"], good["label"], labels=labels),
    }


def _of_labels(
    classifier: Classifier, good: pd.DataFrame, probabilities: np.ndarray, groups: np.ndarray | None
) -> dict[str, Any]:
    """The measures of clips with any number of labels, as an `Evaluation` holds them."""
    truth, thresholds = good[TRUE_LABELS].to_list(), label_thresholds(classifier)
    found = of_labels(truth, probabilities, classifier.labels, thresholds)
    right = pd.Series(found.pop("right"))
    rows = [
        ("accuracy", found["accuracy"], *_interval(pd.Series(True, right.index), right, groups))
    ]
    return found | {"metrics": _table_of([*rows, *found.pop("means").items()])}


def _as_they_were(classifier: Classifier, table: pd.DataFrame) -> pd.DataFrame:
    """The predictions with the classes that the labels were made of; of labels as they are."""
    if classifier.multi_label:
        return table
    classes = classifier.record.get("classes")
    known = classifier.labels
    columns = {name: as_they_were(table[name], classes, known) for name in ("class", "label")}
    return table.assign(**columns)


def _interval(truth: pd.Series, label: pd.Series, groups: np.ndarray | None) -> tuple[float, float]:
    """The accuracy's confidence interval; NaN with fewer than two groups."""
    if len(truth if groups is None else np.unique(groups)) < 2:
        return np.nan, np.nan
    found = bootstrap_interval(truth, label, groups=groups, seed=0).iloc[0]
    return float(found["low"]), float(found["high"])


def metric_names(classifier: Classifier) -> tuple[str, ...]:
    """The metrics of an `Evaluation` that classifiers like this one can be compared by."""
    averages = ("macro", "micro", "weighted")
    names = ("accuracy", *(f"f1_{average}" for average in averages))
    if classifier.multi_label:
        areas = (f"{area}_{average}" for area in ("map", "roc_auc") for average in averages[:2])
        return (*names, *areas)
    if classifier.target is None:
        return (*names, "roc_auc_macro", "pr_auc_macro")
    of_target = ("precision", "recall", "f1_positive", "roc_auc", "pr_auc")
    return (*names, *of_target, *(f"{name}_at_threshold" for name in AT_THRESHOLD))


def _metrics(
    classifier: Classifier,
    good: pd.DataFrame,
    probabilities: np.ndarray,
    groups: np.ndarray | None,
) -> pd.DataFrame:
    """The table of metrics."""
    truth, label, labels = good["class"], good["label"], classifier.labels
    rows: list[tuple] = [("accuracy", accuracy(truth, label), *_interval(truth, label, groups))]
    for average in ("macro", "micro", "weighted"):
        rows.append((f"f1_{average}", f1_score(truth, label, average=average)))
    if classifier.target is None:
        areas = class_aucs(truth, probabilities, labels=labels)
        rows += [("roc_auc_macro", areas["roc_auc"].mean())]
        rows += [("pr_auc_macro", areas["pr_auc"].mean())]
    else:
        score = probabilities[:, labels.index(classifier.target)]
        at_half = binary_metrics(truth, score, target=classifier.target).iloc[0]
        rows += [(n, at_half[n]) for n in ("precision", "recall", "f1_positive")]
        rows += [(n, at_half[n]) for n in ("roc_auc", "pr_auc")]
        threshold = classifier.record.get("threshold")
        if threshold is not None:
            chosen = binary_metrics(truth, score, classifier.target, threshold=threshold).iloc[0]
            rows.append(("threshold", chosen["threshold"]))
            rows += [(f"{n}_at_threshold", chosen[n]) for n in AT_THRESHOLD]
    return _table_of(rows)


def _table_of(rows: list[tuple]) -> pd.DataFrame:
    """The table of metrics of rows `(metric, value)` or `(metric, value, low, high)`."""
    rows = [(*row, np.nan, np.nan)[:4] for row in rows]
    table = pd.DataFrame(rows, columns=["metric", "value", "low", "high"])
    return table.astype({"value": float, "low": float, "high": float})
