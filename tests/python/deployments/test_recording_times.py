import sys
import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
import soundfile

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning
from recorders import guano, info, write_wav

BY = "by AudioMoth 24F3190361CBE8FD at medium gain while battery was 4.2V"


def told(table):
    return [None if t is pd.NaT else t.strftime("%m-%d %H:%M:%S") for t in table["time"]]


def test_times_from_names(tmp_path):
    write_wav(tmp_path / "FEN_20240501_043000.wav", seconds=2)
    write_wav(tmp_path / "sub/6631C548.WAV", seconds=0.5)
    table = hearingai.recording_times(tmp_path, tz="Europe/Berlin")
    assert list(table) == [
        *("fname", "time", "duration", "site", "latitude", "longitude", "recorder", "source")
    ]
    assert told(table) == ["05-01 02:30:00", "05-01 04:30:00"]
    assert str(table["time"].dtype) == "datetime64[us, UTC]"
    assert table["duration"].tolist() == [2.0, 0.5]
    assert table["site"].tolist() == ["FEN", None]
    assert table["source"].tolist() == ["name", "name"]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Recorded at 04:30:00 01/05/2024 by AudioMoth 24F3190361CBE8FD at", "05-01 04:30:00"),
        (f"Recorded at 04:30:00 01/05/2024 (UTC) {BY}", "05-01 04:30:00"),
        (f"Recorded at 04:30:00 01/05/2024 (UTC+2) {BY}", "05-01 02:30:00"),
        (f"Recorded at 04:30:00 01/05/2024 (UTC-3:30) {BY}", "05-01 08:00:00"),
        (f"Recorded at 04:30:00 01/05/2024 (UTC-0:30) {BY}", "05-01 05:00:00"),
        ("Recorded at 04:30:00 01/05/2024 (UTC+10) during deployment 0A at", "04-30 18:30:00"),
        (
            "Recorded at 04:30:00.500 01/05/2024 (UTC) by AudioMoth 24F3190361CBE8FD",
            "05-01 04:30:00",
        ),
    ],
)
def test_comments_of_audiomoths(tmp_path, text, time):
    path = write_wav(
        tmp_path / "20200101_000000.WAV", before=info(ICMT=text, IART="AudioMoth 24F3190361CBE8FD")
    )
    table = hearingai.recording_times(path, tz="America/Lima")
    assert told(table) == [time]
    assert table["source"].tolist() == ["audiomoth"]
    assert table["recorder"].tolist() == ["AudioMoth 24F3190361CBE8FD"]


def test_guano_behind_the_sound_comes_first(tmp_path):
    text = "GUANO|Version: 1.0\nTimestamp: 2024-05-01T04:30:00.25+02:00\nMake:Open\nModel:AudioMoth"
    text += "\nSerial:24F3\nLoc Position: 52.5 -13.25\n \0"
    comment = info(ICMT=f"Recorded at 00:00:00 01/01/2020 (UTC) {BY}")
    path = write_wav(tmp_path / "FEN_20200101_000000.wav", before=comment, behind=guano(text))
    row = hearingai.recording_times(path).iloc[0]
    assert row["time"].isoformat() == "2024-05-01T02:30:00.250000+00:00"
    assert (row["latitude"], row["longitude"]) == (52.5, -13.25)
    assert (row["site"], row["recorder"], row["source"]) == ("FEN", "AudioMoth 24F3", "guano")


def test_guano_without_a_zone_takes_that_of_the_call(tmp_path):
    path = write_wav(tmp_path / "a.wav", before=guano("Timestamp:2024-05-01T04:30:00\n"))
    assert told(hearingai.recording_times(path, tz="UTC+1")) == ["05-01 03:30:00"]


