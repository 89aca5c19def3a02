"""What the page does not take: strangers, too much, and what is no recording."""

import numpy as np
import pytest
import soundfile
from starlette.websockets import WebSocketDisconnect

import hearingai
from hearingai.web.uploads import shown_name
from patience import PATIENCE

KEY, HOST = "a-key-that-nobody-knows", "127.0.0.1:8000"


def ask(page, path, **headers):
    return page.client.get(path, headers=headers)


@pytest.mark.parametrize(
    "path", ["/", "/about", "/a-key/", f"/{KEY[:-1]}/", f"/{KEY}", f"/{KEY}x/about"]
)
def test_without_the_key_there_is_nothing(page, path):
    answer = ask(page, path)
    assert answer.status_code == 404
    assert "its key" in answer.text


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "",
        "10.0.0.1:8000",
        "a b",
        "[::1",
    ],
)
def test_another_host_is_refused(page, host):
    """As when a stranger's name resolves to this machine."""
    assert ask(page, f"/{KEY}/about", host=host).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:9", "LOCALHOST", "[::1]:8000"])
def test_this_machine_has_several_names(page, host):
    assert ask(page, f"/{KEY}/about", host=host, origin=f"http://{host}").status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:8888",
        f"https://{HOST}",
        "http://localhost:8000",
    ],
)
def test_another_origin_is_refused(page, origin):
    answer = page.client.post(f"/{KEY}/recordings", content=b"x", headers={"origin": origin})
    assert answer.status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        page.client.websocket_connect(f"ws://{HOST}/{KEY}/microphone", headers={"origin": origin}),
    ):
        pass


def test_a_socket_without_origin_is_refused(page):
    del page.client.headers["origin"]
    assert page.get("about").status_code == 200  # as when the address is typed
    with pytest.raises(WebSocketDisconnect), page.microphone(sample_rate=100):
        pass


def test_served_to_others_a_name_must_be_its_own(opened, ear):
    page = opened(ear(), host="0.0.0.0")
    numbers = {"host": "192.168.1.7:8000", "origin": "http://192.168.1.7:8000"}
    assert ask(page, f"/{KEY}/about", **numbers).status_code == 200
    named = {"host": "evil.example:8000", "origin": "http://evil.example:8000"}
    assert ask(page, f"/{KEY}/about", **named).status_code == 403


def test_a_name_is_the_same_however_it_is_written(opened, ear):
    page = opened(ear(), host="My-Machine")
    for host in ("my-machine:8000", "MY-MACHINE:8000"):
        assert ask(page, f"/{KEY}/about", host=host, origin=f"http://{host}").status_code == 200


def test_no_page_may_embed_or_read_this_one(page):
    headers = page.get("").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "page/../../app.py",
        "/etc/passwd",
        "..\\app.py",
        "recordings/../../app.py",
        "recordings/..%2f..%2fapp.py",
        "recordings/%2e%2e/events/csv",
        "recordings/x/events/..%2f..%2fsound",
    ],
)
def test_no_path_leads_out(page, path, recording):
    key = page.send(recording)
    for place in (path, path.replace("/x/", f"/{key}/")):
        answer = page.client.get(f"/{KEY}/{place}")
        assert answer.status_code == 404
        assert "import" not in answer.text
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\sounds\\a.wav", "a.wav"),
        ("<script>alert(1)</script>.wav", "script>.wav"),
        ("a\nb\0.wav", "ab.wav"),
        ("", "recording"),
        ("..", ".."),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_name_is_shown_and_names_no_file(page, recording, name, shown):
    assert shown_name(name) == shown
    key = page.send(recording, name=name or " ")
    assert page.get(f"recordings/{key}").json()["name"] == shown
    (room,) = page.folder.iterdir()
    assert {path.name for path in room.iterdir()} == {"sound", "kept"}


def test_too_large_a_recording_is_refused_before_it_is_read(opened, ear):
    page = opened(ear(), max_mb=0.01)
    answer = page.post("recordings", b"x" * 10001)
    assert (answer.status_code, "0.01 MB (`max_mb`)" in answer.text) == (413, True)
    headers = {"content-length": str(10**9)}
    assert page.client.post(f"/{KEY}/recordings", content=b"x", headers=headers).status_code == 413
    assert not any(page.folder.iterdir())


