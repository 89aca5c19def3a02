"""Access control: only requests of the page itself, with the key in its address, are served."""

import secrets

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..web.hosts import HEADERS, Hosts, with_headers

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
    the same browser cannot know it. `Host` and `Origin` must be the page's, see `Hosts`.

    Args:
        app: The ASGI application that is protected.
        key: The first part of all paths.
        host: The address that the server listens at.
    """

    def __init__(self, app: ASGIApp, key: str, host: str) -> None:
        self._app, self._root, self._hosts = app, f"/{key}", Hosts(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        refused = self._hosts.refusal(scope)
        if refused is not None:
            return await _refuse(403, refused, scope, receive, send)
        if not self._has_key(scope["path"]):
            text = "Open the complete address as printed, with its key."
            return await _refuse(404, text, scope, receive, send)
        host = dict(scope["headers"])[b"host"].decode("latin-1").lower()
        headers = HEADERS | {"content-security-policy": _POLICY.format(host=host)}
        scope = {**scope, "root_path": self._root}
        return await self._app(scope, receive, with_headers(send, headers))

    def _has_key(self, path: str) -> bool:
        begin = path[: len(self._root)].encode("utf-8", "surrogateescape")
        rest = path[len(self._root) :]
        return secrets.compare_digest(begin, self._root.encode()) and rest.startswith("/")


async def _refuse(status: int, text: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close", "code": 1008})
    return await PlainTextResponse(text, status, dict(HEADERS))(scope, receive, send)