def test_comments_of_flac(tmp_path):
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 8000, 1) as file:
        file.comment = f"Recorded at 04:30:00 01/05/2024 (UTC) {BY}"
        file.write(np.zeros(800))
    assert told(hearingai.recording_times(path)) == ["05-01 04:30:00"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are text")
def test_names_of_any_bytes(tmp_path):
    write_wav(tmp_path / "caf\udce9_20240501_043000.wav", seconds=2)
    events = pd.DataFrame({"start": [0.0], "end": [1.0], "label": ["go"]})
    times = hearingai.recording_times(tmp_path)
    assert times["site"].tolist() == [r"caf\xe9"]
    events["fname"] = times["fname"]
    history = hearingai.detection_history(events, times)
    assert history["site"].tolist() == [r"caf\xe9"]
    assert history["n"].tolist() == [1]


def test_a_table_and_a_pattern_come_first(tmp_path):
    paths = [write_wav(tmp_path / site / "0105_0430.wav") for site in ("fen", "bog", "oak")]
    given = pd.DataFrame(
        {"fname": paths, "time": ["2023-01-01 12:00", None, None], "observer": ["x", "y", "z"]}
    )
    given["site"] = [None, None, "wood"]
    pattern = r"(?P<site>[^/]+)/(?P<day>..)(?P<month>..)_(?P<hour>..)(?P<minute>..)"
    with pytest.raises(HearingAIError, match="must have a date"):
        hearingai.recording_times(given, pattern=pattern)
    pattern = r"(?P<site>[^/]+)/[^/]*$"
    with pytest.warns(HearingAIWarning, match="2 of 3 recordings have no time"):
        table = hearingai.recording_times(given, pattern=pattern, tz="UTC+2")
    assert told(table) == ["01-01 10:00:00", None, None]
    assert table["site"].tolist() == ["fen", "bog", "wood"]
    assert table["source"].tolist() == ["table", None, None]
    assert table["observer"].tolist() == ["x", "y", "z"]


def test_dates_are_midnight_as_text_and_as_dates():
    given = pd.DataFrame({"fname": ["a.wav", "b.wav"], "duration": [60, 60]})
    given["time"] = ["2024-05-01", date(2024, 5, 1)]
    assert told(hearingai.recording_times(given)) == ["05-01 00:00:00"] * 2


def test_files_that_are_elsewhere_need_a_duration():
    given = pd.DataFrame({"fname": ["x/20240501_043000.wav"], "duration": [60]})
    table = hearingai.recording_times(given)
    assert (told(table), table["duration"].tolist()) == (["05-01 04:30:00"], [60.0])
    with pytest.warns(HearingAIWarning, match="1 of 1 recordings have no duration"):
        table = hearingai.recording_times(given[["fname"]])
    assert told(table) == ["05-01 04:30:00"]
    with pytest.raises(HearingAIError, match="have no duration"):
        hearingai.recording_times(given[["fname"]], on_error="raise")


def test_clocks_a_recording(tmp_path):
    given = pd.DataFrame({"fname": [f"{x}_20240511_000020.wav" for x in "ab"], "duration": 1})
    given["drift"], given["clock_set"] = [2, None], "2024-05-01 00:00"
    given["tz"] = [None, "Asia/Tokyo"]
    assert told(hearingai.recording_times(given)) == ["05-11 00:00:00", "05-10 15:00:20"]
    table = hearingai.recording_times(given[["fname", "duration"]], drift=2, clock_set="2024-05-01")
    assert told(table) == ["05-11 00:00:00"] * 2


def test_a_drift_needs_the_time_when_the_clock_was_right():
    given = pd.DataFrame({"fname": ["20240511_000020.wav"], "duration": 1})
    with pytest.raises(HearingAIError, match="`clock_set` must be given with `drift`"):
        hearingai.recording_times(given, drift=2)


def test_odd_times_are_named_in_one_warning():
    names = ["20241027_023000.wav", "20240331_023000.wav", "nothing.wav", "20240501_043000.wav"]
    given = pd.DataFrame({"fname": names, "duration": 1.0})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        table = hearingai.recording_times(given, tz="Europe/Berlin")
    assert told(table) == ["10-27 00:30:00", "03-31 01:30:00", None, "05-01 02:30:00"]
    (text,) = [str(w.message) for w in caught]
    assert "1 of 4 recordings have no time in name, header or table: nothing.wav" in text
    assert "put back, and the first is taken: 20241027_023000.wav" in text
    assert "put forward, and are taken as those of a clock that was not: 20240331" in text


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"fname": ["a.wav", "a.wav"]}, "each recording once. Received twice: a.wav"),
        (
            {"latitude": [1, 91]},
            r'recordings\["latitude"\]` in row 2 must be a number from -90 to 90',
        ),
        ({"time": ["x", None]}, r'recordings\["time"\]` in row 1 must be a date and time'),
        ({"duration": [1, -1]}, r'recordings\["duration"\]` in row 2'),
        ({"tz": ["UTC", "Mars"]}, "`tz` must be the name of a time zone"),
    ],
)
def test_odd_tables(changes, named):
    given = pd.DataFrame({"fname": ["a.wav", "b.wav"], "duration": 1.0}).assign(**changes)
    with pytest.raises(HearingAIError, match=named):
        hearingai.recording_times(given)


def test_times_of_clocks_that_were_never_set_are_told(tmp_path):
    for name in ("19700101_000300.WAV", "20240501_000000.WAV"):
        write_wav(tmp_path / name, seconds=1)
    with pytest.warns(HearingAIWarning, match="1 of 2 times are of 1970, .*: .*19700101_000300"):
        table = hearingai.recording_times(tmp_path, tz="UTC+2")
    assert table["time"].notna().all()
    given = table[["fname"]].assign(time=["1970-06-01T00:00Z", "2024-05-01T00:00Z"], duration=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hearingai.recording_times(given)  # who writes it into a table means it


@pytest.mark.parametrize("place", ["1e9 5", "inf 5", "52 nan", "91 0", "0 181", "52,5 13,4", "52"])
def test_places_that_cannot_be_are_none(tmp_path, place):
    path = write_wav(tmp_path / "20240501_043000.wav", behind=guano(f"Loc Position: {place}\n"))
    row = hearingai.recording_times(path).iloc[0]
    assert np.isnan([row["latitude"], row["longitude"]]).all()


def test_one_recording_by_two_paths_is_there_twice(tmp_path):
    path = write_wav(tmp_path / "20240501_043000.wav")
    with pytest.raises(HearingAIError, match="each recording once. Received twice"):
        hearingai.recording_times([path, tmp_path / "x" / ".." / "20240501_043000.wav"])
