"""Recordings at addresses: only where the owner allows them, and only public ones."""

import http.server
import socket
import threading
import time

import pytest

from hearingai.api import addresses
from hearingai.api.addresses import AddressError, fetch_public, is_own, is_public
from hearingai.web.uploads import TooLargeError

PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "100.64.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1"])
def test_public_ones_too(address):
    assert is_public(address)


class Site(http.server.BaseHTTPRequestHandler):
    """Answers by path, and notes who asked for what."""

    asked, content = [], b""

    def do_GET(self):  # noqa: N802
        self.asked.append((self.path, dict(self.headers)))
        kind, _, rest = self.path.strip("/").partition("/")
        getattr(self, kind)(rest)

    def sound(self, _rest, length=None):
        self.send_response(200)
        told = len(self.content) if length is None else length
        self.send_header("Content-Length", str(told))
        self.end_headers()
        self.wfile.write(self.content)

    def cut(self, _rest):
        self.sound("", len(self.content) + 100)

    def huge(self, _rest):
        self.sound("", 10**12)

    def endless(self, _rest):
        self.send_response(200)
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(bytes(1000))

    def slow(self, _rest):
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def to(self, rest):
        self.send_response(302)
        self.send_header("Location", rest)
        self.end_headers()

    def round(self, _rest):
        self.to("/round")

    def gone(self, _rest):
        self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture
def site(recording, monkeypatch):
    """A site on this machine, which stands for a public one at `public.example`."""
    monkeypatch.setattr(Site, "asked", [])
    monkeypatch.setattr(Site, "content", recording.read_bytes())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    look_up, public = socket.getaddrinfo, []

    def looked_up(host, port, *args, **kwargs):
        public[:] = ["127.0.0.1"] if host == "public.example" else []
        return look_up("127.0.0.1" if public else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(addresses, "is_public", lambda ip: ip in public or is_public(ip))
    monkeypatch.setattr(addresses, "is_own", lambda sock: False)
    server.url = f"http://public.example:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def test_what_is_at_an_address_is_fetched(site, tmp_path, recording):
    fetch_public(f"{site.url}/sound/ä b?q=1#part", tmp_path / "a", 10**6, 10)
    assert (tmp_path / "a").read_bytes() == recording.read_bytes()
    ((path, headers),) = site.RequestHandlerClass.asked
    assert path == "/sound/%C3%A4%20b?q=1"
    assert set(headers) == {"Host", "Accept-Encoding", "User-Agent"}
    fetch_public(f"{site.url}/to/{site.url}/sound", tmp_path / "b", 10**6, 10)
    assert (tmp_path / "b").read_bytes() == recording.read_bytes()


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:{port}/sound",
        "http://localhost:{port}/sound",
        "http://2130706433:{port}/sound",
        "http://0x7f.1:{port}/sound",
        "http://[::1]:{port}/sound",
        "http://[::ffff:127.0.0.1]:{port}/sound",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_what_is_private_is_not_asked_for(site, tmp_path, monkeypatch, place):
    place = place.format(port=site.server_port)
    with pytest.raises(AddressError, match="public address|cannot be fetched"):
        fetch_public(place, tmp_path / "a", 10**6, 10)
    assert site.RequestHandlerClass.asked == []
    monkeypatch.setattr(Site, "round", lambda self, _: self.to(place))
    with pytest.raises(AddressError, match="public address|cannot be fetched"):
        fetch_public(f"{site.url}/round", tmp_path / "a", 10**6, 10)
    assert [path for path, _ in site.RequestHandlerClass.asked] == ["/round"]
    assert not (tmp_path / "a").exists()


def test_a_public_address_of_the_server_itself_is_refused(site, tmp_path, monkeypatch):
    monkeypatch.setattr(addresses, "is_own", is_own)
    with pytest.raises(AddressError, match="public address"):
        fetch_public(f"{site.url}/sound", tmp_path / "a", 10**6, 10)
    assert site.RequestHandlerClass.asked == []


def test_a_full_disk_is_not_the_fault_of_the_address(site, full_device):
    with pytest.raises(OSError, match="No space left"):
        fetch_public(f"{site.url}/sound", full_device, 10**6, 10)


def test_a_name_that_is_private_too_is_refused(tmp_path, monkeypatch):
    """Of several addresses one is enough, and none is connected to."""
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "socket", None)
    with pytest.raises(AddressError, match="public address"):
        fetch_public("http://two.example/", tmp_path / "a", 10, 10)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example/b",
        "http://",
        "//a.example",
        "http://user:secret@a.example/",
        "http://a.example:99999/",
        "http://a.example/\r\nX: y",
        "http://a.example/" + "x" * 2000,
        "gopher://a.example/",
        "http://[::1",
        "",
    ],
)
def test_what_is_no_such_address_is_refused(tmp_path, url):
    with pytest.raises(AddressError, match="`url`"):
        fetch_public(url, tmp_path / "a", 10, 10)


@pytest.mark.parametrize(
    ("path", "error", "reason"),
    [
        ("gone", AddressError, "404"),
        ("cut", AddressError, "broke off|Incomplete"),
        ("huge", TooLargeError, "max_mb"),
        ("endless", TooLargeError, "max_mb"),
        ("round", AddressError, "redirects"),
        ("to/file:///etc/passwd", AddressError, "http"),
        ("slow", AddressError, "too long"),
    ],
)
def test_what_cannot_be_fetched_is_told(site, tmp_path, path, error, reason):
    began = time.monotonic()
    with pytest.raises(error, match=reason):
        fetch_public(f"{site.url}/{path}", tmp_path / "a", 10**5, 1.0)
    assert time.monotonic() - began < 4


def test_a_request_may_name_an_address_where_that_is_allowed(api, opened, ear, site, recording):
    url = f"{site.url}/sound/a.wav"
    answer = api.client.post("/v1/predict", json={"url": url})
    assert (answer.status_code, site.RequestHandlerClass.asked) == (403, [])
    allowing = opened(ear(), allow_urls=True)
    told = allowing.client.post("/v1/predict", json={"url": url}).json()
    assert told == allowing.post("/v1/predict", recording.read_bytes()).json() | {"fname": url}
    for body, status in (
        (b"{", 400),
        (b"[]", 400),
        (b'{"url": 1}', 400),
        (b'{"url": "http://a.example", "more": 1}', 400),
        (b"[" * 5000, 400),
        (b"x" * 9000, 413),
        (b'{"url": "http://127.0.0.1/"}', 422),
    ):
        kind = {"content-type": "application/json"}
        answer = allowing.post("/v1/predict", body, headers=kind)
        assert answer.status_code == status
        assert "recording" not in answer.json()["error"]
    assert not any(allowing.folder.iterdir())
