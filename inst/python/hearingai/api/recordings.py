"""The recording of a request: its body, the file of a form, or what is at an address."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import Request

from ..errors import HearingAIError
from ..web.uploads import TooLargeError, pieces_of, receive, shown_name
from .addresses import fetch_public
from .forms import MalformedError, receive_form
from .settings import Settings

SOUND = ("application/octet-stream", "audio/*", "video/*", "application/ogg")
FORM, ADDRESS = "multipart/form-data", "application/json"
_LONGEST = 8192  # bytes of a JSON body


class TypeRefusedError(HearingAIError):
    """The body of a request is of a type that is no recording."""


class ForbiddenError(HearingAIError):
    """The server does not allow this."""


async def receive_recording(request: Request, settings: Settings, path: Path, name: str) -> str:
    """Write the recording of a request to a file.

    Args:
        request: A Starlette request.
        settings: The `Settings`.
        path: Where to write.
        name: What the query calls it; it may be empty.

    Returns:
        What it is called: that, else the file's name in the form, the address, or `"recording"`.

    Raises:
        HearingAIError: There is none, or it is too large, each reason in a class of its own.
    """
    kind = request.headers.get("content-type", SOUND[0]).partition(";")[0].strip().lower()
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise TypeRefusedError(
            "a body with a Content-Encoding is not taken; send the file as it is"
        )
    if kind == FORM:
        filename = await receive_form(request, path, settings.max_bytes)
        return shown_name(name or filename)
    if kind == ADDRESS:
        url = await _address_in(request, settings)
        await _fetch(url, path, settings)
        return shown_name(name) if name else url
    if kind not in SOUND and kind.partition("/")[0] not in ("audio", "video"):
        raise TypeRefusedError(
            f"the Content-Type must be audio/…, application/octet-stream, or {FORM} with a field "
            f"file. Received: {kind[:40]!r}"
        )
    await receive(request, path, settings.max_bytes)
    return shown_name(name)


async def _address_in(request: Request, settings: Settings) -> str:
    if not settings.urls:
        raise ForbiddenError("this server takes no addresses; its owner did not allow them")
    try:
        body = b"".join([piece async for piece in pieces_of(request, _LONGEST)])
    except TooLargeError:
        raise TooLargeError(f"the JSON has more than {_LONGEST} bytes") from None
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError("the body is not the JSON that its Content-Type says") from None
    if not (isinstance(found, dict) and list(found) == ["url"] and isinstance(found["url"], str)):
        raise MalformedError('the JSON must be {"url": "https://…"}; options go in the query')
    return found["url"]


async def _fetch(url: str, path: Path, settings: Settings) -> None:
    """Fetch in a thread, which is left to its own end where the request is cancelled."""
    work = partial(fetch_public, url, path, settings.max_bytes, settings.timeout)
    await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
