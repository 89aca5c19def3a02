"""Requests take turns: one computes at a time, a few wait, others are told to come again."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from ..web.uploads import BusyError

_Answer = TypeVar("_Answer")


class StoppedError(Exception):
    """The computation was cancelled."""


class Turns:
    """The places for requests that upload, wait or compute; used by one event loop.

    Args:
        places: How many there are.
    """

    def __init__(self, places: int) -> None:
        self._places, self._taken = places, 0
        self._worker = ThreadPoolExecutor(1, "hearingai-api")

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for a request, while it is dealt with.

        Raises:
            BusyError: All are taken.
        """
        if self._taken >= self._places:
            raise BusyError("the server is busy with other recordings; try again in a while")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    async def take(self, request: Request, work: Callable[[threading.Event], _Answer]) -> _Answer:
        """Compute when it is this request's turn.

        Args:
            request: A request whose body is read; the work is cancelled where its client leaves.
            work: The work, in a thread: a function of an event, set when it is to stop.
        """
        stop = threading.Event()

        def start() -> _Answer:
            if stop.is_set():
                raise StoppedError
            return work(stop)

        answer = asyncio.get_running_loop().run_in_executor(self._worker, start)
        gone = asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise ClientDisconnect
            return answer.result()
        finally:
            stop.set()
            answer.cancel()
            gone.cancel()

    def close(self) -> None:
        """Wait for the computation that runs, which is to stop, and start no other."""
        self._worker.shutdown(cancel_futures=True)


async def _left(request: Request) -> None:
    """Wait until the client leaves."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
