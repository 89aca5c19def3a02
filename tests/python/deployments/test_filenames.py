import pytest

from hearingai.deployments.filenames import found_in_name, name_reader
from hearingai.errors import HearingAIError

ZONED = "2024-05-01T04:30:00+00:00"
PLAIN = "2024-05-01T04:30:00"


@pytest.mark.parametrize(
    ("name", "time", "site", "recorder"),
    [
        ("20240501_043000.WAV", PLAIN, None, None),
        ("20240501_043000T.WAV", PLAIN, None, None),  # triggered
        ("24F3190361CBE8FD_20240501_043000.WAV", PLAIN, None, "AudioMoth 24F3190361CBE8FD"),
        ("6631C548.WAV", ZONED, None, None),
        ("MEADOW_20240501_043000.wav", PLAIN, "MEADOW", None),
        ("S4A1_20240501_043000_000.wav", PLAIN, "S4A1", None),
        ("FEN-1_0+1_20240501$043000.wav", PLAIN, "FEN-1", None),
        ("FEN_20240501_043000_250000.wav", f"{PLAIN}.250000", "FEN", None),
        ("2024-05-01T04-30-00Z.flac", ZONED, None, None),
        ("2024-05-01 04.30.wav", PLAIN, None, None),
        ("2024-05-01-birdnet-04:30:00.wav", PLAIN, None, None),
        ("2024-05-01-birdnet-RTSP_1-04:30:00.wav", PLAIN, None, None),
        ("20240501T043000+0200_REC.flac", f"{PLAIN}+02:00", None, None),
        ("20240501T043000.123-0330.flac", f"{PLAIN}.123000-03:30", None, None),
        ("bog_20240501_043000-0100.wav", PLAIN, "bog", None),  # a number, no zone
        ("5678.240501043000.wav", PLAIN, None, None),
        ("20240501043000.wav", PLAIN, None, None),
        ("20240501_250000.wav", None, None, None),
        ("20240501.wav", None, None, None),
        ("take 2.wav", None, None, None),
        ("00000010.WAV", None, None, None),  # the clock was never set
    ],
)
def test_names_of_recorders(name, time, site, recorder):
    found = found_in_name(f"some/20230101_000000/{name}")
    assert (found.time and found.time.isoformat()) == time
    assert (found.site, found.recorder) == (site, recorder)


@pytest.mark.parametrize(
    ("pattern", "path", "time", "site"),
    [
        ("%d%m%Y-%H%M", "x/a 01052024-0430.wav", PLAIN, None),
        ("%y%j%H%M%S%z", "24122043000+0200.wav", f"{PLAIN}+02:00", None),
        ("%s", "rec1714537800.wav", ZONED, None),
        (r"(?P<site>[^/]+)/[^/]+$", "data/fen/1.wav", None, "fen"),
        (
            r"(?<site>\w+)/d(?<day>\d+)m(?<month>\d+)y(?<year>\d+)",
            "fen\\d1m5y2024.wav",
            None,
            "fen",
        ),
        ("%Y%m%d", "fen.wav", None, None),
    ],
)
def test_patterns_of_users(pattern, path, time, site):
    found = name_reader(pattern)(path)
    if "year" in pattern:
        time = "2024-05-01T00:00:00"
    assert (found.time and found.time.isoformat()) == time
    assert found.site == site


def test_a_place_in_a_pattern():
    found = name_reader(r"(?P<latitude>-?[\d.]+)_(?P<longitude>-?[\d.]+)_")("-12.5_130.25_a.wav")
    assert (found.latitude, found.longitude) == (-12.5, 130.25)


@pytest.mark.parametrize(
    "pattern", ["", "no date", "%H%M", "%Q", "(?P<year>", r"(?P<year>\d)", r"(?P<what>\d)", 3]
)
def test_patterns_that_are_none(pattern):
    with pytest.raises(HearingAIError, match="`pattern`"):
        name_reader(pattern)
