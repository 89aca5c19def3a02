import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.errors import HearingAIError, HearingAIWarning

EFFORT = pd.DataFrame(
    {
        "fname": ["a.wav", "b.wav"],
        "time": ["2024-05-01T23:30:00Z", "2024-05-03T04:00:00Z"],
        "duration": [3600.0, 1800.0],
    }
)
EVENTS = pd.DataFrame(
    {"fname": "a.wav", "start": [0, 1790, 1800], "end": [1, 1801, 1802], "label": list("xxy")}
)
BERLIN = {"latitude": 52.52, "longitude": 13.4}


def heard(pattern):
    """Bins with effort: label, hour, n and effort."""
    rows = pattern[pattern["effort"] > 0]
    return [(*row[:3], round(row[3], 6)) for row in rows.itertuples(index=False)]


def test_hours_of_the_day():
    pattern = hearingai.activity_pattern(EVENTS, EFFORT)
    assert list(pattern) == ["label", "hour", "n", "effort", "rate"]
    assert len(pattern) == 2 * 24
    hours = [(0.5, 0, 0.5), (4.5, 0, 0.5), (23.5, 2, 0.5)]
    assert heard(pattern)[:3] == [("x", *row) for row in hours]
    assert pattern["rate"][23] == 4.0
    assert np.isnan(pattern["rate"][1])


def test_hours_of_a_zone_in_other_bins():
    pattern = hearingai.activity_pattern(EVENTS, EFFORT, tz="UTC+2", bin=2, labels=["y"])
    assert heard(pattern) == [("y", 1.0, 0, 0.5), ("y", 3.0, 1, 0.5), ("y", 7.0, 0, 0.5)]


@pytest.mark.parametrize(
    ("time", "hours"),
    [
        ("2024-10-27T00:00Z", {2.5: 2.0, 3.5: 1.0}),
        ("2024-03-31T00:00Z", {1.5: 1.0, 3.5: 1.0, 4.5: 1.0}),
    ],
)
def test_an_hour_that_occurs_twice_or_never(time, hours):
    effort = EFFORT[:1].assign(time=time, duration=3 * 3600)
    pattern = hearingai.activity_pattern(EVENTS, effort, tz="Europe/Berlin", labels=["x"])
    assert {hour: effort for _, hour, _, effort in heard(pattern)} == hours


def test_hours_from_sunrise():
    """The sun rose at 03:35 UTC, and a minute or two earlier each day."""
    need("astral")
    effort = EFFORT[:1].assign(time="2024-05-01T03:00Z", duration=3600, **BERLIN)
    events = EVENTS[:1].assign(start=2400, end=2401)
    pattern = hearingai.activity_pattern(events, effort, relative_to="sunrise")
    (before, after) = heard(pattern)
    assert (before[1], before[2], after[1], after[2]) == (-0.5, 0, 0.5, 1)
    assert before[3] == pytest.approx(35 / 60, abs=0.02)
    assert before[3] + after[3] == pytest.approx(1)
    days = effort.assign(duration=86400 * 10)
    full = hearingai.activity_pattern(events, days, relative_to="sunset", bin=3)
    assert full["effort"].sum() == pytest.approx(240)
    assert full["hours_from_sunset"].tolist() == [-10.5, -7.5, -4.5, -1.5, 1.5, 4.5, 7.5, 10.5]


def test_no_sunrise_near_the_pole():
    need("astral")
    effort = EFFORT[:1].assign(time="2024-06-21T03:00Z", latitude=85.0, longitude=0.0)
    with pytest.warns(HearingAIWarning, match="1 hours are not counted, with no sunrise near"):
        pattern = hearingai.activity_pattern(EVENTS, effort, relative_to="sunrise")
    assert pattern["effort"].sum() == 0


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"bin": 0.7}, "`bin` must be a whole part of 12 hours"),
        ({"bin": 0}, "`bin` must be a positive number"),
        ({"relative_to": "noon"}, "`relative_to` must be one of"),
        ({"relative_to": "sunrise"}, "needs `latitude` and `longitude`"),
    ],
)
def test_what_cannot_be_told(options, named):
    with pytest.raises(HearingAIError, match=named):
        hearingai.activity_pattern(EVENTS, EFFORT, **options)
