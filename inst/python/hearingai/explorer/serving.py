"""The page's server: in this process for the shell, in a child process for Python and R."""

import secrets
import tempfile
from collections.abc import Callable
from typing import Any

from .._typing import Device
from ..classifier.protocol import Classifier
from ..events.options import EventOptions
from ..web.process import serve_in_child
from ..web.server import Ready, address, check_libraries, listener_at, run
from .settings import page_settings

OTHERS = (
    "whoever can reach this machine and knows the address can upload recordings and use the "
    "classifier, unencrypted. Browsers on other machines allow no microphone on such a page"
)


def serve(
    classifier: Classifier | None,
    options: EventOptions,
    *,
    ready: Ready,
    device: Device = "auto",
    host: str = "127.0.0.1",
    port: int = 0,
    **limits: float,
) -> None:
    """Serve the page until Ctrl-C.

    Args:
        classifier: A classifier of sound; `None` until the page makes one.
        options: The options of events.
        ready: Called once the server runs.
        device: Where to compute.
        host: The address to serve at.
        port: The port; 0 takes any that is free.
        **limits: `max_mb` and `max_hours`, see `explore`.

    Raises:
        HearingAIError: An argument is out of range, a library is missing, or the port is taken.
    """
    check_libraries()
    settings = page_settings(classifier, options, device=device, **limits)
    from .app import create_app
    from .library import Library

    listener = listener_at(host, port)
    key = secrets.token_urlsafe(18)
    with tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True) as folder:
        library = Library(settings, folder)
        try:
            run(
                create_app(library, key, host), listener, f"{address(listener, host)}/{key}/", ready
            )
        finally:
            library.close()


def work(task: dict[str, Any], answer: Callable[[Any], None]) -> None:
    """Serve in a child process, see `serve_in_child`."""
    serve_in_child(serve, task, answer)
