from pathlib import Path

import pandas as pd
import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning

EVENTS = pd.DataFrame(
    {"fname": ["a.wav", "b.wav", "a.wav"], "start": [0, 1.5, 60], "end": [1, 2, 61], "label": "go"}
)
TIMES = pd.DataFrame({"fname": ["a.wav"], "time": ["2024-05-01T04:30:00+02:00"], "site": ["fen"]})


def test_events_get_times_and_places():
    with pytest.warns(HearingAIWarning, match="1 of 3 events have no time, being of: b.wav"):
        table = hearingai.add_times(EVENTS, TIMES)
    assert str(table["time"].dtype) == "datetime64[us, UTC]"
    assert table["time"][0].isoformat() == "2024-05-01T02:30:00+00:00"
    assert table["time"][1] is pd.NaT
    assert table["time"][2].isoformat() == "2024-05-01T02:31:00+00:00"
    assert table["site"].fillna("").tolist() == ["fen", "", "fen"]
    assert "latitude" not in table


def test_paths_are_known_however_they_are_written():
    times = TIMES.assign(fname=str(Path("a.wav").resolve()))
    with pytest.warns(HearingAIWarning, match="1 of 3"):
        table = hearingai.add_times(EVENTS, times)
    assert table["time"].notna().tolist() == [True, False, True]


def test_times_survive_files(tmp_path):
    table = hearingai.add_times(EVENTS[EVENTS["fname"] == "a.wav"], TIMES)
    for ending in ("csv", "parquet"):
        path = hearingai.write_events(table, tmp_path / f"a.{ending}")
        pd.testing.assert_series_equal(hearingai.read_events(path)["time"], table["time"])


def test_a_column_time_of_the_users_stays(tmp_path):
    events = EVENTS.assign(time=["dawn", "noon", None])
    path = hearingai.write_events(events, tmp_path / "a.csv")
    assert hearingai.read_events(path)["time"].tolist()[:2] == ["dawn", "noon"]


@pytest.mark.parametrize(
    ("times", "named"),
    [
        (pd.concat([TIMES, TIMES]), "each recording once"),
        (TIMES.assign(time="dawn"), "must be dates and times"),
        (TIMES[["fname"]], "columns `fname`, `time`"),
    ],
)
def test_odd_tables(times, named):
    with pytest.raises(HearingAIError, match=named):
        hearingai.add_times(EVENTS, times)


def test_degrees_are_no_whole_numbers():
    times = TIMES.assign(latitude=[50], longitude=[8])
    table = hearingai.add_times(EVENTS[EVENTS["fname"] == "a.wav"], times)
    assert table["latitude"].dtype == table["longitude"].dtype == "float64"
