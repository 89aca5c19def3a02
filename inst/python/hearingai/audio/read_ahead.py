"""Iterate in the background, a little ahead."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import Any

from .doubts import for_this_call


def read_ahead(items: Iterable, most: int = 2) -> Generator[Any, None, None]:
    """Iterate in a separate thread, at most `most` items ahead.

    Args:
        items: An iterable; it is closed when this is.
        most: How many items may wait.

    Yields:
        Its items, in order; what it raises is raised here.

    Example:
        >>> list(read_ahead(range(3)))
        [0, 1, 2]
    """
    waiting: queue.Queue = queue.Queue(most)
    stopped = threading.Event()

    def put(kind: str, item: object = None) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                waiting.put((kind, item), timeout=0.1)
                break

    def work() -> None:
        try:
            for item in items:
                put("item", item)
                if stopped.is_set():
                    break
            put("end")
        except BaseException as error:  # whatever the error, it is raised in the caller's thread
            put("error", error)
        finally:
            getattr(items, "close", lambda: None)()

    thread = threading.Thread(target=for_this_call(work), name="hearingai-reader", daemon=True)
    thread.start()
    try:
        while (kind_and_item := waiting.get())[0] == "item":
            yield kind_and_item[1]
        if kind_and_item[0] == "error":
            raise kind_and_item[1]
    finally:
        stopped.set()
        thread.join()
