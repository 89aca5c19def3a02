"""Which requests are meant for this server, by the `Host` and the `Origin` that they name."""

import ipaddress
import re
import socket
from collections.abc import Iterable

from starlette.types import Message, Scope, Send

from .server import LOOPBACK

_HOST = re.compile(r"\A(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?\Z")
HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Hosts:
    """The names of a server, which prevents DNS rebinding and requests of other web sites.

    Args:
        host: The address that it listens at; one other than loopback has other names too.
        names: Further names by which it is reached.
    """

    def __init__(self, host: str, names: Iterable[str] = ()) -> None:
        self._names = {*LOOPBACK, *(name.lower() for name in names)}
        self._open = host not in LOOPBACK
        if self._open:
            self._names |= {n.lower() for n in (host, socket.gethostname(), socket.getfqdn())}

    def refusal(self, scope: Scope) -> str | None:
        """Why a request is refused; `None` where it is not.

        `Host` must be this machine; `Origin`, where there is one, must be that host. A WebSocket
        request must have an `Origin`.
        """
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in headers and name in (b"host", b"origin"):
                return "The request has two of a header."
            headers[name] = value
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if not self._knows(host):
            return "The Host header is not the server's host."
        origin = headers.get(b"origin")
        if origin is None:
            return "The request has no Origin." if scope["type"] == "websocket" else None
        if origin.decode("latin-1").lower() != f"http://{host}":
            return "The request comes from another page."
        return None

    def _knows(self, host: str) -> bool:
        """Whether a `Host` is this machine. IP addresses pass: DNS rebinding needs a name."""
        if not _HOST.match(host):
            return False
        name = host[1:].partition("]")[0] if host[0] == "[" else host.partition(":")[0]
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._open


def with_headers(send: Send, headers: dict[str, str]) -> Send:
    """A `send` that adds headers to responses."""
    known = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *known]}
        await send(message)

    return sender
