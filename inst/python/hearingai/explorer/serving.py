"""The page's server: in this process for the shell, in a child process for Python and R."""

import importlib.util
import os
import secrets
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from .._typing import Device
from ..classifier.protocol import Classifier
from ..errors import HearingAIError, warn
from ..events.options import EventOptions
from ..runtime.processes import when_parent_ends
from .settings import page_settings

_NEEDED = ("starlette", "uvicorn", "websockets")
_MOST_AT_ONCE = 48  # requests and connections
_PATIENCE = 3  # seconds for open requests to finish when the server shuts down


def serve(
    classifier: Classifier | None,
    options: EventOptions,
    *,
    ready: Callable[[str, Callable[[], None]], object],
    device: Device = "auto",
    host: str = "127.0.0.1",
    port: int = 0,
    **limits: float,
) -> None:
    """Serve the page until Ctrl-C.

    Args:
        classifier: A classifier of sound; `None` until the page makes one.
        options: The options of events.
        ready: Called, once the server runs, with the address and a function that stops it.
        device: Where to compute.
        host: The address to serve at.
        port: The port; 0 takes any that is free.
        **limits: `max_mb` and `max_hours`, see `explore`.

    Raises:
        HearingAIError: An argument is out of range, a library is missing, or the port is taken.
    """
    check_libraries()
    settings = page_settings(classifier, options, device=device, **limits)
    import uvicorn

    from .app import create_app
    from .library import Library

    listener = listener_at(host, port)
    key = secrets.token_urlsafe(18)
    with tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True) as folder:
        library = Library(settings, folder)
        config = uvicorn.Config(
            create_app(library, key, host),
            access_log=False,
            limit_concurrency=_MOST_AT_ONCE,
            log_level="error",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
            ws_max_size=2**20,
            ws_per_message_deflate=False,
        )
        server = uvicorn.Server(config)
        ready(_address(listener, host, key), lambda: setattr(server, "should_exit", True))
        try:
            server.run(sockets=[listener])
        finally:
            library.close()
            listener.close()


def check_libraries() -> None:
    """Raise an error that says what to install where the server's libraries are missing."""
    for name in _NEEDED:
        if importlib.util.find_spec(name) is None:
            raise HearingAIError(
                f'The page needs the library {name}. Type: `pip install "hearingai[serve]"`'
            )


def warn_of(host: str) -> None:
    """Warn where the page can be reached from other machines."""
    if host not in ("127.0.0.1", "localhost", "::1"):
        warn(
            f"`host`: at {host}, whoever can reach this machine and knows the address can upload "
            f"recordings and use the classifier, unencrypted. Browsers on other machines allow no "
            f"microphone on such a page. The default serves this machine only"
        )


def listener_at(host: str, port: int) -> socket.socket:
    """A listening socket, so that a browser can connect at once."""
    if not isinstance(host, str):
        raise HearingAIError(
            f"`host` must be the name of this machine or its address. Received: {host!r}"
        )
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
        return listener
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise HearingAIError(
            f"the page cannot be served at `host` {host}, `port` {port}: {reason}. `port=0` takes "
            f"any that is free"
        ) from None


def _address(listener: socket.socket, host: str, key: str) -> str:
    name = socket.gethostname() if host in ("0.0.0.0", "::", "") else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{listener.getsockname()[1]}/{key}/"


def work(task: dict[str, Any], answer: Callable[[Any], None]) -> None:
    """Serve in a child process, until the parent process closes our standard input.

    Args:
        task: What `serve` is called with; the classifier is a path.
        answer: Called with the address once the server runs.
    """
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def ready(url: str, end: Callable[[], None]) -> None:
        when_parent_ends(lambda: _end(end))
        answer(url)

    serve(_opened(task.pop("classifier"), task.pop("exported")), ready=ready, **task)


def _opened(path: str | None, exported: bool) -> Any:
    """The classifier, if there is one; an exported one is loaded without Keras."""
    if path is None:
        return None
    if exported:
        from ..exports import load_exported

        return load_exported(path)
    from ..classifier.saving import load_classifier

    return load_classifier(path)


def _end(end: Callable[[], None]) -> None:
    """Stop the server; open requests are cut off after a while."""
    end()
    threading.Timer(2 * _PATIENCE, os._exit, (0,)).start()
