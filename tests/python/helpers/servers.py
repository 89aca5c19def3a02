"""An API served beside the tests."""

import contextlib
import threading

from hearingai.api.serving import serve
from patience import PATIENCE

TOKEN = "a-token-that-nobody-knows"


@contextlib.contextmanager
def served(classifier, **options):
    """Serve the API in a thread; gives its address."""
    told, came = [], threading.Event()

    def ready(*answer):
        told.extend(answer)
        came.set()

    options |= {"ready": ready, "token": TOKEN}
    thread = threading.Thread(target=serve, args=(classifier, {}), kwargs=options)
    thread.start()
    try:
        assert came.wait(PATIENCE)
        yield told[0]
    finally:
        told[1]()
        thread.join(PATIENCE)
        assert not thread.is_alive()
