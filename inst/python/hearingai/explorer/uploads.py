"""Uploads: a request's body is written to a file, up to the size that is allowed."""

from pathlib import Path

import anyio
from starlette.requests import Request

from ..errors import HearingAIError

_PATIENCE = 60  # seconds without a byte


class TooLargeError(HearingAIError):
    """An upload is larger than allowed."""


async def receive(request: Request, path: Path, most: int) -> None:
    """Write the body of a request to a file.

    Args:
        request: A Starlette request, whose body is the recording itself.
        path: Where to write.
        most: Bytes allowed. An upload whose `Content-Length` is larger is refused unread; any other
            as soon as it has become larger.

    Raises:
        TooLargeError: It is larger.
        HearingAIError: The upload stopped.
    """
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > most:
        raise _too_large(most)
    done = 0
    stream = request.stream()
    async with await anyio.open_file(path, "wb") as file:
        while True:
            try:
                with anyio.fail_after(_PATIENCE):
                    chunk = await anext(stream, None)
            except TimeoutError:
                raise HearingAIError("the upload stopped before its end") from None
            if chunk is None:
                break
            done += len(chunk)
            if done > most:
                raise _too_large(most)
            await file.write(chunk)


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(f"the recording is larger than {most / 1e6:g} MB (`max_mb`)")


def disk_trouble(error: OSError) -> str:
    """The message of an `OSError` for the page, without the path."""
    return f"the server cannot write to its disk: {error.strerror or error}"
