import re

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.deployments.clocks import zone_of
from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.surveys.detection_history import occasion_edges

EFFORT = pd.DataFrame(
    {
        "fname": ["a.wav", "b.wav", "c.wav"],
        "time": ["2024-05-01T23:30:00Z", "2024-05-03T04:00:00Z", "2024-05-03T04:00:00Z"],
        "duration": [3600.0, 600.0, 1800.0],
        "site": ["fen", "fen", "bog"],
    }
)
EVENTS = pd.DataFrame(
    {
        "fname": ["a.wav", "a.wav", "a.wav", "c.wav"],
        "start": [0.0, 1790.0, 1800.0, 5.0],
        "end": [1.0, 1801.0, 1802.0, 6.0],
        "label": ["wren", "wren", "owl", "wren"],
        "score": [0.9, 0.4, 0.8, 0.7],
    }
)


def matrices(history, label="wren"):
    wide = [
        hearingai.presence_matrix(history, label, values=v) for v in ("detected", "n", "effort")
    ]
    return [table.fillna(-1).to_numpy().tolist() for table in wide]


def test_a_recording_over_midnight_is_effort_of_both_days():
    history = hearingai.detection_history(EVENTS, EFFORT)
    assert list(history) == [
        *("site", "label", "occasion", "occasion_end", "n", "effort", "detected")
    ]
    assert len(history) == 2 * 2 * 3
    assert [str(history[c].dtype) for c in ("n", "effort", "detected")] == [
        *("Int64", "float64", "Int64")
    ]
    detected, n, effort = matrices(history)
    assert detected == [[-1, -1, 1], [1, 0, 0]]  # bog, fen
    assert n == [[-1, -1, 1], [2, 0, 0]]
    np.testing.assert_allclose(effort, [[0, 0, 0.5], [0.5, 0.5, 1 / 6]])
    assert matrices(history, "owl")[0] == [[-1, -1, 0], [0, 1, 0]]


def test_days_are_those_of_the_zone():
    history = hearingai.detection_history(EVENTS, EFFORT, tz="Europe/Berlin")
    assert str(history["occasion"][0]) == "2024-05-02 00:00:00+02:00"
    assert matrices(history)[0] == [[-1, 1], [1, 0]]
    wide = hearingai.presence_matrix(history, "owl")
    assert list(wide.columns) == ["2024-05-02", "2024-05-03"]
    assert wide.index.tolist() == ["bog", "fen"]


def test_hours_and_sites_taken_as_one():
    history = hearingai.detection_history(EVENTS, EFFORT, by="hour", site=None, labels=["wren"])
    wide = hearingai.presence_matrix(history, values="effort")
    assert wide.index.tolist() == ["all"]
    assert wide.columns[0] == "2024-05-01 23:00" and len(wide.columns) == 30
    assert wide.iloc[0, [0, 1, 2, -1]].tolist() == [0.5, 0.5, 0.0, pytest.approx(2 / 3)]


def test_scores_and_labels():
    def n(**options):
        return hearingai.detection_history(EVENTS, EFFORT, **options).groupby("label")["n"].sum()

    assert n(min_score=0.75).to_dict() == {"owl": 1, "wren": 1}
    assert n(min_score={"wren": 0.5}).to_dict() == {"owl": 1, "wren": 2}
    assert n(labels=["wren", "lark"]).to_dict() == {"lark": 0, "wren": 3}


def test_no_event_is_an_absence():
    history = hearingai.detection_history(EVENTS[:0], EFFORT, labels=["wren"])
    assert matrices(history)[0] == [[-1, -1, 0], [0, 0, 0]]
    with pytest.raises(HearingAIError, match="`labels` must be given"):
        hearingai.detection_history(EVENTS[:0], EFFORT)


def test_what_is_not_known_is_told():
    effort = EFFORT.assign(time=[EFFORT["time"][0], None, EFFORT["time"][2]])
    with pytest.warns(HearingAIWarning, match="1 of 3 recordings have no time or no duration"):
        hearingai.detection_history(EVENTS, effort)
    with pytest.warns(HearingAIWarning) as caught:
        hearingai.detection_history(EVENTS, EFFORT[:2])
    told = [str(w.message) for w in caught]
    assert any(
        "1 of 4 events are not counted: their recordings are not in the effort" in t for t in told
    )


@pytest.mark.parametrize(
    ("by", "first", "last", "edges"),
    [
        ("day", "2024-03-30T22:00", "2024-04-01T10:00", ["29T23", "30T23", "31T22", "01T22"]),
        ("night", "2024-03-31T09:00", "2024-03-31T11:00", ["30T11", "31T10", "01T10"]),
        ("week", "2024-04-04T09:00", "2024-04-05T09:00", ["31T22", "07T22"]),
        ("month", "2024-04-04T09:00", "2024-05-01T09:00", ["31T22", "30T22", "31T22"]),
        (3, "2024-04-04T09:00", "2024-04-07T09:00", ["03T22", "06T22", "09T22"]),
        ("hour", "2024-10-27T00:30", "2024-10-27T02:30", ["27T00", "27T01", "27T02", "27T03"]),
    ],
)
def test_edges_of_occasions(by, first, last, edges):
    """In UTC; summer time in Berlin began on March 31 and ended on October 27."""
    found = occasion_edges(
        np.datetime64(first, "us"), np.datetime64(last, "us"), by, zone_of("tz", "Europe/Berlin")
    )
    assert [str(edge)[8:13] for edge in found] == edges


