"""A picture of events shows each of them, however long the recording."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.plots.event_numbers import event_numbers


@pytest.fixture
def events():
    columns = ["fname", "start", "end", "label", "score"]
    rows = [("a.wav", 10, 12, "yes", 0.9), ("a.wav", 20, 21, "no", 0.5)]
    return pd.DataFrame([*rows, ("a.wav", 90, 100, "yes", 0.7)], columns=columns)


def test_events_are_boxes_in_the_row_of_their_label(events):
    numbers = event_numbers(events)
    assert numbers.ticks["label"].tolist() == ["yes", "no"]  # the most frequent on top
    assert numbers.bars[["left", "right"]].to_numpy().tolist() == [[10, 12], [20, 21], [90, 100]]
    rows = dict(zip(numbers.ticks["label"], numbers.ticks["place"], strict=True))
    for bar in numbers.bars.itertuples():
        assert bar.bottom < rows[bar.label] < bar.top
    assert numbers.limits == (0, 100, 2)
    assert numbers.unit == "s"
    assert len(numbers.wave) == len(numbers.traces) == 0


def test_a_part_of_the_time_shows_what_lies_in_it(events):
    numbers = event_numbers(events, start=11, end=95)
    assert numbers.bars[["left", "right"]].to_numpy().tolist() == [[11, 12], [20, 21], [90, 95]]
    assert len(event_numbers(events, start=30, end=40).bars) == 0


def test_long_recordings_are_told_in_minutes_and_hours(events):
    numbers = event_numbers(events, end=3600)
    assert (numbers.unit, numbers.limits[1], numbers.bars["left"][0]) == ("min", 60, 1 / 6)
    assert event_numbers(events, end=12 * 3600).unit == "h"


def test_probabilities_show_their_peaks_in_hours_of_windows(ear):
    sound = np.zeros(3600 * 100, "float32")
    sound[180_000:180_100] = 1
    found = hearingai.annotate(ear(), sound, smooth=0, labels="loud")
    numbers = event_numbers(found)
    assert len(numbers.traces) < 3300
    assert numbers.traces["top"].max() == pytest.approx(0.06 + 0.84)
    assert numbers.traces["time"][numbers.traces["top"].argmax()] == pytest.approx(30, abs=0.1)


def test_the_waveform_is_that_of_the_file_or_the_array(events, tmp_path):
    sound = np.zeros((2, 100_000), "float32")
    sound[:, 50_000], sound[:, 20_000] = 0.8, -0.4
    hearingai.write_audio(tmp_path / "a.wav", sound, 1000)
    here = events.assign(fname=str(tmp_path / "a.wav"))
    by_file = event_numbers(here).wave
    by_array = event_numbers(events, recording=sound, sample_rate=1000).wave
    pd.testing.assert_frame_equal(by_file, by_array, atol=1e-4)
    assert by_file["time"][by_file["top"].argmax()] == pytest.approx(50, abs=0.1)
    assert by_file["time"][by_file["bottom"].argmin()] == pytest.approx(20, abs=0.1)
    assert event_numbers(here).ticks["label"].tolist() == ["yes", "no", "waveform"]
    assert len(event_numbers(here, start=50.1, end=60).wave) > 0


def test_labels_are_chosen_and_too_many_are_told(events):
    assert event_numbers(events, labels=["no", "up"]).ticks["label"].tolist() == ["no", "up"]
    many = pd.concat([events.assign(label=f"w{i:02d}") for i in range(15)])
    numbers = event_numbers(many)
    assert (len(numbers.ticks), numbers.left_out) == (12, 3)


def test_the_figure_is_drawn(events, tmp_path):
    figure = hearingai.plot_events(events, title="words")
    assert figure.axes[0].get_xlabel() == "time (s)"
    assert len(figure.axes[0].patches) >= 3
    figure.savefig(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"start": 5, "end": 2}, "`end` must be behind"),
        ({"start": 500}, "none to show"),
        ({"recording": np.zeros(5)}, "`sample_rate`"),
        ({"recording": np.array([np.nan]), "sample_rate": 8000}, "finite"),
    ],
)
def test_what_cannot_be_drawn_is_refused(events, options, reason):
    with pytest.raises(hearingai.HearingAIError, match=reason):
        hearingai.plot_events(events, **options)


def test_one_of_several_recordings_is_to_be_named(events):
    two = pd.concat([events, events.assign(fname="b.wav", start=1)])
    with pytest.raises(hearingai.HearingAIError, match="`recording` must name one of the 2"):
        hearingai.plot_events(two)
    assert event_numbers(two, recording="b.wav").bars["left"].tolist() == [1, 1, 1]
