"""What the tests of the page share."""

import importlib
import inspect
import json
import threading
import warnings
from contextlib import contextmanager
from urllib.parse import urlencode

import numpy as np
import pytest

import hearingai
from fresh import need
from patience import PATIENCE, until
from small_bodies import on_body

need("starlette", "httpx")

import anyio  # noqa: E402
from starlette.testclient import TestClient  # noqa: E402

from hearingai.explorer.app import create_app  # noqa: E402
from hearingai.explorer.library import Library  # noqa: E402
from hearingai.explorer.settings import page_settings  # noqa: E402

KEY = "a-key-that-nobody-knows"
HOST = "127.0.0.1:8000"


class Page:
    """The application of a page, used as the page does."""

    def __init__(self, classifier, folder, limits, options, host):
        settings = page_settings(classifier, options, **limits)
        self.library = Library(settings, folder)
        self._app = create_app(self.library, KEY, host)
        self.client = TestClient(self._app, f"http://{HOST}", headers={"origin": f"http://{HOST}"})
        self.folder = folder

    def get(self, path, **query):
        return self.client.get(f"/{KEY}/{path}", params=query)

    def post(self, path, content=b"", **query):
        return self.client.post(f"/{KEY}/{path}", content=content, params=query)

    def send(self, path, name=None, **query):
        """Send a recording, and wait until it is heard; returns its key."""
        told = self.post("recordings", path.read_bytes(), name=name or path.name, **query)
        assert told.status_code == 201, told.text
        self.wait(told.json()["key"])
        return told.json()["key"]

    def wait(self, key):
        """Wait until a recording is heard or failed; returns its state."""

        def heard():
            told = self.get(f"recordings/{key}").json()
            return told if told["state"] in ("ready", "failed") else None

        return until(heard)

    def told(self, kind, path, *messages, gone=None, **query):
        """Tell the application what a web server would, message by message, and no more after it.

        Args:
            kind: `"http"`, to post, or `"websocket"`.
            path: Behind the key.
            *messages: Those of ASGI.
            gone: From an answer with this text on the other side has gone.
            **query: As everywhere.

        Returns:
            The answers: the status or what was sent over the socket, each as JSON has it; and how
            many messages nobody asked for.
        """
        answers, rest = [], list(messages)

        async def receive():
            return rest.pop(0) if rest else await anyio.sleep_forever()

        async def send(message):
            text = (message.get("body") or b"").decode() or message.get("text") or ""
            if gone is not None and gone in text:
                raise OSError("the other side has gone")
            answers.extend([message["status"]] if "status" in message else [])
            answers.extend([json.loads(text)] if text else [])

        async def run():
            with anyio.fail_after(PATIENCE):
                await self._app(scope, receive, send)

        headers = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode())]
        scope = {"type": kind, "method": "POST", "path": f"/{KEY}/{path}", "headers": headers}
        scope["query_string"] = urlencode(query).encode()
        anyio.run(run)
        return answers, len(rest)

    def microphone(self, **query):
        query = "&".join(f"{name}={value}" for name, value in query.items())
        return self.client.websocket_connect(f"ws://{HOST}/{KEY}/microphone?{query}")


@pytest.fixture
def opened(tmp_path):
    """Opens a page for a classifier: `opened(classifier, **what explore takes)`."""
    pages = []

    def opened(classifier, host="127.0.0.1", max_mb=5, max_hours=1.0, **options):
        folder = tmp_path / f"page{len(pages)}"
        folder.mkdir()
        limits = {"max_mb": max_mb, "max_hours": max_hours}
        pages.append(Page(classifier, folder, limits, options, host))
        return pages[-1]

    yield opened
    for page in pages:
        page.library.close()


@pytest.fixture
def page(opened, ear):
    """A page whose classifier answers at once."""
    return opened(ear(), hop=0.25, ignore="quiet")


@pytest.fixture
def held(opened, ear):
    """A page whose classifier sets `asked` when it is to hear, and waits for `go` then."""
    asked, go = threading.Event(), threading.Event()

    class Held(ear):
        def probabilities(self, clips):
            asked.set()
            assert go.wait(PATIENCE)
            return super().probabilities(clips)

    page = opened(Held(), hop=0.25, ignore="quiet")
    page.asked, page.go = asked, go
    yield page
    go.set()


@pytest.fixture
def maker(monkeypatch):
    """Stands for `word_classifier`: notes what it is asked for, and reports progress once."""

    class Maker:
        asked, error, warning = None, None, None

        def __init__(self):
            self.go = threading.Event()
            self.go.set()

        def __call__(self, words, progress, **options):
            signature.bind(words, progress=progress, **options)
            self.asked = words, options
            progress(1, 4, "Speaking words")
            assert self.go.wait(PATIENCE)
            progress(2, 4, "Speaking words")
            if self.warning:
                warnings.warn(self.warning, hearingai.HearingAIWarning, stacklevel=2)
            if self.error:
                raise hearingai.HearingAIError(self.error)
            return on_body([*words, "unknown", "silence"])

    module = importlib.import_module("hearingai.words.word_classifier")
    made, signature = Maker(), inspect.signature(module.word_classifier)
    monkeypatch.setattr(module, "word_classifier", made)
    return made


@pytest.fixture
def full_disk(page, full_device, monkeypatch):
    """A context in which nothing that comes to the page can be written."""
    room = page.library.room

    @contextmanager
    def full():
        with room() as folder:
            (folder / "sound").symlink_to(full_device)
            yield folder

    @contextmanager
    def context():
        with monkeypatch.context() as patch:
            patch.setattr(page.library, "room", full)
            yield

    return context


@pytest.fixture
def recording(tmp_path):
    """Twelve seconds at 100 Hz, loud from 3 s to 6 s and from 8 s to 9 s."""
    sound = np.random.default_rng(1).uniform(-0.05, 0.05, 1200)
    sound[300:600], sound[800:900] = 0.9, 0.7
    hearingai.write_audio(tmp_path / "loud.wav", sound, 100)
    return tmp_path / "loud.wav"
