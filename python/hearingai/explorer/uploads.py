"""A recording comes in: into a private folder, no more of it than is allowed."""

import anyio

from ..errors import HearingAIError

_PATIENCE = 60  # seconds without a byte


class TooLargeError(HearingAIError):
    """An upload is larger than is allowed."""


async def receive(request, path, most):
    """Write the body of a request to a file.

    Args:
        request: A Starlette request, whose body is the recording itself.
        path: Where to write.
        most: Bytes allowed. What says that it is larger is refused unread, what is larger than it
            said once it is.

    Raises:
        TooLargeError: It is larger.
        HearingAIError: It stopped coming.
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
                raise HearingAIError("the recording stopped coming") from None
            if chunk is None:
                break
            done += len(chunk)
            if done > most:
                raise _too_large(most)
            await file.write(chunk)


def _too_large(most):
    return TooLargeError(f"the recording is larger than {most / 1e6:g} MB (`max_mb`)")


def disk_trouble(error):
    """What a page is told of an `OSError`: not where."""
    return f"the page's server cannot use its disk: {error.strerror or error}"
