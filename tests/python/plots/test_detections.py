"""The pictures of detection show the numbers of detection_metrics."""

import io

import numpy as np
import pytest

import hearingai
from detections import EVENTS, TRUTH
from hearingai.errors import HearingAIError
from hearingai.plots import plot_data as flat
from hearingai.plots import plot_det, plot_detections

RESULT = hearingai.detection_metrics(EVENTS, TRUTH, duration=1800)


def saved(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return len(buffer.getvalue())


def test_the_det_curve_is_that_of_the_metrics():
    ax = plot_det(RESULT).axes[0]
    line = ax.lines[0]
    assert (ax.get_xscale(), line.get_drawstyle()) == ("log", "steps-post")
    x, y = line.get_xdata(), line.get_ydata()
    # the start, where nothing is counted; then a place a score; then on to the end of the axis
    assert y.tolist() == [1, *RESULT.curve["miss_rate"], RESULT.curve["miss_rate"].iloc[-1]]
    positive = RESULT.curve["false_accepts_per_hour"] > 0
    assert x[1:6][positive].tolist() == [2, 4, 6, 6]
    assert (x[:2] < 2).all() and x[0] == x[1]
    assert ax.get_xlim()[0] < x[0] and x[-1] <= ax.get_xlim()[1]
    assert [t.get_text() for t in ax.get_xticklabels()][0] == "0"


def test_several_curves_have_names_and_marks():
    chosen = hearingai.detection_metrics(EVENTS, TRUTH, duration=1800, wanted_per_hour=2)
    figure = plot_det({"10 dB": chosen, "0 dB": RESULT.curve}, title="noise")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["10 dB, threshold 0.75", "0 dB"]
    mark = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2, 0.75)
    styles = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len(styles) == 3
    assert [*flat.det([RESULT, RESULT])["names"]] == ["1", "2"]
    assert not plot_det(RESULT).legends
    assert plot_det(chosen).legends[0].get_texts()[0].get_text() == "threshold 0.75"
    assert saved(figure) > 5000


def test_operating_points_are_marked():
    at = {"duration": 3600, "at_false_accepts_per_hour": (1, 2)}
    figure = plot_det(hearingai.detection_metrics(EVENTS, TRUTH, **at))
    mark = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert mark.get_xdata().tolist() == [1, 2]
    assert mark.get_ydata().tolist() == [0.75, 0.75]


def test_a_detector_without_false_accepts_is_drawn():
    perfect = hearingai.detection_metrics(TRUTH.assign(score=1.0), TRUTH, duration=60)
    ax = plot_det(perfect).axes[0]
    assert ax.lines[0].get_ydata().tolist() == [1, 0, 0]
    assert saved(ax.figure) > 3000


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        (hearingai.detection_metrics(EVENTS, TRUTH), "needs `duration`"),
        (hearingai.detection_metrics(EVENTS, TRUTH[:0], duration=9), "there was no true event"),
        ({"x": hearingai.detection_metrics(EVENTS[:0], TRUTH)}, "of 'x' has an empty curve"),
        (TRUTH, "or its table `curve`. Received: DataFrame"),
        ([3], "Received: int"),
        ({}, "or several such, in a list"),
        (None, "or several such, in a list"),
    ],
)
def test_what_has_no_curve_is_named(metrics, message):
    with pytest.raises(HearingAIError, match=message):
        plot_det(metrics)


def test_the_time_line_shows_every_outcome():
    numbers = flat.detections(EVENTS, TRUTH)
    bars = numbers["bars"]
    assert numbers["labels"] == ["up", "no", "go"]
    assert bars["kind"].tolist() == [
        *("there, found", "there, missed", "there, missed"),
        *("hit", "duplicate", "substitution", "false accept"),
    ]
    there = bars["kind"].str.startswith("there")
    lane = np.array([3, 2, 1, 3, 3, 1, 3])
    assert (np.floor(bars["low"] + 0.5) == lane).all()
    assert (bars["low"][there] >= lane[there]).all()
    assert (bars["high"][~there] <= lane[~there]).all()
    assert bars["left"][:3].tolist() == [1, 5, 9]
    assert bars["right"][3:].tolist() == [2, 2, 6, 21]
    assert numbers["text"] == "a: 1 of 3 found, 3 false accepts"
    figure = plot_detections(EVENTS, TRUTH, title="words")
    assert len(figure.axes[0].patches) == 7
    assert [t.get_text() for t in figure.legends[0].get_texts()] == [
        *("there, found", "there, missed", "hit", "substitution", "duplicate", "false accept")
    ]
    assert saved(figure) > 5000


def test_a_part_another_recording_and_a_threshold():
    part = flat.detections(EVENTS, TRUTH, start=4.0, end=10.0)["bars"]
    assert part["kind"].tolist() == ["there, missed", "there, missed", "substitution"]
    other = flat.detections(EVENTS, TRUTH, fname="b")
    assert other["text"] == "b: 1 of 1 found, 0 false accepts"
    sure = flat.detections(EVENTS, TRUTH, threshold=0.85)["bars"]
    assert sure["kind"].tolist() == ["there, found", "there, missed", "there, missed", "hit"]
    strict = flat.detections(EVENTS.assign(start=1.9), TRUTH[:1], tolerance=0.1, by="onset")
    assert "hit" not in set(strict["bars"]["kind"])


def test_what_is_short_can_be_seen():
    truth = TRUTH[:2].assign(start=[10.0, 3000.0], end=[10.0, 3600.0])
    bars = flat.detections(truth, truth)["bars"]
    width = (bars["right"] - bars["left"]).tolist()
    assert width[0] == pytest.approx(3600 * 1.02 / 400)
    assert width[1] == 600
    middle = (bars["left"] + bars["right"]) / 2
    assert middle[0] == pytest.approx(10)


def test_odd_tables_are_drawn_or_named():
    assert saved(plot_detections(EVENTS[:0], TRUTH)) > 3000
    assert saved(plot_detections(EVENTS, TRUTH[:0])) > 3000
    assert saved(plot_detections(EVENTS.assign(label="a$b$"), TRUTH)) > 3000
    with pytest.raises(HearingAIError, match="there is nothing to draw"):
        plot_detections(EVENTS[:0], TRUTH[:0])
    with pytest.raises(HearingAIError, match="`fname` must be a recording.* Received: 'c'"):
        plot_detections(EVENTS, TRUTH, fname="c")
    with pytest.raises(HearingAIError, match="`end` must be behind `start`"):
        plot_detections(EVENTS, TRUTH, start=5, end=5)
    with pytest.raises(HearingAIError, match="`truth` must be a table"):
        plot_detections(EVENTS, None)
