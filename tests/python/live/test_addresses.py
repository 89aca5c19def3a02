"""Addresses: recordings and streams on servers, of any format."""

import functools
import http.server
import socket
import threading
import time

import numpy as np
import pytest

import hearingai
from av_files import encode, music
from bursts import RATE, RULES, times
from camera import camera
from hearingai.audio.addresses import Address, is_address

pytest.importorskip("av")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path):
    """A folder and its address."""
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{serving.server_address[1]}"
        serving.shutdown()


def heard(address, wait=10.0):
    source = Address(address, wait)
    return np.concatenate(list(source.chunks()), axis=1), source.sample_rate


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg"])
def test_a_recording_on_a_server_is_heard(ear, sound, expected, server, ending):
    folder, address = server
    hearingai.write_audio(folder / f"a.{ending}", sound, RATE)
    found = hearingai.listen(ear(), f"{address}/a.{ending}", **RULES)
    if ending in ("wav", "flac"):
        assert times(found) == times(expected.itertuples())
    else:
        assert [event.label for event in found] == expected["label"].tolist()


def test_an_m4a_on_a_server_is_what_it_is_on_disk(server):
    folder, address = server
    path = encode(folder / "a.m4a", music(44100, 2, 1), 44100, "aac")
    found, rate = heard(f"{address}/a.m4a")
    expected, own = hearingai.read_audio(path, mono=False)
    assert rate == own == 44100
    np.testing.assert_array_equal(found[:, : expected.shape[1]], expected)
    assert found.shape[1] - expected.shape[1] < 1024  # a player leaves the padding


def test_a_file_address_is_the_recording(ear, sound, expected, tmp_path):
    path = tmp_path / "größe 1.flac"
    hearingai.write_audio(path, sound, RATE)
    found = hearingai.listen(ear(), path.as_uri(), **RULES)
    assert times(found) == times(expected.itertuples())


def test_an_address_that_has_none_is_named_without_its_password(ear, server):
    folder, address = server
    (folder / "a.txt").write_text("hello " * 1000)
    for name in ("none.wav", "a.txt"):
        secret = address.replace("http://", "http://me:secret@") + f"/{name}?key=secret"
        with pytest.raises(hearingai.HearingAIError, match=rf"/{name} cannot be opened") as caught:
            hearingai.listen(ear(), secret, **RULES)
        assert "secret" not in str(caught.value)
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
    with pytest.raises(hearingai.HearingAIError, match="cannot be opened"):
        hearingai.listen(ear(), f"rtsp://127.0.0.1:{port}/x", **RULES)


def test_a_playlist_of_a_server_reads_no_file(tmp_path, server):
    folder, address = server
    hearingai.write_audio(tmp_path / "private.wav", np.zeros(8000), 8000)
    (folder / "a.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3,\nfile://{tmp_path}/private.wav\n"
        "#EXT-X-ENDLIST\n"
    )
    with pytest.raises(hearingai.HearingAIError, match="cannot be opened|no sound"):
        heard(f"{address}/a.m3u8")


def test_a_server_that_falls_silent_ends_the_sound():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            client, _ = server.accept()
            client.recv(4096)
            head = (
                b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"
            )
            answer = b"HTTP/1.0 200 OK\r\nContent-Type: audio/wav\r\n\r\n"
            client.sendall(answer + head + b"data\xff\xff\xff\xff" + bytes(80_000))
            time.sleep(3)
            client.close()

        threading.Thread(target=serve, daemon=True).start()
        began = time.monotonic()
        found, rate = heard(f"http://127.0.0.1:{server.getsockname()[1]}/live.wav", wait=1)
    assert time.monotonic() - began < 2.9
    assert rate == 8000 and found.shape[1] > 30_000


def test_what_is_an_address():
    assert is_address("rtsp://camera/1") and is_address("https://a.b/c.mp3")
    assert not is_address("a.wav") and not is_address("C:\\a.wav") and not is_address("concat:a|b")


def test_a_camera_is_heard(ear, sound, expected):
    samples = np.rint(sound * 2**15).astype("int16")
    with camera(samples, RATE) as address:
        found, rate = heard(address, wait=3)
    assert rate == RATE
    np.testing.assert_array_equal(found, samples[None] / np.float32(2**15))
    with camera(samples, RATE) as address:
        events = list(hearingai.listen(ear(), address, **RULES))
    assert times(events) == times(expected.itertuples())
