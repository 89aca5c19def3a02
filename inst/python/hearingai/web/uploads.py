"""Uploads: a request's body is written to a file, up to the size that is allowed."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from starlette.requests import Request

from ..errors import HearingAIError

_PATIENCE = 60  # seconds without a byte
_NAME = 120  # characters of a name that are shown


class TooLargeError(HearingAIError):
    """An upload is larger than allowed."""


class StalledError(HearingAIError):
    """An upload stopped before its end."""


class BusyError(HearingAIError):
    """Too many recordings are waiting."""


async def receive(request: Request, path: Path, most: int) -> None:
    """Write the body of a request to a file.

    Args:
        request: A Starlette request, whose body is the recording itself.
        path: Where to write.
        most: Bytes allowed, see `pieces_of`.

    Raises:
        TooLargeError: It is larger.
        StalledError: The upload stopped.
    """
    async with await anyio.open_file(path, "wb") as file:
        async for piece in pieces_of(request, most):
            await file.write(piece)


async def pieces_of(request: Request, most: int, around: int = 0) -> AsyncIterator[bytes]:
    """Yield the body of a request as it arrives.

    Args:
        request: A Starlette request.
        most: Bytes allowed. An upload whose `Content-Length` is larger is refused unread; any other
            as soon as it has become larger.
        around: Bytes that it may have beside the recording.

    Raises:
        TooLargeError: It is larger.
        StalledError: The upload stopped.
    """
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > most + around:
        raise too_large(most)
    done, stream = 0, request.stream()
    while True:
        try:
            with anyio.fail_after(_PATIENCE):
                piece = await anext(stream, None)
        except TimeoutError:
            raise StalledError("the upload stopped before its end") from None
        if piece is None:
            return
        done += len(piece)
        if done > most + around:
            raise too_large(most)
        yield piece


def too_large(most: int) -> TooLargeError:
    """The error of a recording of more bytes than allowed."""
    return TooLargeError(f"the recording is larger than {most / 1e6:g} MB (`max_mb`)")


def disk_trouble(error: OSError) -> str:
    """The message of an `OSError` for a client, without the path."""
    return f"the server cannot write to its disk: {error.strerror or error}"


def shown_name(name: str) -> str:
    """A file name for display: one line, without its path."""
    name = "".join(c for c in str(name) if c.isprintable()).replace("\\", "/")
    return name.rpartition("/")[2].strip()[:_NAME] or "recording"
