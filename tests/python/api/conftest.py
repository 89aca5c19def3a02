"""What the tests of the API share."""

import contextlib
import threading

import numpy as np
import pytest

import hearingai
from fresh import need
from patience import PATIENCE

need("starlette", "httpx", "python_multipart")

from starlette.testclient import TestClient  # noqa: E402

from hearingai.api.app import create_api  # noqa: E402
from hearingai.api.settings import api_settings  # noqa: E402
from hearingai.api.turns import Turns  # noqa: E402

TOKEN, HOST = "a-token-that-nobody-knows", "127.0.0.1:8000"


class Api:
    """The application, used as a program does."""

    def __init__(self, client, folder, settings, turns):
        self.client, self.folder, self.settings, self.turns = client, folder, settings, turns

    def get(self, path, **options):
        return self.client.get(path, **options)

    def post(self, path, content=b"", query=None, **options):
        return self.client.post(path, content=content, params=query, **options)


@pytest.fixture
def opened(tmp_path):
    """Opens the API of a classifier: `opened(classifier, **what serve_api takes)`."""
    with contextlib.ExitStack() as stack:

        def opened(classifier, host="127.0.0.1", options=None, **limits):
            folder = tmp_path / "rooms"
            folder.mkdir(exist_ok=True)
            limits = {"max_mb": 5, "max_hours": 1.0} | limits
            settings = api_settings(classifier, options or {}, **limits)
            turns = Turns(settings.places)
            stack.callback(turns.close)
            app = create_api(settings, turns, folder, TOKEN, host)
            headers = {"authorization": f"Bearer {TOKEN}"}
            client = TestClient(app, f"http://{HOST}", headers=headers)
            return Api(stack.enter_context(client), folder, settings, turns)

        yield opened


@pytest.fixture
def api(opened, ear):
    """An API whose classifier answers at once."""
    return opened(ear())


@pytest.fixture
def held(opened, ear):
    """An API whose classifier sets `asked` when it is to hear, and waits for `go` then."""
    asked, go = threading.Event(), threading.Event()

    class Held(ear):
        def probabilities(self, clips):
            asked.set()
            assert go.wait(PATIENCE)
            return super().probabilities(clips)

    api = opened(Held(), places=2)
    api.asked, api.go = asked, go
    yield api
    go.set()


@pytest.fixture
def recording(tmp_path):
    """Twelve seconds at 100 Hz, loud from 3 s to 6 s and from 8 s to 9 s."""
    sound = np.random.default_rng(1).uniform(-0.05, 0.05, 1200)
    sound[300:600], sound[800:900] = 0.9, 0.7
    hearingai.write_audio(tmp_path / "loud.wav", sound, 100)
    return tmp_path / "loud.wav"
