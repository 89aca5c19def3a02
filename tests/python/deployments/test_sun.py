import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.deployments.sun import hours_from_sun, sun_times
from hearingai.errors import HearingAIError

need("astral")


def test_sunrises_of_berlin():
    """On May 1 the sun rose there at about 05:35 of summer time."""
    first = np.datetime64("2024-05-01T12:00", "us")
    times = sun_times("sunrise", first, first, 52.52, 13.40)
    assert any(abs(np.datetime64("2024-05-01T03:35") - t) < np.timedelta64(2, "m") for t in times)
    assert len(times) >= 3 and (np.diff(times) > np.timedelta64(23, "h")).all()


def test_hours_are_from_the_nearest():
    sunrise = sun_times(
        "sunrise", np.datetime64("2024-05-01", "us"), np.datetime64("2024-05-01", "us"), 10.0, 179.0
    )[1]
    hour = np.timedelta64(1, "h")
    times = np.array([sunrise - hour, sunrise + 11 * hour, sunrise + 13 * hour])
    hours = hours_from_sun("sunrise", times, np.full(3, 10.0), np.full(3, 179.0))
    np.testing.assert_allclose(hours, [-1, 11, -11], atol=0.02)


def test_no_sunrise_near_the_pole_and_no_place():
    times = np.array(["2024-06-21T12:00", "2024-06-21T12:00"], "datetime64[us]")
    hours = hours_from_sun("sunset", times, np.array([85.0, np.nan]), np.zeros(2))
    assert np.isnan(hours).all()


def test_events_get_hours_from_sunrise():
    events = pd.DataFrame({"fname": ["a.wav"], "start": [1800.0], "end": [1801.0], "label": "go"})
    times = pd.DataFrame({"fname": ["a.wav"], "time": ["2024-05-01T03:35Z"]})
    placed = times.assign(latitude=52.52, longitude=13.4)
    table = hearingai.add_times(events, placed, relative_to="sunrise")
    assert table["hours_from_sunrise"][0] == pytest.approx(0.5, abs=0.03)
    with pytest.raises(HearingAIError, match="needs the `latitude`"):
        hearingai.add_times(events, times, relative_to="sunrise")
    with pytest.raises(HearingAIError, match="`relative_to` must be one of"):
        hearingai.add_times(events, placed, relative_to="moonrise")
