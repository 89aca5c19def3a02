"""Classifiers of several labels at the page: both sounds of an overlap are shown."""

import numpy as np
import pytest

import hearingai


@pytest.fixture
def listener(ear):
    """Stands for a classifier whose two labels do not exclude each other."""

    class Both(ear):
        labels = ["loud", "very loud"]
        multi_label = True
        record = {"thresholds": {"loud": 0.4, "very loud": 0.6}}

        def probabilities(self, clips):
            strength = super().probabilities(clips)[:, :1]
            return np.concatenate([strength, strength**2], axis=1)

    return Both()


def test_sounds_that_overlap_are_both_shown_at_thresholds_of_their_own(opened, listener, recording):
    page = opened(listener, hop=0.25)
    about = page.get("about").json()
    assert (about["labels"], about["reported"]) == (["loud", "very loud"], [0, 1])
    assert about["thresholds"] == {"0": 0.4, "1": 0.6}
    key = page.send(recording)
    events = page.get(f"recordings/{key}/events").json()["events"]
    assert [place for _, _, place, _ in events] == [0, 1, 0]
    whole = hearingai.annotate(listener, recording, hop=0.25).events
    assert [row[:2] for row in events] == whole[["start", "end"]].to_numpy().tolist()
    (loud, very), later = events[:2], events[2]
    assert loud[0] <= very[0] < very[1] <= loud[1] < later[0]
    lower = page.get(f"recordings/{key}/events", threshold=0.25).json()["events"]
    assert [place for _, _, place, _ in lower] == [0, 1, 0, 1]


def test_the_microphone_hears_both(opened, listener):
    page = opened(listener, hop=0.25)
    events, told = [], {}
    with page.microphone(sample_rate=100) as socket:
        socket.receive_json()
        socket.send_bytes(np.full(300, 0.9 * 32767, "<i2").tobytes())
        socket.send_text("stop")
        while "key" not in told:
            told = socket.receive_json()
            events += told.get("events", [])
    assert sorted(place for _, _, place, _ in events) == [0, 1]
