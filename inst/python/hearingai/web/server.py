"""Run an application at an address, until Ctrl-C."""

import importlib.util
import os
import socket
from collections.abc import Callable
from typing import Any, TypeAlias

from ..errors import HearingAIError, warn

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATIENCE = 3  # seconds for open requests to finish when the server shuts down
Ready: TypeAlias = Callable[[str, Callable[[], None]], object]
"""Called, once a server runs, with its address and a function that stops it."""

_NEEDED = ("starlette", "uvicorn", "websockets")
_MOST_AT_ONCE = 48  # requests and connections


def run(app: Any, listener: socket.socket, url: str, ready: Ready) -> None:
    """Serve an application until Ctrl-C, then close the listening socket.

    Args:
        app: The ASGI application.
        listener: What `listener_at` gave.
        url: Its address, for `ready`.
        ready: Called once it runs.
    """
    import uvicorn

    from .connections import Connection

    config = uvicorn.Config(
        app,
        http=Connection,
        access_log=False,
        limit_concurrency=_MOST_AT_ONCE,
        log_level="error",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
        ws_max_size=2**20,
        ws_per_message_deflate=False,
    )
    server = uvicorn.Server(config)
    ready(url, lambda: setattr(server, "should_exit", True))
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()


def check_libraries(*further: str) -> None:
    """Raise an error that says what to install where a server's libraries are missing.

    Args:
        *further: Modules that it needs beside those of all servers.
    """
    for name in (*_NEEDED, *further):
        if importlib.util.find_spec(name) is None:
            raise HearingAIError(
                f'The server needs the library {name}. Type: `pip install "hearingai[serve]"`'
            )


def warn_of(host: str, what: str) -> None:
    """Warn where a server can be reached from other machines.

    Args:
        host: The address that it listens at.
        what: Who can do what there then.
    """
    if host not in LOOPBACK:
        warn(f"`host`: at {host}, {what}. The default serves this machine only")


def listener_at(host: str, port: int) -> socket.socket:
    """A listening socket, so that a client can connect at once."""
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
            f"nothing can be served at `host` {host}, `port` {port}: {reason}. `port=0` takes "
            f"any that is free"
        ) from None


def address(listener: socket.socket, host: str) -> str:
    """The address of a server, without a path."""
    name = socket.gethostname() if host in ("0.0.0.0", "::", "") else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{listener.getsockname()[1]}"
