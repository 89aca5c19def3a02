"""Streaming accuracy is counted as in TensorFlow's example."""

import numpy as np
import pytest

import hearingai
from detections import EVENTS, TRUTH, random_lists


def tensorflow_counts(truth, found, tolerance):
    """What the example's loop counts, of `(label, ms)` in order of time."""
    correct = wrong = outside = 0
    matched = set()
    for label, at in found:
        for true_label, true_at in truth:
            if true_at > at + tolerance:
                outside += 1
                break
            if true_at < at - tolerance:
                continue
            if true_label == label and true_at not in matched:
                correct += 1
            else:
                wrong += 1
            matched.add(true_at)
            break
        else:
            outside += 1
    return [len(matched), correct, wrong, outside]


@pytest.mark.parametrize("seed", range(6))
def test_streaming_accuracy_is_that_of_the_example(seed):
    events, truth = random_lists(seed, n=30)
    row = hearingai.streaming_accuracy(events, truth).iloc[0]
    lists = [
        [
            (r.label, round(1000 * r.start))
            for r in frame.sort_values("start", kind="stable").itertuples()
        ]
        for frame in (truth, events)
    ]
    counts = np.array(tensorflow_counts(*lists, 750)) / 30
    assert row[["matched", "correct", "wrong", "false_positives"]].tolist() == pytest.approx(counts)


def test_streaming_accuracy_by_hand():
    row = hearingai.streaming_accuracy(EVENTS, TRUTH).iloc[0]
    assert row[["n_truth", "n_events"]].tolist() == [4, 5]
    # the second of two at one word is wrong
    assert row[["matched", "correct", "wrong", "false_positives"]].tolist() == [
        0.75,
        0.5,
        0.5,
        0.25,
    ]
    none = hearingai.streaming_accuracy(EVENTS, TRUTH[:0]).iloc[0]
    assert none[["matched", "false_positives"]].isna().all()
    assert hearingai.streaming_accuracy(EVENTS[:0], TRUTH)["matched"].item() == 0
