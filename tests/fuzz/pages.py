"""The explorer's page, asked without a web server: requests are bytes."""

import time
from urllib.parse import unquote_to_bytes

import anyio
import numpy as np

from hearingai.explorer.app import create_app
from hearingai.explorer.library import Library
from hearingai.explorer.settings import page_settings

KEY, HOST = b"a-key", b"127.0.0.1:8000"
_HEARING = dict.fromkeys(("window", "hop", "low", "smooth", "labels", "ignore"))
_HEARING |= {"threshold": 0.5, "min_duration": 0.0, "min_gap": 0.0}
_LONGEST = 100  # seconds in which anything is answered


def request_seeds():
    """`{name: (ending, bytes)}` of every request that the page makes."""
    sound = (12000 * np.sin(np.arange(1600) / 3)).astype("<i2").tobytes()
    size = len(sound).to_bytes(4, "little")
    wav = b"RIFF" + (36 + len(sound)).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x01\0"
    wav += b"\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data" + size + sound
    gets = [
        "",
        "about",
        "page.js",
        "recordings/one",
        "recordings/one/view?start=0&end=0.2&width=100",
        "recordings/one/probabilities?start=0&end=0.2&width=100&hop=0.025&smooth=0.05",
        "recordings/one/events?threshold=0.5&smooth=0&min_duration=0.1&min_gap=0.05&labels=0,1",
        "recordings/one/events/csv?threshold=0.1&smooth=0",
        "recordings/one/events/audacity?threshold=0.1",
        "recordings/one/events/raven?threshold=0.1",
        "recordings/one/sound.wav",
    ]
    made = {f"get {i}": _request("GET", path) for i, path in enumerate(gets)}
    made["range"] = _request("GET", "recordings/one/sound.wav", b"", "range: bytes=0-100\n")
    made["send"] = _request("POST", "recordings?name=a.wav&hop=0.025", wav)
    made["analyse"] = _request("POST", "recordings/one/analyse?hop=0.025")
    for method in ("GET", "POST", "DELETE"):
        made[f"{method.lower()} words"] = _request(method, "detector?words=a,b&language=none")
    made["remove"] = _request("DELETE", "recordings/none")
    made["microphone"] = _request("SOCKET", "microphone?rate=8000&sample_rate=8000", sound[:800])
    return {name: ("request", request) for name, request in made.items()}


def _request(method, path, body=b"", headers=""):
    head = f"{method} /{KEY.decode()}/{path}\nhost: {HOST.decode()}\n"
    head += f"origin: http://{HOST.decode()}\n{headers}\n"
    return head.encode() + body


class Page:
    """The application of a page that has heard one recording, `one`.

    Args:
        classifier: What hears.
        folder: An empty one.
    """

    def __init__(self, classifier, folder):
        settings = page_settings(classifier, _HEARING, max_mb=1, max_hours=0.01)
        self._library = Library(settings, folder)
        self._app = create_app(self._library, KEY.decode())

    def ask(self, content):
        """Send a request and wait for its answer, and until what was sent is heard.

        Raises:
            AssertionError: The answer is a status of 500 or more, or there is none.
        """
        self._fill()
        head, _, body = content.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        method, _, target = first.partition(b" ")
        path, _, query = target.partition(b"?")
        one = next(iter(self._library._recordings)).encode()
        path = path.replace(b"recordings/one", b"recordings/" + one)
        headers = [line.partition(b": ")[::2] for line in lines]
        scope = {
            "type": "websocket" if method == b"SOCKET" else "http",
            "method": method.decode("latin-1"),
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in headers],
            "http_version": "1.1",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        status = anyio.run(self._answer, scope, body)
        self._wait()
        assert status is not None and status < 500, f"answers with the status {status}"

    async def _answer(self, scope, body):
        socket, told, asked = scope["type"] == "websocket", [], 0

        async def receive():
            nonlocal asked
            asked += 1
            if not socket:
                return (
                    {"type": "http.request", "body": body, "more_body": False}
                    if asked == 1
                    else await anyio.sleep_forever()
                )
            if asked == 1:
                return {"type": "websocket.connect"}
            part = body[400 * (asked - 2) :][:400]
            if part:
                return {"type": "websocket.receive", "bytes": part}
            if asked % 2:
                return {"type": "websocket.receive", "text": body[:50].decode("latin-1")}
            return {"type": "websocket.disconnect", "code": 1001}

        async def send(message):
            if "status" in message:
                told.append(message["status"])
            elif message["type"].startswith("websocket"):
                told.append(1011 if message.get("code") == 1011 else 200)

        with anyio.fail_after(_LONGEST):
            await self._app(scope, receive, send)
        return max(told, default=None)

    def _wait(self):
        end = time.monotonic() + _LONGEST
        while any(one.busy for one in list(self._library._recordings.values())):
            assert time.monotonic() < end, "a recording is never heard to its end"
            time.sleep(0.002)

    def _fill(self):
        """There is a recording to ask about."""
        if not self._library._recordings:
            with self._library.room() as room:
                content = request_seeds()["send"][1].partition(b"\n\n")[2]
                (room / "sound").write_bytes(content)
                self._library.add(room, "one.wav", {})
            self._wait()
