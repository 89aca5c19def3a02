"""The microphone of the page hears what Stream and annotate() hear."""

import base64

import numpy as np
import pytest
import soundfile

import hearingai


def pcm(sound):
    return np.rint(np.asarray(sound) * 32767).astype("<i2")


def talk(page, samples, size, **query):
    """Send samples in chunks; returns all answers."""
    answers = []
    with page.microphone(**query) as socket:
        answers.append(socket.receive_json())
        content = samples.tobytes()
        for first in range(0, len(content), size):
            socket.send_bytes(content[first : first + size])
        socket.send_text("stop")
        while "key" not in answers[-1] and "error" not in answers[-1]:
            answers.append(socket.receive_json())
    return answers


@pytest.mark.parametrize("size", [33, 1000])
def test_live_sound_gives_the_events_of_annotate(page, ear, size):
    rng = np.random.default_rng(2)
    samples = pcm(np.repeat(rng.random(20), 70) * np.sign(rng.normal(size=1400)))
    rules = {"hop": 0.25, "threshold": 0.6, "smooth": 0.5, "min_gap": 0.3}
    answers = talk(page, samples, size, sample_rate=100, labels="0,1", **rules)
    whole = hearingai.annotate(ear(), samples, **rules)
    events = sorted(row for a in answers[1:-1] for row in a["events"])
    expected = sorted(
        [e.start, e.end, ["loud", "quiet"].index(e.label), pytest.approx(e.score)]
        for e in whole.events.itertuples()
    )
    assert events == expected
    assert len(events) > 3
    rows = np.array([row for a in answers[1:-1] for row in a["rows"]])
    smooth = whole.windows["prob_loud"].rolling(3, center=True, min_periods=1).mean()
    np.testing.assert_allclose(rows[:, 0], 1000 * smooth, atol=0.51)
    assert answers[-2]["seconds"] == whole.seconds


def test_a_network_hears_live_what_it_hears_in_the_stream(opened, trained, words):
    page = opened(trained, hop=0.1)
    sound = np.concatenate([hearingai.read_audio(f)[0] for f in words["fname"][::13]])
    samples = pcm(hearingai.resample(sound, 16000, 22050).clip(-1, 1))
    answers = talk(page, samples, 8820, sample_rate=22050, threshold=0.7)
    stream = hearingai.Stream(trained, 22050, hop=0.1, threshold=0.7)
    events = stream.feed(samples) + stream.finish()
    found = sorted(row for a in answers[1:-1] for row in a["events"])
    expected = [[e.start, e.end, trained.labels.index(e.label)] for e in sorted(events)]
    assert [row[:3] for row in found] == expected
    assert len(found) > 3


def test_what_was_heard_is_a_recording(page, ear):
    samples = pcm(np.repeat([0, 0.9, 0], 400))
    answers = talk(page, samples, 100, sample_rate=100)
    key = answers[-1]["key"]
    told = page.wait(key)
    assert told["name"].startswith("microphone ")
    assert told["seconds"] == 12
    found = page.get(f"recordings/{key}/events").json()["events"]
    assert [row[:3] for row in found] == [row[:3] for a in answers[1:-1] for row in a["events"]]
    kept, rate = soundfile.read(page.folder / key / "sound", dtype="int16")
    np.testing.assert_array_equal(kept, samples)
    assert rate == 100
    whole = page.get(f"recordings/{key}/sound.wav").content
    assert np.abs(np.frombuffer(whole[44:], "<i2").astype(int) - samples).max() <= 1


def test_the_picture_comes_with_the_sound(page):
    answers = talk(page, pcm(np.full(400, 0.5)), 20, sample_rate=100)
    columns = sum(len(a["low"]) for a in answers[1:-1])
    power = sum(len(base64.b64decode(a["power"])) for a in answers[1:-1])
    assert answers[0]["step"] == 0.01
    assert 380 <= columns <= 400
    assert power == columns * answers[0]["bands"]
    assert max(max(a["high"], default=0) for a in answers[1:-1]) == 500


def test_it_ends_where_recordings_may_be_no_longer(opened, ear):
    page = opened(ear(), max_mb=0.001)
    answers = talk(page, pcm(np.zeros(2000)), 100, sample_rate=100)
    assert "longest recording" in answers[-1]["reason"]
    assert page.wait(answers[-1]["key"])["seconds"] == 5


@pytest.mark.parametrize(
    "query",
    [{}, {"sample_rate": "x"}, {"sample_rate": 10}, {"sample_rate": 10**9}]
    + [{"sample_rate": 1000, "threshold": 3}, {"sample_rate": 1000, "hop": 0}],
)
def test_what_cannot_be_is_said_and_all_goes_on(page, recording, query):
    with page.microphone(**query) as socket:
        assert "`" in socket.receive_json()["error"]
    assert not any(page.folder.iterdir())
    page.send(recording)


def test_no_sound_is_no_recording(page):
    with page.microphone(sample_rate=1000) as socket:
        assert socket.receive_json()["bands"]
        socket.send_text("stop")
        socket.receive_json()
        assert socket.receive_json() == {"error": "no sound came"}
    assert not any(page.folder.iterdir())


def test_a_page_that_goes_away_leaves_nothing(page, recording):
    with page.microphone(sample_rate=1000) as socket:
        socket.receive_json()
        socket.send_bytes(bytes(3000))
        socket.receive_json()
    page.send(recording)  # the classifier is free again
    assert len(list(page.folder.iterdir())) == 1
