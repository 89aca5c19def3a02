"""Predictions as records, for programs: one a recording, as JSON has them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def prediction_records(table: pd.DataFrame, labels: Sequence[str]) -> list[dict[str, Any]]:
    """The rows that `predict` returned, with the probabilities of each in a dict.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> table = hearingai.predict(classifier, numpy.zeros((1, 16000)))
        >>> list(prediction_records(table, classifier.labels)[0])
        ['fname', 'label', 'score', 'probabilities']
    """
    return [_record(row, labels) for row in table.to_dict("records")]


def answers_in(row: Any) -> list[str]:
    """The columns of the answer: the best label and its score, or the labels."""
    return [name for name in ("label", "score", "labels", "novelty") if name in row]


def _record(row: dict[Any, Any], labels: Sequence[str]) -> dict[str, Any]:
    if isinstance(row["error"], str):
        return {"fname": row["fname"], "error": row["error"]}
    told = {name: row[name] for name in ("fname", *answers_in(row))}
    told["probabilities"] = {label: row[f"prob_{label}"] for label in labels}
    return told | ({"note": row["note"]} if isinstance(row.get("note"), str) else {})
