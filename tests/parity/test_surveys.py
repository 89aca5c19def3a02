"""Surveys: both languages read the same times, count the same, and draw the same sample."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from recorders import guano, write_wav


@pytest.fixture
def survey(tmp_path):
    field = tmp_path / "field"
    write_wav(field / "FEN_20240501_233000.wav", seconds=90)
    write_wav(field / "BOG_20240503_043000.wav", seconds=60)
    place = guano("Timestamp:2024-05-02T04:30:00.123456+02:00\nLoc Position:52.5 13.4\n")
    write_wav(field / "x.wav", behind=place, seconds=30)
    names = sorted(str(path) for path in field.iterdir())
    rng = np.random.default_rng(1)
    events = pd.DataFrame({"fname": rng.choice(names, 20), "start": rng.uniform(0, 30, 20)})
    events["end"], events["label"] = events["start"] + 0.5, rng.choice(["owl", "wren"], 20)
    hearingai.write_events(events.assign(score=rng.uniform(size=20)), tmp_path / "events.csv")
    windows = pd.DataFrame({"start": np.arange(500.0), "prob_wren": rng.uniform(size=500)})
    windows.to_csv(tmp_path / "windows.csv", index=False)
    return tmp_path


def test_r_and_python_count_the_same(rscript, survey):
    rscript(
        f"setwd('{survey}')\n"
        "pattern <- '(?<site>[^/_]+)[^/]*$'\n"
        "times <- recording_times('field', tz = 'Europe/Berlin', pattern = pattern)\n"
        f"times$fname <- file.path('{survey}', times$fname)\n"
        "events <- add_times(read_events('events.csv'), times)\n"
        "writeBin(c(as.numeric(times$time), as.numeric(events$time)), 'times.bin')\n"
        "history <- detection_history(events, times, by = 'hour', tz = 'Europe/Berlin')\n"
        "writeBin(c(history$n, history$effort, as.numeric(history$occasion)) + 0, 'history.bin')\n"
        "write.csv(presence_matrix(history, 'wren'), 'matrix.csv')\n"
        "pattern <- activity_pattern(events, times, min_score = 0.3)\n"
        "writeBin(pattern$rate, 'rate.bin')\n"
        "windows <- read.csv('windows.csv')\n"
        "names(windows)[2] <- '.pred_wren'\n"
        "sample <- density_sample(windows, 60, seed = 3)\n"
        "sample$present <- as.integer(sample$score > 0.8)\n"
        "density <- estimate_density(windows, sample, seed = 4)\n"
        "writeBin(c(sample$start, unlist(density$summary), density$bins$lower), 'density.bin')\n"
    )
    pattern = "(?P<site>[^/_]+)[^/]*$"
    times = hearingai.recording_times(survey / "field", tz="Europe/Berlin", pattern=pattern)
    assert times["site"].tolist() == ["BOG", "FEN", "x.wav"]
    events = hearingai.add_times(hearingai.read_events(survey / "events.csv"), times)
    seconds = np.fromfile(survey / "times.bin")
    told = pd.concat([times["time"], events["time"]]).dt.tz_localize(None)
    np.testing.assert_array_equal((seconds * 1e6).round(), told.to_numpy("int64"))
    history = hearingai.detection_history(events, times, by="hour", tz="Europe/Berlin")
    n, effort, occasion = np.fromfile(survey / "history.bin").reshape(3, -1)
    np.testing.assert_array_equal(n, history["n"].to_numpy("float64", na_value=np.nan))
    np.testing.assert_array_equal(effort, history["effort"])
    utc = history["occasion"].dt.tz_convert("UTC").dt.tz_localize(None)
    np.testing.assert_array_equal(occasion * 1e6, utc.to_numpy("int64"))
    matrix = pd.read_csv(survey / "matrix.csv", index_col=0)
    wide = hearingai.presence_matrix(history, "wren")
    np.testing.assert_array_equal(matrix.to_numpy(), wide.to_numpy())
    rate = hearingai.activity_pattern(events, times, min_score=0.3)["rate"]
    np.testing.assert_array_equal(np.fromfile(survey / "rate.bin"), rate)
    windows = pd.read_csv(survey / "windows.csv")
    sample = hearingai.density_sample(windows, 60, seed=3)
    sample["present"] = (sample["score"] > 0.8).astype(int)
    density = hearingai.estimate_density(windows, sample, seed=4)
    expected = [*sample["start"], *density.summary.iloc[0], *density.bins["lower"]]
    np.testing.assert_array_equal(np.fromfile(survey / "density.bin"), expected)
