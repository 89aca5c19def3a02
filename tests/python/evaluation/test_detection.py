"""Events against the truth: counts, rates and curves, by hand, and what cannot be measured."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import hearingai
from detections import EVENTS, TRUTH, random_lists
from hearingai.errors import HearingAIError, HearingAIWarning


def test_counts_and_rates_by_hand():
    result = hearingai.detection_metrics(EVENTS, TRUTH, duration=1800)
    row = result.summary.iloc[0]
    counts = ["n_truth", "n_events", "hits", "misses", "false_accepts", "substitutions"]
    assert row[[*counts, "duplicates"]].tolist() == [4, 5, 2, 2, 3, 1, 1]
    assert row[["precision", "recall", "miss_rate"]].tolist() == [0.4, 0.5, 0.5]
    assert row["f1"] == pytest.approx(4 / 9)
    assert row[["false_accepts_per_hour", "hours"]].tolist() == [6, 0.5]
    assert result.events["outcome"].tolist() == [
        *("hit", "duplicate", "substitution", "false accept", "hit")
    ]
    assert result.truth["outcome"].tolist() == ["hit", "miss", "miss", "hit"]
    assert result.truth["event"].tolist()[:2] == [0, 2]
    assert np.isnan(result.truth["event"][2])
    assert repr(result) == (
        "<DetectionMetrics: 2 of 4 events found, 3 false accepts (6 an hour), "
        "precision 0.400, recall 0.500, F1 0.444>"
    )


def test_labels_add_up_to_the_whole():
    result = hearingai.detection_metrics(EVENTS, TRUTH, duration=1800)
    labels = result.per_label.set_index("label")
    assert list(labels.index) == ["go", "no", "up"]
    assert labels.loc["go", ["n_truth", "hits", "false_accepts", "duplicates"]].tolist() == [
        2,
        2,
        2,
        1,
    ]
    assert labels.loc["up", ["n_truth", "substitutions", "recall"]].tolist() == [1, 1, 0]
    for name in ("n_truth", "n_events", "hits", "misses", "false_accepts", "substitutions"):
        assert labels[name].sum() == result.summary[name].item()
    assert labels["false_accepts_per_hour"].sum() == result.summary["false_accepts_per_hour"].item()


def test_the_curve_is_what_every_threshold_gives():
    events, truth = random_lists(3)
    events["score"] = np.round(np.random.default_rng(0).random(len(events)), 1)  # with ties
    curve = hearingai.detection_metrics(events, truth, duration=60).curve
    assert curve["threshold"].tolist() == sorted(events["score"].unique(), reverse=True)
    for row in curve.itertuples():
        at = hearingai.detection_metrics(events, truth, duration=60, threshold=row.threshold)
        for name in curve.columns.drop("threshold"):
            assert at.summary[name].item() == getattr(row, name), name
    assert curve["miss_rate"].is_monotonic_decreasing
    assert curve["false_accepts_per_hour"].is_monotonic_increasing


def test_the_wanted_rate_of_false_accepts_chooses_the_threshold():
    result = hearingai.detection_metrics(EVENTS, TRUTH, duration=3600, wanted_per_hour=1)
    row = result.summary.iloc[0]
    assert row[["threshold", "n_events", "false_accepts"]].tolist() == [0.75, 2, 1]
    none = hearingai.detection_metrics(EVENTS, TRUTH, duration=3600, wanted_per_hour=0)
    assert none.summary["threshold"].item() == pytest.approx(0.85)
    every = hearingai.detection_metrics(EVENTS, TRUTH, duration=3600, wanted_per_hour=3)
    assert every.summary[["threshold", "n_events"]].iloc[0].tolist() == [0.5, 5]
    wrong = EVENTS.assign(label="x")
    nothing = hearingai.detection_metrics(wrong, TRUTH, duration=3600, wanted_per_hour=0.5)
    assert nothing.summary["n_events"].item() == 0
    assert nothing.summary["threshold"].item() > 0.9


def test_false_rejects_are_told_at_numbers_of_false_accepts():
    at = {"duration": 3600, "at_false_accepts_per_hour": (0, 0.5, 1, 2, 9)}
    points = hearingai.detection_metrics(EVENTS, TRUTH, **at).operating_points
    assert points["at_false_accepts_per_hour"].tolist() == [0, 0.5, 1, 2, 9]
    assert points["false_accepts_per_hour"].tolist() == [0, 0, 1, 2, 3]
    assert points["false_reject_rate"].tolist() == [0.75, 0.75, 0.75, 0.75, 0.5]
    np.testing.assert_allclose(points["threshold"], [0.85, 0.85, 0.75, 0.65, 0.5])
    half = hearingai.detection_metrics(EVENTS, TRUTH, **at | {"duration": 1800})
    assert half.operating_points["false_accepts_per_hour"].tolist() == [0, 0, 0, 2, 6]
    one = hearingai.detection_metrics(EVENTS, TRUTH, **at | {"at_false_accepts_per_hour": 2})
    assert len(one.operating_points) == len(one.to_dict()["operating_points"]) == 1
    none = hearingai.detection_metrics(EVENTS, TRUTH, duration=3600).operating_points
    assert (len(none), list(none)) == (0, list(points))


def test_where_nothing_may_be_accepted_all_is_rejected():
    at = {"duration": 3600, "at_false_accepts_per_hour": 0.5}
    wrong = hearingai.detection_metrics(EVENTS.assign(label="x"), TRUTH, **at).operating_points
    assert wrong["false_reject_rate"].item() == 1
    assert wrong["threshold"].item() > 0.9
    empty = hearingai.detection_metrics(EVENTS[:0], TRUTH, **at).operating_points.iloc[0]
    assert (empty["false_reject_rate"], empty["false_accepts_per_hour"]) == (1, 0)
    assert np.isnan(empty["threshold"])
    assert (
        hearingai.detection_metrics(EVENTS, TRUTH[:0], **at).operating_points.isna().any(axis=None)
    )


def test_durations_are_a_number_a_table_or_a_dict():
    seconds = {"a": 3000, "b": 400, "silent": 200}
    frame = pd.DataFrame({"fname": list(seconds), "duration": list(seconds.values())})
    for duration in (3600, seconds, frame):
        result = hearingai.detection_metrics(EVENTS, TRUTH, duration=duration)
        assert result.summary["false_accepts_per_hour"].item() == pytest.approx(3)


def test_an_annotation_brings_its_events_and_its_length():
    heard = SimpleNamespace(events=EVENTS, seconds=1800.0)
    result = hearingai.detection_metrics(heard, TRUTH)
    assert result.summary["false_accepts_per_hour"].item() == 6
    other = hearingai.detection_metrics(heard, TRUTH, duration=3600)
    assert other.summary["false_accepts_per_hour"].item() == 3
    pd.testing.assert_frame_equal(result.events, hearingai.detection_metrics(EVENTS, TRUTH).events)
    assert hearingai.streaming_accuracy(heard, TRUTH)["n_events"].item() == 5


def test_sound_without_a_name_is_one_recording():
    events, truth = EVENTS[:3].assign(fname=None), TRUTH[:3].assign(fname=np.nan)
    assert hearingai.detection_metrics(events, truth).summary["hits"].item() == 1
    with pytest.raises(HearingAIError, match="`events..fname..` is missing in row 1"):
        hearingai.detection_metrics(EVENTS.assign(fname=[None, *"aaaa"]), TRUTH)


def test_nothing_found_and_nothing_there():
    none = hearingai.detection_metrics(EVENTS[:0], TRUTH, duration=3600)
    row = none.summary.iloc[0]
    assert row[["hits", "misses", "precision", "recall", "f1"]].tolist() == [0, 4, 0, 0, 0]
    assert len(none.curve) == len(none.events) == 0
    assert set(none.truth["outcome"]) == {"miss"}
    silent = hearingai.detection_metrics(EVENTS, TRUTH[:0], duration=3600)
    row = silent.summary.iloc[0]
    assert row[["false_accepts", "precision"]].tolist() == [5, 0]
    assert row[["recall", "miss_rate"]].isna().all()
    assert silent.curve["false_accepts"].tolist() == [1, 2, 3, 4, 5]
    both = hearingai.detection_metrics(EVENTS[:0], TRUTH[:0])
    assert list(both.per_label)[0] == "label"
    assert len(both.per_label) == 0
    assert json.loads(json.dumps(both.to_dict(), allow_nan=False))["summary"]["recall"] is None


def test_numbers_are_json():
    text = json.dumps(hearingai.detection_metrics(EVENTS, TRUTH).to_dict(), allow_nan=False)
    answer = json.loads(text)
    assert answer["summary"]["hits"] == 2
    assert answer["summary"]["false_accepts_per_hour"] is None
    assert len(answer["curve"]) == 5


def test_events_without_scores_are_equally_sure():
    result = hearingai.detection_metrics(EVENTS.drop(columns="score"), TRUTH)
    blank = hearingai.detection_metrics(EVENTS.assign(score=None), TRUTH)
    pd.testing.assert_frame_equal(result.curve, blank.curve)
    assert result.curve[["threshold", "hits", "false_accepts"]].to_numpy().tolist() == [[1, 2, 3]]


def test_other_columns_and_row_names_do_not_matter():
    events = EVENTS.assign(extra=None).set_index(pd.Index([7, 7, 3, 1, 0]))
    result = hearingai.detection_metrics(events, TRUTH[::-1])
    assert result.summary["hits"].item() == 2


def test_paths_that_never_agree_are_told():
    with pytest.warns(HearingAIWarning, match="no recording of `events`"):
        hearingai.detection_metrics(EVENTS.assign(fname="./a"), TRUTH)


def test_one_path_that_is_written_otherwise_is_told():
    events = EVENTS.replace({"fname": {"b": "here/b"}})
    with pytest.warns(HearingAIWarning, match="1 recordings of `truth` have no .*: b and here/b"):
        hearingai.detection_metrics(events, TRUTH)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": [1, 2, np.nan, 4, 5]}, "`events..start..` must be a finite number.*row 3"),
        ({"end": [1, 2, np.inf, 24, 5]}, "`events..end..` must be a finite number.*row 3"),
        ({"end": 1.1}, "`events..end..` must not be before `start`. Received in row 2: 1.2 to 1.1"),
        ({"score": [1, 1, np.nan, 1, 1]}, "`events..score..` must be a finite number.*row 3"),
        ({"label": [None, *"abcd"]}, "`events..label..` is missing in row 1"),
        ({"fname": [1, 2, 3, 4, 5]}, "`events..fname..` must hold paths"),
        ({"start": "soon"}, "`events..start..` must hold numbers"),
    ],
)
def test_unfit_events_are_named(change, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.detection_metrics(EVENTS.assign(**change), TRUTH)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"truth": TRUTH.drop(columns="end")},
            "`truth` must have the columns `fname`, `start`, `end`",
        ),
        ({"truth": "truth.csv"}, "`truth` must be a table.*Received: str"),
        ({"tolerance": -1}, "`tolerance` must be a number from 0"),
        ({"tolerance": float("nan")}, "`tolerance` must be a number"),
        ({"by": "middle"}, "`by` must be one of 'midpoint', 'onset', 'overlap'"),
        ({"duration": 0}, "`duration` must be a positive number"),
        ({"duration": {"a": 5}}, "`duration` must name every recording of `events`. It lacks: b"),
        ({"duration": TRUTH}, "`duration` must be seconds or a table"),
        ({"duration": {"a": 5, "b": -1}}, r"`duration\['b'\]` must be a positive number"),
        ({"threshold": "high"}, "`threshold` must be a number"),
        ({"wanted_per_hour": 1}, "`wanted_per_hour` needs `duration`"),
        ({"wanted_per_hour": -1, "duration": 9}, "`wanted_per_hour` must be a number from 0"),
        ({"at_false_accepts_per_hour": 1}, "`at_false_accepts_per_hour` needs `duration`"),
        ({"at_false_accepts_per_hour": [1, -1], "duration": 9}, "`at_false_accepts_per_hour` must"),
        ({"at_false_accepts_per_hour": "two", "duration": 9}, "`at_false_accepts_per_hour` must"),
        ({"wanted_per_hour": 1, "threshold": 0.5}, "exclude each other"),
        ({"wanted_per_hour": 1, "duration": 9, "events": EVENTS[:0]}, "`events` has no rows"),
    ],
)
def test_unfit_arguments_are_named(arguments, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.detection_metrics(**{"events": EVENTS, "truth": TRUTH} | arguments)
