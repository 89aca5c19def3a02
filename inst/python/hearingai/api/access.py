"""Access control: requests for this server, with its token."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..web.hosts import HEADERS, Hosts, with_headers
from .document import STYLE_HASH
from .tokens import is_token

_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_LONGEST = 8192  # bytes of a path with its query
_HEADERS = 16_384  # bytes of all headers


class Access:
    """ASGI middleware that lets only clients with the token through.

    No other web site can use the API from a browser: none gets a CORS header, a request that has
    the `Origin` of another page is refused, and no cookie is read.

    Args:
        app: The ASGI application that is protected.
        token: The token.
        hosts: The server's names.
        free: Paths that need no token.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Hosts, free: frozenset[str]) -> None:
        self._app, self._token, self._hosts, self._free = app, token, hosts, free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on, or refuse it."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        send = with_headers(send, HEADERS | {"content-security-policy": _POLICY})
        refused = self._refusal(scope)
        if refused is None:
            return await self._app(scope, receive, send)
        status, text = refused
        headers = {"www-authenticate": 'Bearer realm="hearingai"'} if status == 401 else None
        return await JSONResponse({"error": text}, status, headers)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the reason of a refusal; `None` for a request that is let through."""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _LONGEST:
            return 414, f"The address is longer than {_LONGEST} bytes."
        if sum(len(name) + len(value) for name, value in scope["headers"]) > _HEADERS:
            return 431, f"The headers are longer than {_HEADERS} bytes."
        refused = self._hosts.refusal(scope)
        if refused is not None:
            return 403, refused
        if scope["path"] in self._free:
            return None
        given = Headers(scope=scope).getlist("authorization")
        if not given:
            return 401, "The request needs the header Authorization: Bearer, with the token."
        if len(given) > 1 or not is_token(given[0].encode("latin-1"), self._token):
            return 401, "The token is not the server's."
        return None
