"""What breaks off in the middle: disks that are full, pages that go away, sound that ends."""

import errno
import os
import threading

import numpy as np
import pytest

import hearingai
from hearingai.explorer import microphone
from hearingai.explorer import recording as page_recording
from hearingai.web import uploads
from patience import PATIENCE

KEY = "a-key-that-nobody-knows"
FULL = "the server cannot write to its disk: No space left on device"
GONE = {"type": "http.disconnect"}
CONNECT = {"type": "websocket.connect"}
CLOSED = {"type": "websocket.disconnect", "code": 1001}


def body(content, more=True):
    return {"type": "http.request", "body": content, "more_body": more}


def sound(n):
    return {"type": "websocket.receive", "bytes": bytes(n)}


def events(page, key, hop):
    return page.get(f"recordings/{key}/events", hop=hop)


@pytest.mark.parametrize("size", [2000, 500_000])  # one is still in a buffer when all is sent
def test_a_disk_that_is_full_is_said_and_the_next_recording_comes(page, full_disk, recording, size):
    with full_disk():
        answer = page.post("recordings", bytes(size))
    assert (answer.status_code, answer.json()) == (507, {"error": FULL})
    assert not any(page.folder.iterdir())
    page.send(recording)


@pytest.mark.parametrize("size", [2000, 500_000])
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_disk_that_is_full_ends_the_microphone(page, full_disk, recording, size):
    with full_disk(), page.microphone(sample_rate=16000) as socket:
        socket.receive_json()
        socket.send_bytes(bytes(size))
        socket.send_text("stop")
        while "error" not in (answer := socket.receive_json()):
            pass
    assert answer == {"error": FULL}
    assert not any(page.folder.iterdir())
    page.send(recording)


