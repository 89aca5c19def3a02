"""Access control: only requests of the page itself, with the key in its address, are served."""

import ipaddress
import re
import secrets
import socket

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"\A(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?\Z")
_HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
# Nothing is loaded from or sent to other servers. Not every browser counts the page's own
# WebSocket as 'self'.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class Guard:
    """ASGI middleware that lets only the page's own requests through.

    The path must begin with the key, which is in the printed address alone: other web sites open in
    the same browser cannot know it. `Host` must be this machine, which prevents DNS rebinding;
    `Origin`, where there is one, must be that host. A WebSocket request must have an `Origin`.

    Args:
        app: The ASGI application that is protected.
        key: The first part of all paths.
        host: The address that the server listens at; one other than loopback has other names too.
    """

    def __init__(self, app: ASGIApp, key: str, host: str) -> None:
        self._app, self._root = app, f"/{key}"
        self._names = set(_LOOPBACK)
        self._open = host not in _LOOPBACK
        if self._open:
            self._names |= {n.lower() for n in (host, socket.gethostname(), socket.getfqdn())}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in headers and name in (b"host", b"origin"):
                return await self._refuse(403, "two of a header", scope, receive, send)
            headers[name] = value
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if not self._knows(host):
            return await self._refuse(
                403, "The Host header is not the page's host.", scope, receive, send
            )
        origin = headers.get(b"origin")
        if origin is None and scope["type"] == "websocket":
            return await self._refuse(403, "No origin.", scope, receive, send)
        if origin is not None and origin.decode("latin-1").lower() != f"http://{host}":
            return await self._refuse(
                403, "The request comes from another page.", scope, receive, send
            )
        if not self._has_key(scope["path"]):
            text = "Open the complete address as printed, with its key."
            return await self._refuse(404, text, scope, receive, send)
        policy = _POLICY.format(host=host)
        scope = {**scope, "root_path": self._root}
        return await self._app(scope, receive, _with_headers(send, policy))

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

    def _has_key(self, path: str) -> bool:
        begin = path[: len(self._root)].encode("utf-8", "surrogateescape")
        rest = path[len(self._root) :]
        return secrets.compare_digest(begin, self._root.encode()) and rest.startswith("/")

    async def _refuse(
        self, status: int, text: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        return await PlainTextResponse(text, status, dict(_HEADERS))(scope, receive, send)


def _with_headers(send: Send, policy: str) -> Send:
    headers = _HEADERS | {"content-security-policy": policy}
    known = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *known]}
        await send(message)

    return sender
