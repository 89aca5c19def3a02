"""Downloads: complete, checked and taken up again; where they are kept."""

import contextlib
import functools
import hashlib
import http.server
import re
import threading

import pytest

from hearingai.datasets import download
from hearingai.datasets.download import fetch
from hearingai.errors import HearingAIError
from hearingai.runtime import cache
from hearingai.runtime.cache import cache_dir

BODY = bytes(range(256)) * 4000


SHA256 = hashlib.sha256(BODY).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves one body; the server's attributes say how well behaved it is."""

    def do_GET(self):  # noqa: N802
        server = self.server
        server.asked.append(self.headers.get("Range"))
        if self.path != "/clips.bin":
            self.send_error(404)
            return
        body, first = server.body, 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        fresh = self.headers.get("If-Range", server.etag) == server.etag
        if server.ranges and asked and fresh:
            first = int(asked[1])
            if first >= len(body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(body)}")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        if server.etag:
            self.send_header("ETag", server.etag)
        if server.tells_length:
            self.send_header("Content-Length", str(len(body) - first))
        self.end_headers()
        last = len(body)
        if server.breaks:
            last = min(last, first + server.breaks.pop(0))
        self.wfile.write(body[first:last])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.body, server.etag, server.ranges, server.tells_length = BODY, '"1"', True, True
    server.asked, server.breaks = [], []
    server.handle_error = lambda *_: None  # a client that hangs up
    server.url = f"http://127.0.0.1:{server.server_port}/clips.bin"
    thread = threading.Thread(target=functools.partial(server.serve_forever, 0.01))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("tells_length", [True, False])
def test_fetch(server, tmp_path, tells_length):
    server.tells_length = tells_length
    path = tmp_path / "new" / "clips.bin"
    assert fetch(server.url, path, sha256=SHA256.upper()) == path
    assert path.read_bytes() == BODY
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_there_is_kept(server, tmp_path):
    path = tmp_path / "clips.bin"
    path.write_bytes(b"mine")
    assert fetch(server.url, path) == path
    with pytest.raises(HearingAIError, match="exists and is not.*nothing was overwritten"):
        fetch(server.url, path, sha256=SHA256)
    assert path.read_bytes() == b"mine"
    assert server.asked == []


def test_a_broken_connection_is_taken_up_again(server, tmp_path):
    server.breaks = [100_000, 300_000]
    path = fetch(server.url, tmp_path / "clips.bin", sha256=SHA256)
    assert path.read_bytes() == BODY
    assert server.asked == [None, "bytes=100000-", "bytes=400000-"]
    assert list(path.parent.iterdir()) == [path]


def test_after_three_breaks_the_part_is_kept_for_the_next_call(server, tmp_path):
    server.breaks = [100_000] * 3
    path = tmp_path / "clips.bin"
    with pytest.raises(HearingAIError, match="broke off 3 times.*300000, are kept"):
        fetch(server.url, path, sha256=SHA256)
    assert not path.exists()
    assert fetch(server.url, path, sha256=SHA256).read_bytes() == BODY
    assert server.asked[-1] == "bytes=300000-"


def interrupted(server, path):
    """Leave a part of the body beside `path`."""
    server.breaks = [1000] * 3
    with contextlib.suppress(HearingAIError):
        fetch(server.url, path)
    server.asked.clear()
    assert path.with_name("clips.bin.part").stat().st_size > 0


@pytest.mark.parametrize("etag", ['"1"', 'W/"1"', ""])
def test_a_server_without_ranges_starts_anew(server, tmp_path, etag):
    server.etag, server.ranges = etag, False
    path = tmp_path / "clips.bin"
    interrupted(server, path)
    assert fetch(server.url, path, sha256=SHA256).read_bytes() == BODY
    assert server.asked == ["bytes=1000-"]


def test_a_file_that_changed_starts_anew(server, tmp_path):
    path = tmp_path / "clips.bin"
    interrupted(server, path)
    server.etag, server.body = '"2"', BODY[::-1]
    assert fetch(server.url, path).read_bytes() == BODY[::-1]


def test_a_file_whose_size_changed_starts_anew(server, tmp_path):
    server.etag = ""
    path = tmp_path / "clips.bin"
    interrupted(server, path)
    server.body = BODY + b"more"
    assert fetch(server.url, path).read_bytes() == BODY + b"more"
    assert server.asked == ["bytes=3000-", None]


def test_a_complete_part_is_not_fetched_again(server, tmp_path):
    path = tmp_path / "clips.bin"
    interrupted(server, path)
    path.with_name("clips.bin.part").write_bytes(BODY)
    assert fetch(server.url, path, sha256=SHA256).read_bytes() == BODY
    path.unlink()
    interrupted(server, path)
    path.with_name("clips.bin.part").write_bytes(BODY + b"x")
    assert fetch(server.url, path, sha256=SHA256).read_bytes() == BODY


def test_a_part_of_unknown_origin_starts_anew(server, tmp_path):
    (tmp_path / "clips.bin.part").write_bytes(b"other")
    assert fetch(server.url, tmp_path / "clips.bin").read_bytes() == BODY
    assert server.asked == [None]


def test_a_wrong_checksum_leaves_nothing(server, tmp_path):
    with pytest.raises(HearingAIError, match=f"SHA-256 expected: {'0' * 64}, received: {SHA256}"):
        fetch(server.url, tmp_path / "clips.bin", sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_errors_in_words(server, tmp_path, monkeypatch):
    path = tmp_path / "clips.bin"
    with pytest.raises(HearingAIError, match="the server answered 404 Not Found"):
        fetch(server.url + "x", path)
    with pytest.raises(HearingAIError, match="must begin with http:// or https://"):
        fetch("file:///etc/passwd", path)
    with pytest.raises(HearingAIError, match="cannot be reached.*network connection"):
        fetch("http://127.0.0.1:1/clips.bin", path)
    usage = type("usage", (), {"free": 1000})
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(HearingAIError, match="B free; the file needs .* more"):
        fetch(server.url, path)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(download.errno.ENOSPC, "no space")

    monkeypatch.setattr(download, "_append", full)
    with pytest.raises(HearingAIError, match="cannot be written: the disk is full"):
        fetch(server.url, tmp_path / "clips.bin")


def test_cache_dir(monkeypatch, tmp_path):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    assert cache_dir() == tmp_path
    monkeypatch.delenv("HEARINGAI_CACHE")
    for platform, variable in (("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")):
        monkeypatch.setattr(cache.sys, "platform", platform)
        monkeypatch.setenv(variable, str(tmp_path))
        assert cache_dir() == tmp_path / "hearingai"
    monkeypatch.setattr(cache.sys, "platform", "darwin")
    assert cache_dir().parts[-3:] == ("Library", "Caches", "hearingai")
    monkeypatch.setattr(cache.sys, "platform", "linux")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_dir().parts[-2:] == (".cache", "hearingai")