def test_what_unpacks_to_too_much_is_refused(opened, ear, tmp_path):
    """Six hours of silence are half a megabyte of FLAC."""
    with soundfile.SoundFile(tmp_path / "a.flac", "w", 8000, 1) as file:
        for _ in range(360):
            file.write(np.zeros(8000 * 60, "int16"))
    assert (tmp_path / "a.flac").stat().st_size < 600_000
    page = opened(ear(), max_hours=0.5)
    answer = page.post("recordings", (tmp_path / "a.flac").read_bytes(), name="a.flac")
    assert answer.status_code == 422
    assert answer.json()["error"] == "a.flac: is longer than 0.5 hours (`max_hours`)"
    assert not any(page.folder.iterdir())


def test_what_hides_how_long_it_is_is_stopped(opened, ear, tmp_path):
    """A FLAC whose header tells no length."""
    with soundfile.SoundFile(tmp_path / "a.flac", "w", 8000, 1) as file:
        file.write(np.zeros(8000 * 100, "int16"))
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[21] &= 0xF0  # 36 bits of STREAMINFO
    content[22:26] = bytes(4)
    page = opened(ear(), max_hours=0.02)
    answer = page.post("recordings", bytes(content), name="a.flac")
    assert answer.status_code == 201
    told = page.wait(answer.json()["key"])
    assert (told["state"], told["error"]) == (
        "failed",
        "a.flac: is longer than 0.02 hours (`max_hours`)",
    )
    longer = opened(ear(), max_hours=0.1)
    (tmp_path / "b.flac").write_bytes(content)
    assert longer.get(f"recordings/{longer.send(tmp_path / 'b.flac')}").json()["seconds"] == 100


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"this is no sound", "is not audio that can be read"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "is"),
        (b"fLaC" + bytes(100), "is not audio that can be read"),
    ],
)
def test_what_is_no_recording_is_named_with_its_reason(page, content, reason):
    answer = page.post("recordings", content, name="bad.wav")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(f"bad.wav: {reason}")
    assert str(page.folder) not in answer.text
    assert not any(page.folder.iterdir())


def test_what_is_there_of_a_recording_that_is_cut_off_is_read_and_noted(page, recording, tmp_path):
    whole = page.post("recordings", recording.read_bytes(), name="whole.wav").json()["key"]
    assert page.wait(whole)["note"] is None
    content = recording.read_bytes()[:-100]
    key = page.post("recordings", content, name="cut.wav").json()["key"]
    told = page.wait(key)
    assert told["state"] == "ready"
    assert told["note"].startswith("is truncated: at least 100 bytes are missing")
    assert page.get(f"recordings/{key}/events").status_code == 200
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, 80_000)
    soundfile.write(tmp_path / "a.flac", sound, 8000)
    content = (tmp_path / "a.flac").read_bytes()
    key = page.post("recordings", content[: len(content) // 2], name="half.flac").json()["key"]
    told = page.wait(key)
    assert told["state"] == "ready"
    assert 0 < told["seconds"] < 10
    assert told["note"].startswith("is ")
    assert str(page.folder) not in told["note"]


@pytest.mark.parametrize(
    "query",
    [
        {"threshold": 2},
        {"threshold": "x"},
        {"threshold": "nan"},
        {"smooth": -1},
        {"smooth": "inf"},
        {"smooth": 4.01},
        {"smooth": 1e9},
        {"labels": "7"},
        {"labels": "-1"},
        {"labels": ""},
        {"hop": 0.001},
        {"hop": 5},
        {"hop": "nan"},
    ],
)
def test_settings_that_cannot_be_are_refused(page, recording, query):
    key = page.send(recording)
    answer = page.get(f"recordings/{key}/events", **query)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_one_is_heard_after_the_other_and_few_wait(held, recording):
    """While the first is heard, three wait; others are told to come again, and are not read."""
    content = recording.read_bytes()
    keys = [held.post("recordings", content, name="a.wav").json()["key"]]
    with held.microphone(sample_rate=100) as socket:
        assert held.asked.wait(PATIENCE)
        assert "start the microphone when it is done" in socket.receive_json()["error"]
    keys += [held.post("recordings", content, name="a.wav").json()["key"] for _ in range(3)]
    body = {"type": "http.request", "body": content, "more_body": False}
    answers, unread = held.told("http", "recordings", body)
    assert (answers[0], "waiting" in answers[1]["error"], unread) == (429, True, 1)
    held.client.delete(f"/{KEY}/recordings/{keys[0]}")
    assert held.post("recordings", content, name="a.wav").status_code == 201
    held.go.set()
    assert [held.wait(key)["state"] for key in keys[1:]] == ["ready"] * 3


def test_embeddings_and_what_is_no_classifier_are_refused():
    tagger = hearingai.create_classifier("audio-gate", ["a", "b"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="embeddings"):
        hearingai.explore(tagger)
    with pytest.raises(hearingai.HearingAIError, match="`classifier`"):
        hearingai.explore("words.keras")