def test_a_disk_that_is_full_while_it_is_heard_is_said(page, recording, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        key = page.send(recording)
    told = page.get(f"recordings/{key}").json()
    assert told["state"] == "failed"
    assert told["error"] == "loud.wav: cannot write to `kept`: No space left on device"
    page.post(f"recordings/{key}/analyse", hop=0.25)
    assert page.wait(key)["state"] == "ready"


def test_who_goes_away_while_it_is_sent_leaves_nothing(page):
    page.told("http", "recordings", body(bytes(5000)), GONE)
    assert not any(page.folder.iterdir())


def test_who_goes_away_before_the_key_is_told_leaves_nothing(page, recording):
    page.told("http", "recordings", body(recording.read_bytes(), more=False), GONE)
    assert not page.library._recordings
    page.library.close()  # what was begun has ended
    assert not any(page.folder.iterdir())


def test_what_turns_out_too_large_is_read_no_further(opened, ear):
    page = opened(ear(), max_mb=0.01)
    answers, unread = page.told("http", "recordings", *[body(bytes(1000))] * 100)
    assert (answers[0], unread) == (413, 89)
    assert "0.01 MB (`max_mb`)" in answers[1]["error"]
    assert not any(page.folder.iterdir())


def test_what_stops_coming_is_given_up(page, monkeypatch):
    monkeypatch.setattr(uploads, "_PATIENCE", 0.01)
    answers, _ = page.told("http", "recordings", body(bytes(5000)))
    assert answers == [422, {"error": "the upload stopped before its end"}]
    assert not any(page.folder.iterdir())


@pytest.mark.parametrize(("messages", "reason"), [([], None), ([sound(400)], "no sound came")])
def test_a_microphone_that_sends_nothing_ends(page, recording, monkeypatch, messages, reason):
    monkeypatch.setattr(microphone, "_PATIENCE", 0.01)
    answers, _ = page.told("websocket", "microphone", CONNECT, *messages, sample_rate=100)
    if reason is None:
        assert answers[-1] == {"error": "no sound came"}
        assert not any(page.folder.iterdir())
    else:
        assert answers[-1]["reason"] == "no sound was received for 0.01 s"
        assert page.wait(answers[-1]["key"])["seconds"] == 2
    page.send(recording)  # the classifier is free again


def test_a_page_that_closes_while_it_listens_leaves_nothing(page, recording):
    page.told("websocket", "microphone", CONNECT, sound(400), CLOSED, sample_rate=100)
    assert not any(page.folder.iterdir())
    page.send(recording)


def test_a_page_that_closes_before_the_key_is_told_leaves_nothing(page):
    stop = {"type": "websocket.receive", "text": "stop"}
    messages = [CONNECT, sound(400), stop]
    page.told("websocket", "microphone", *messages, gone='"key"', sample_rate=100)
    assert not page.library._recordings
    page.library.close()
    assert not any(page.folder.iterdir())


def test_of_steps_in_quick_succession_the_last_is_heard(held, ear, recording):
    content = recording.read_bytes()
    key, *_ = [held.post("recordings", content).json()["key"] for _ in range(4)]
    assert held.asked.wait(PATIENCE)
    for hop in (0.5, 0.4, 0.3, 0.2, 0.15, 0.1):  # of a recording that waits already
        told = held.post(f"recordings/{key}/analyse", hop=hop).json()
        assert (told["state"], told["hop"]) == ("waiting", hop)
    held.go.set()
    told = held.wait(key)
    assert (told["state"], told["hop"], told["error"]) == ("ready", 0.1, None)
    whole = hearingai.annotate(ear(), recording, hop=0.1, ignore="quiet").events
    found = events(held, key, 0.1).json()["events"]
    assert [row[:2] for row in found] == whole[["start", "end"]].to_numpy().tolist()
    for hop in (0.5, 0.15):
        assert "not analysed yet" in events(held, key, hop).json()["error"]


def test_what_was_heard_is_heard_by_another_step_when_fewer_wait(held, recording):
    held.go.set()
    key = held.send(recording)
    held.go.clear()
    keys = [held.post("recordings", recording.read_bytes()).json()["key"] for _ in range(4)]
    assert held.post(f"recordings/{key}/analyse", hop=0.5).status_code == 429
    assert held.post(f"recordings/{key}/analyse", hop=0.25).status_code == 200  # is known
    held.go.set()
    assert held.wait(keys[0])["state"] == "ready"
    assert held.post(f"recordings/{key}/analyse", hop=0.5).status_code == 200


@pytest.mark.parametrize("fails", [True, False])
def test_what_nobody_wants_any_more_changes_nothing(page, recording, monkeypatch, fails):
    it = page.library.find(page.send(recording))
    old = it.begin(it.grid)

    def superseded(*_, **__):
        it.begin(it.grid)
        if fails:
            raise RuntimeError("no more of this")

    monkeypatch.setattr(page_recording, "annotate", superseded)
    it.analyse(*old)
    assert (it.state, it.error) == ("waiting", None)
    it.analyse(*old)  # nor where it is over before it begins
    assert it.state == "waiting"


def test_what_is_removed_while_it_is_heard_leaves_nothing(page, recording, monkeypatch):
    left, removed, annotate = [], threading.Event(), page_recording.annotate

    def removing(*arguments, **options):
        page.client.delete(f"/{KEY}/recordings/{next(iter(page.library._recordings))}")
        left.extend(page.folder.iterdir())
        removed.set()
        return annotate(*arguments, **options)  # which makes its folder anew

    monkeypatch.setattr(page_recording, "annotate", removing)
    page.post("recordings", recording.read_bytes(), name="a.wav")
    assert removed.wait(PATIENCE)
    page.library.close()
    assert left == list(page.folder.iterdir()) == []


def test_what_is_removed_between_two_batches_is_heard_no_further(held, recording):
    key = held.post("recordings", recording.read_bytes(), name="a.wav").json()["key"]
    assert held.asked.wait(PATIENCE)
    held.client.delete(f"/{KEY}/recordings/{key}")
    held.go.set()
    held.library.close()
    assert not any(held.folder.iterdir())


def test_what_is_spoken_while_others_wait_is_not_lost(page, recording):
    samples = np.full(400, 20000, "<i2")
    with page.microphone(sample_rate=100) as socket:
        socket.receive_json()
        answers = [page.post("recordings", recording.read_bytes()) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [201] * 4 + [429]
        socket.send_bytes(samples.tobytes())
        socket.send_text("stop")
        while not {"key", "error"} & (answer := socket.receive_json()).keys():
            pass
    assert page.wait(answer["key"])["state"] == "ready"
