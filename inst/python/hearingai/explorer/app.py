"""The Starlette application: the routes that the page requests."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

from ..errors import HearingAIError
from ..events.options import EventOptions
from ..events.rules import USUAL_THRESHOLD, Rules, own_thresholds
from ..events.tracking import event_table
from ..events.windows import Grid
from ..events.writing import write_events
from ..runtime.shared_options import pick
from ..version import __version__
from ..web.uploads import BusyError, TooLargeError, disk_trouble, receive
from .detector import spoken
from .guard import Guard
from .library import Library
from .microphone import microphone
from .picture import thousandths
from .recording import Recording, view_for_page
from .settings import Settings, number
from .sound import Wav, byte_range

_PAGE = Path(__file__).parent / "page"
# Set here, since other programs may have changed the types in Windows' registry.
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_TYPES |= {".svg": "image/svg+xml"}
_WIDEST = 4000  # columns of a picture
_SHOWN = 2000  # events that the page draws and lists
_FILES = {"csv": ".csv", "audacity": ".txt", "raven": ".selections.txt"}
_KINDS = {"csv": "text/csv", "audacity": "text/plain", "raven": "text/plain"}


class NotFoundError(HearingAIError):
    """There is no such recording."""


def create_app(library: Library, key: str, host: str = "127.0.0.1") -> Guard:
    """The application, behind its guard.

    Args:
        library: The `Library`.
        key: The first part of all paths.
        host: What the server listens at.
    """
    routes = [
        Route("/", _file("index.html")),
        *[Route(f"/{p.name}", _file(p.name)) for p in _PAGE.iterdir() if p.suffix in _TYPES],
        Route("/about", _about),
        Route("/recordings", _upload, methods=["POST"]),
        Route("/recordings/{key}", _state, methods=["GET"]),
        Route("/recordings/{key}", _remove, methods=["DELETE"]),
        Route("/recordings/{key}/analyse", _analyse, methods=["POST"]),
        Route("/recordings/{key}/view", _view),
        Route("/recordings/{key}/probabilities", _probabilities),
        Route("/recordings/{key}/events", _events),
        Route("/recordings/{key}/events/{format}", _download),
        Route("/recordings/{key}/sound.wav", _sound),
        Route("/languages", _languages),
        Route("/detector", _detector, methods=["GET"]),
        Route("/detector", _make, methods=["POST"]),
        Route("/detector", _cancel, methods=["DELETE"]),
        Route("/detector.keras", _saved),
        WebSocketRoute("/microphone", microphone),
    ]
    troubles = {HearingAIError: _refusal, OSError: _disk, ClientDisconnect: _nobody}
    app = Starlette(routes=routes, exception_handlers=troubles)
    app.state.library = library
    return Guard(app, key, host)


def _file(name: str) -> Callable[[Request], Response]:
    path = _PAGE / name
    content, kind = path.read_bytes(), f"{_TYPES[path.suffix]}; charset=utf-8"
    return lambda _request: Response(content, media_type=kind)


def _refusal(_request: Request, error: Exception) -> Response:
    statuses: dict[type[Exception], int] = {TooLargeError: 413, BusyError: 429, NotFoundError: 404}
    return JSONResponse({"error": str(error)}, statuses.get(type(error), 422))


def _disk(_request: Request, error: Any) -> Response:
    return JSONResponse({"error": disk_trouble(error)}, 507)


def _nobody(_request: Request, _error: Exception) -> Response:
    """The client has closed the connection: no reply."""
    return Response(status_code=400)


def _about(request: Request) -> Response:
    library = request.app.state.library
    settings = library.settings
    told = {
        "version": __version__,
        "labels": [],
        "number": settings.number,
        "max_bytes": settings.max_bytes,
    }
    if settings.classifier is not None:
        told |= _about_classifier(settings)
    return JSONResponse(told)


def _about_classifier(settings: Settings) -> dict[str, Any]:
    classifier = settings.hearing
    body = getattr(classifier, "body", None)
    grid = settings.grid()
    rules = settings.rules(grid)
    given = pick(EventOptions, settings.options)["threshold"]
    own = own_thresholds(classifier) if given is None else {}
    common = USUAL_THRESHOLD if given is None and not own else given
    levels = {place: own[label] for place, label in enumerate(classifier.labels) if label in own}
    levels |= zip(rules.reported.tolist(), rules.threshold.tolist(), strict=True)
    return {
        "recipe": classifier.recipe,
        "body": None if body is None else f"{body.name} ({body.licence})",
        "labels": list(classifier.labels),
        "reported": rules.reported.tolist(),
        "sample_rate": classifier.sample_rate,
        "window": float(grid.window),
        "hop": float(grid.hop),
        "threshold": common if isinstance(common, (int, float)) else None,
        "thresholds": levels,
        "smooth": float(rules.smooth),
        "min_duration": float(rules.min_duration),
        "min_gap": float(rules.min_gap),
    }


async def _upload(request: Request) -> Response:
    library = request.app.state.library
    library.settings.grid(request.query_params)  # an error comes before the upload
    with library.room() as room:
        await receive(request, room / "sound", library.settings.max_bytes)
        name = request.query_params.get("name", "")
        key = await run_in_threadpool(library.add, room, name, request.query_params)
    if await request.is_disconnected():  # the page is closed and will not request it
        library.remove(key)
    return JSONResponse({"key": key}, 201)


def _state(request: Request) -> Response:
    return JSONResponse(_told(_found(request)))


def _told(recording: Recording) -> dict[str, Any]:
    return {
        "name": recording.name,
        "about": recording.about,
        "seconds": recording.seconds,
        "state": recording.state,
        "hop": None if recording.grid is None else float(recording.grid.hop),
        "done": recording.done,
        "error": recording.error,
        "note": recording.note,
        "levels": recording.levels,
    }


def _analyse(request: Request) -> Response:
    library, key = request.app.state.library, request.path_params["key"]
    return JSONResponse(_told(_there(library.analyse(key, request.query_params))))


def _remove(request: Request) -> Response:
    request.app.state.library.remove(request.path_params["key"])
    return Response(status_code=204)


def _view(request: Request) -> Response:
    return JSONResponse(view_for_page(_found(request).view(*_stretch(request))))


def _probabilities(request: Request) -> Response:
    recording = _found(request)
    grid, rules = _asked(request, recording)
    start, step, values = recording.probabilities(grid, rules.smooth, *_stretch(request))
    columns = [thousandths(column) for column in values.T]
    return JSONResponse({"start": start, "step": step, "values": columns})


def _events(request: Request) -> Response:
    recording = _found(request)
    events = recording.events(*_asked(request, recording))
    places = {label: i for i, label in enumerate(recording.settings.hearing.labels)}
    rows = [[e.start, e.end, places[e.label], e.score] for e in events[:_SHOWN]]
    return JSONResponse({"total": len(events), "events": rows})


def _download(request: Request) -> Response:
    recording, format = _found(request), request.path_params["format"]
    if format not in _FILES:
        raise NotFoundError(f"`format` of events must be one of {', '.join(_FILES)}")
    # Audacity's and Raven's files name no folder: the recording's folder is not known here
    fname = recording.name if format == "csv" else None
    table = event_table(
        [(fname, *event) for event in recording.events(*_asked(request, recording))]
    )
    with tempfile.TemporaryDirectory(dir=recording.path.parent) as folder:
        content = Path(write_events(table, Path(folder) / f"e{_FILES[format]}")).read_bytes()
    name = quote(Path(recording.name).stem + _FILES[format], safe="")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=f"{_KINDS[format]}; charset=utf-8", headers=headers)


def _sound(request: Request) -> Response:
    recording = _found(request)
    if recording.samples is None:
        raise NotFoundError("the recording has not been read yet")
    wav = Wav(recording.path, recording.sample_rate, recording.samples)
    if not wav.playable:
        raise NotFoundError("the recording is too long to be played here")
    headers = {"accept-ranges": "bytes", "content-length": str(wav.size)}
    wanted = byte_range(request.headers.get("range"), wav.size)
    if wanted is None:
        return StreamingResponse(wav.pieces(), media_type="audio/wav", headers=headers)
    if wanted is False:
        return Response(status_code=416, headers={"content-range": f"bytes */{wav.size}"})
    content, first = wav.read(*wanted), wanted[0]
    place = f"bytes {first}-{first + len(content) - 1}/{wav.size}"
    headers = {"accept-ranges": "bytes", "content-range": place}
    return Response(content, 206, headers, "audio/wav")


def _languages(_request: Request) -> Response:
    return JSONResponse(spoken())


def _detector(request: Request) -> Response:
    return JSONResponse(request.app.state.library.detector.told())


def _make(request: Request) -> Response:
    library, asked = request.app.state.library, request.query_params
    library.make(asked.get("words", ""), asked.get("language", "en"))
    return JSONResponse(library.detector.told(), 202)


def _cancel(request: Request) -> Response:
    request.app.state.library.detector.stop()
    return Response(status_code=204)


def _saved(request: Request) -> Response:
    detector = request.app.state.library.detector
    if not detector.saved:
        raise NotFoundError("no detector of words has been made yet")
    return FileResponse(detector.path, media_type="application/zip", filename=detector.path.name)


def _found(request: Request) -> Recording:
    return _there(request.app.state.library.find(request.path_params["key"]))


def _there(recording: Recording | None) -> Recording:
    if recording is None:
        raise NotFoundError("the server no longer has the recording; upload it again")
    return recording


def _asked(request: Request, recording: Recording) -> tuple[Grid, Rules]:
    settings, asked = recording.settings, request.query_params
    grid = settings.grid(asked)
    return grid, settings.rules(grid, asked)


def _stretch(request: Request) -> tuple[float, float, int]:
    """The start, the end and the number of columns of a section."""
    asked = request.query_params
    start, end = number("start", asked.get("start", "0")), number("end", asked.get("end", "1e9"))
    most = number("width", asked.get("width", "1000"))
    if not (0 <= start < end <= 1e9 and 1 <= most <= _WIDEST):
        raise HearingAIError(
            f"`start` must be from 0 and before `end`, and `width` 1...{_WIDEST}. "
            f"Received: {start:g}, {end:g}, {most:g}"
        )
    return start, end, int(most)
