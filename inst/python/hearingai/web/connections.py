"""Connections of clients that send slowly, or nothing, and would keep others out."""

from asyncio import BaseTransport
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 20  # seconds


class Connection(H11Protocol):
    """A connection that is closed where no request is answered or begun within `PATIENCE`.

    uvicorn itself waits without end for the head of a request, and for the rest of a body that
    nobody reads because the request was refused.
    """

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to watch."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._watch(None)

    def _watch(self, before: Any) -> None:
        """Close it if the last request, or none, is what it was and is answered."""
        if self not in self.connections:  # it is closed, or a WebSocket now
            return
        idle = self.cycle is None or self.cycle.response_complete
        mark = self.cycle if idle else None
        if idle and before == (mark,):
            self.transport.close()
            return
        self.loop.call_later(PATIENCE, self._watch, (mark,) if idle else None)
