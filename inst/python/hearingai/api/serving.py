"""The API's server: in this process for the shell, in a child process for Python and R."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..classifier.protocol import Classifier
from ..events.options import EventOptions
from ..web.process import serve_in_child
from ..web.server import Ready, address, check_libraries, listener_at, run
from .tokens import known_token, new_token

OTHERS = (
    "whoever can reach this machine and reads the token on its way, since it is not encrypted, can "
    "use the classifier"
)


def check_api_libraries() -> None:
    """Raise an error that says what to install where the API's libraries are missing."""
    check_libraries("python_multipart")


def serve(
    classifier: Classifier,
    options: EventOptions,
    *,
    ready: Ready,
    token: str | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    **limits: Any,
) -> None:
    """Serve the API until Ctrl-C.

    Args:
        classifier: A classifier of sound.
        options: The options of events.
        ready: Called once the server runs.
        token: What clients must know; `None` takes that of the environment, else a new one.
        host: The address to serve at.
        port: The port; 0 takes any that is free.
        **limits: The others of `serve_api`.

    Raises:
        HearingAIError: An argument is out of range, a library is missing, or the port is taken.
    """
    check_api_libraries()
    from .app import create_api
    from .settings import api_settings
    from .turns import Turns

    settings = api_settings(classifier, options, **limits)
    token = known_token(token) or new_token()
    listener = listener_at(host, port)
    with tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True) as folder:
        turns = Turns(settings.places)
        try:
            app = create_api(settings, turns, Path(folder), token, host)
            run(app, listener, address(listener, host), ready)
        finally:
            turns.close()


def work(task: dict[str, Any], answer: Callable[[Any], None]) -> None:
    """Serve in a child process, see `serve_in_child`."""
    serve_in_child(serve, task, answer)
