"""The streaming accuracy of keyword spotting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .events import check_events, check_tolerance
from .scores import share


def streaming_accuracy(events: Any, truth: Any, *, tolerance: float = 0.75) -> pd.DataFrame:
    """Measure events by the streaming accuracy of TensorFlow's Speech Commands example.

    For each event in order of start, the first true event that starts within the tolerance is
    taken. If it has the same label and was not taken before, the event is correct, else wrong;
    without such a true event it is a false positive. This matching is greedy; `detection_metrics`
    finds the largest one.

    Args:
        events: A table of events: `fname`, `start`, `end` (seconds), `label`.
        truth: The true events, with the same columns.
        tolerance: Largest distance of the starts, seconds; the example's default is 0.75.

    Returns:
        A DataFrame of one row: `n_truth`, `n_events`, and as shares of the true events `matched`
        (those taken for any event), `correct`, `wrong` and `false_positives` (may exceed 1).
        The shares are NaN where there is no true event. TensorFlow prints them as percentages.

    Raises:
        HearingAIError: A column is missing or has invalid values, or `tolerance` is negative.

    Source:
        P. Warden, "Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition", 2018,
        section "Streaming Accuracy"; `CalculateAccuracyStats` in TensorFlow's
        examples/speech_commands/accuracy_utils.cc.

    Example:
        >>> import hearingai, pandas
        >>> truth = pandas.DataFrame(
        ...     {"fname": "a.wav", "start": [1.0, 5.0], "end": [2.0, 6.0], "label": ["go", "no"]}
        ... )
        >>> events = truth.assign(label="go")
        >>> row = hearingai.streaming_accuracy(events, truth).iloc[0]
        >>> row[["matched", "correct", "wrong", "false_positives"]].tolist()
        [1.0, 0.5, 0.5, 0.0]
    """
    events, truth = check_events("events", events), check_events("truth", truth)
    tolerance = check_tolerance(tolerance) + 1e-9
    places = truth.groupby("fname", sort=False).indices
    counts = np.zeros(4, int)
    for fname, rows in events.groupby("fname", sort=False).indices.items():
        counts += _count(events.iloc[rows], truth.iloc[places.get(fname, [])], tolerance)
    names = ("matched", "correct", "wrong", "false_positives")
    shares = {n: float(share(c, len(truth))) for n, c in zip(names, counts, strict=True)}
    return pd.DataFrame([{"n_truth": len(truth), "n_events": len(events)} | shares])


def _count(events: pd.DataFrame, truth: pd.DataFrame, tolerance: float) -> Any:
    """Count matched, correct, wrong and false positives of one recording."""
    events = events.sort_values("start", kind="stable")
    truth = truth.sort_values("start", kind="stable")
    starts, labels = truth["start"].to_numpy(), truth["label"].tolist()
    first = np.searchsorted(starts, events["start"] - tolerance)
    seen, correct, outside = set(), 0, 0
    for i, start, label in zip(first, events["start"], events["label"], strict=True):
        if i == len(starts) or starts[i] > start + tolerance:
            outside += 1
            continue
        correct += label == labels[i] and i not in seen
        seen.add(i)
    return np.array([len(seen), correct, len(events) - correct - outside, outside])
