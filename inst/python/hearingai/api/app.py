"""The Starlette application of the API."""

import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ..errors import HearingAIError
from ..events.rules import grid_and_rules
from ..web.hosts import Hosts
from ..web.uploads import BusyError, StalledError, TooLargeError, disk_trouble
from .access import Access
from .answers import answered, described
from .document import document, page
from .forms import MalformedError
from .operations import FREE, OPERATIONS, Answer, Operation
from .recordings import ForbiddenError, TypeRefusedError, receive_recording
from .settings import Settings, asked, event_options
from .turns import StoppedError, Turns

_STATUSES: dict[type[Exception], int] = {
    MalformedError: 400,
    ForbiddenError: 403,
    StalledError: 408,
    TooLargeError: 413,
    TypeRefusedError: 415,
    BusyError: 503,
}
_AGAIN = {"retry-after": "5"}  # seconds


def create_api(settings: Settings, turns: Turns, folder: Path, token: str, host: str) -> Access:
    """The application, behind its access control.

    Args:
        settings: The `Settings`.
        turns: The `Turns` of its requests.
        folder: A private folder for recordings.
        token: What clients must know.
        host: What the server listens at.
    """
    routes = [Route(o.path, _handler(o), methods=[o.method], name=o.name) for o in OPERATIONS]
    troubles: dict[Any, Any] = {
        HearingAIError: _refusal,
        TimeoutError: _late,
        OSError: _disk,
        ClientDisconnect: _nobody,
        StoppedError: _nobody,
        HTTPException: _routing,
        Exception: _broken,
    }
    app = Starlette(routes=routes, exception_handlers=troubles)
    app.state.settings, app.state.turns, app.state.folder = settings, turns, folder
    return Access(app, token, Hosts(host, settings.names), FREE)


def _handler(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    if operation.work is not None:
        return partial(_hear, operation, operation.work)
    return {
        "health": _health,
        "classifier": _classifier,
        "openapi": _openapi,
        "docs": _docs,
    }[operation.name]


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _classifier(request: Request) -> Response:
    settings = request.app.state.settings
    return JSONResponse(await anyio.to_thread.run_sync(described, settings))


async def _openapi(_request: Request) -> Response:
    return JSONResponse(document())


async def _docs(_request: Request) -> Response:
    return HTMLResponse(page())


async def _hear(operation: Operation, answer: Answer, request: Request) -> Response:
    """Receive a recording, wait for a turn, and compute."""
    state = request.app.state
    settings: Settings = state.settings
    given = asked(request.query_params, operation.query)
    if operation.name == "annotate":
        grid_and_rules(settings.classifier, event_options(settings, given))  # before the upload
    with state.turns.place(), _room(state.folder) as room:
        path = Path(room, "sound")
        with anyio.fail_after(settings.timeout):
            name = await receive_recording(request, settings, path, given.get("name", ""))
            work = partial(answered, answer, settings, path, name, given)
            return JSONResponse(await state.turns.take(request, work))


def _room(folder: Path) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True)


def _told(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": text}, status, headers)


def _refusal(_request: Request, error: Exception) -> Response:
    status = _STATUSES.get(type(error), 422)
    return _told(status, str(error).replace("\n", " "), _AGAIN if status == 503 else None)


def _late(request: Request, _error: Exception) -> Response:
    seconds = request.app.state.settings.timeout
    return _told(503, f"the request took longer than {seconds:g} s (`timeout`)", _AGAIN)


def _disk(_request: Request, error: Any) -> Response:
    return _told(507, disk_trouble(error))


def _nobody(_request: Request, _error: Exception) -> Response:
    """The client has closed the connection, or the server ends: no reply is read."""
    return Response(status_code=400)


def _routing(request: Request, error: Any) -> Response:
    text = {404: "there is nothing at this path; see /docs", 405: "the path takes another method"}
    return _told(error.status_code, text.get(error.status_code, error.detail), error.headers)


def _broken(_request: Request, _error: Exception) -> Response:
    """Starlette then raises the error, for the server to log."""
    return _told(500, "the server failed; its log says why")