def test_hours_that_occur_twice_have_columns_of_their_own():
    effort = EFFORT[:1].assign(time="2024-10-27T00:00:00Z", duration=7200)
    history = hearingai.detection_history(EVENTS[:1], effort, by="hour", tz="Europe/Berlin")
    assert list(hearingai.presence_matrix(history).columns) == [
        *("2024-10-27 02:00+0200", "2024-10-27 02:00+0100")
    ]


def test_an_annotation_brings_what_was_heard(ear, tmp_path):
    loud = np.zeros(600, "float32")
    loud[200:350] = 0.9
    for name in ("20240501_043000.wav", "20240501_050000.wav"):
        hearingai.write_audio(tmp_path / name, loud, 100)
    (tmp_path / "20240501_060000.wav").write_bytes(b"broken")
    parts = pd.DataFrame({"fname": [str(f) for f in sorted(tmp_path.iterdir())]})
    parts["start"], parts["end"] = [0.0, 2.0, 0.0], [6.0, 4.0, 6.0]
    with pytest.warns(HearingAIWarning, match="1 of 3 recordings have no duration"):
        times = hearingai.recording_times(tmp_path)
    found = hearingai.annotate(ear(), parts, hop=0.5, ignore="quiet", times=times)
    assert found.recordings["time"].dt.strftime("%H:%M:%S").tolist() == ["04:30:00", "05:00:02"]
    assert found.events["time"].notna().all() and len(found.events) == 2
    history = hearingai.detection_history(found, by="hour")
    assert history["n"].tolist() == [1, 1]
    np.testing.assert_allclose(history["effort"] * 3600, [6, 2])
    plain = hearingai.annotate(ear(), parts, hop=0.5, ignore="quiet")
    pd.testing.assert_frame_equal(hearingai.detection_history(plain, times, by="hour"), history)
    with pytest.raises(HearingAIError, match="`effort` must be given"):
        hearingai.detection_history(plain)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"by": "decade"}, "`by` must be one of 'hour'"),
        ({"by": 0.5}, "`by` must be one of"),
        ({"tz": "Mars"}, "`tz`"),
        ({"site": "region"}, "`site` must be a column of `effort`"),
        ({"effort": EFFORT.drop(columns="duration")}, "columns `fname`, `time`, `duration`"),
        ({"effort": EFFORT.assign(duration=-1)}, 'duration"]` in row 1 must be seconds from 0'),
        ({"effort": EFFORT.assign(duration=1e18)}, "seconds from 0 to 1e+09. Received: 1e+18"),
        ({"effort": EFFORT.assign(time="9999-12-31T23:00Z")}, "row 1 must lie between 1850 and"),
        ({"effort": EFFORT.assign(time="0001-01-01T00:00Z")}, "row 1 must lie between 1850 and"),
        ({"effort": EFFORT.assign(latitude=1e9)}, 'latitude"]` must be degrees from -90 to 90'),
        ({"effort": EFFORT.assign(fname=["a.wav", "b.wav", "./a.wav"])}, "Received twice: ./a.wav"),
        ({"effort": EFFORT.assign(site=["a", None, None])}, "missing in row 2, and in 2 of 3"),
        ({"effort": EFFORT.assign(time=None)}, "no recording with a time"),
        ({"events": EVENTS.drop(columns="fname")}, "must name the recording"),
        ({"events": EVENTS.drop(columns="score"), "min_score": 1}, "`min_score` needs events"),
    ],
)
@pytest.mark.filterwarnings("ignore::hearingai.HearingAIWarning")
def test_what_cannot_be_counted(options, named):
    with pytest.raises(HearingAIError, match=re.escape(named)):
        hearingai.detection_history(**{"events": EVENTS, "effort": EFFORT} | options)


def test_a_matrix_is_of_one_label():
    history = hearingai.detection_history(EVENTS, EFFORT)
    with pytest.raises(HearingAIError, match="`label` must be one of 'owl', 'wren'"):
        hearingai.presence_matrix(history)
    with pytest.raises(HearingAIError, match="`values` must be one of"):
        hearingai.presence_matrix(history, "owl", values="score")


def test_events_when_nothing_was_running_are_not_counted():
    effort = pd.DataFrame({"fname": ["a.wav"], "time": "2024-05-01T04:30Z", "duration": 3600})
    starts = [0.0, 3600.0, 86400.0, 1e15]
    events = pd.DataFrame({"fname": "a.wav", "start": starts, "end": 1e300, "label": "wren"})
    with pytest.warns(HearingAIWarning) as caught:
        found = hearingai.detection_history(events, effort)
    told = " ".join(str(warning.message) for warning in caught)
    assert all(warning.category is HearingAIWarning for warning in caught)
    assert "1 of 4 events have no time" in told
    assert "1 of 4 events are not counted: they start when" in told
    assert found["n"].tolist() == [2]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"labels": ["wren", "owwl"]}, "no event has the label owwl, which `labels` names"),
        ({"min_score": {"owwl": 0.5}}, "no event has the label owwl, which `min_score` names"),
    ],
)
def test_labels_that_no_event_has_are_named(options, named):
    with pytest.warns(HearingAIWarning, match=f"{named}; the events have owl, wren"):
        hearingai.detection_history(EVENTS, EFFORT, **options)
