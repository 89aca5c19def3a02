from datetime import datetime, timezone

import pytest

from hearingai.deployments.clocks import as_utc, offset_of, reading_of, without_drift, zone_of
from hearingai.errors import HearingAIError

BERLIN = zone_of("tz", "Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "minutes"),
    [("UTC", 0), ("UTC+2", 120), ("-03:30", -210), ("Asia/Kolkata", 330), ("GMT-1", -60)],
)
def test_zones(name, minutes):
    offset = datetime(2024, 5, 1, tzinfo=zone_of("tz", name)).utcoffset()
    assert offset.total_seconds() == 60 * minutes


@pytest.mark.parametrize("name", ["Mars", "", "../x", "UTC+15", "UTC+2:07", None, 2])
def test_what_is_no_zone(name):
    with pytest.raises(HearingAIError, match="`tz` must be the name of a time zone"):
        zone_of("tz", name)


@pytest.mark.parametrize(
    ("text", "minutes"), [("Z", 0), ("UTC-3:30", -210), ("+0545", 345), ("-03-00", -180)]
)
def test_offsets(text, minutes):
    assert offset_of(text).utcoffset(None).total_seconds() == 60 * minutes


def test_daylight_saving_is_told():
    def utc(*clock):
        time, odd = as_utc(datetime(2024, *clock), BERLIN)
        return time.strftime("%H:%M"), odd

    assert utc(3, 31, 1, 59) == ("00:59", None)
    assert utc(3, 31, 2, 30) == ("01:30", "never")  # a clock that was not put forward
    assert utc(3, 31, 3, 0) == ("01:00", None)
    assert utc(10, 27, 2, 30) == ("00:30", "twice")
    assert utc(10, 27, 3, 0) == ("02:00", None)


def test_a_clock_that_gains():
    utc = timezone.utc
    clock_set = datetime(2024, 5, 1, tzinfo=utc)
    told = datetime(2024, 5, 11, 0, 0, 20, tzinfo=utc)  # 2 s a day for ten days
    assert without_drift(told, 2.0, clock_set) == datetime(2024, 5, 11, tzinfo=utc)


@pytest.mark.parametrize("value", ["yesterday", "2024-13-01 00:00", "2024-05-01 04:30 x", 5, b"x"])
def test_what_is_no_time(value):
    with pytest.raises(HearingAIError, match="`time` must be a date and time"):
        reading_of("`time`", value)
