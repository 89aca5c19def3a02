"""Reading in the background, a little ahead."""

import threading
import time

import pytest

from hearingai.audio.read_ahead import read_ahead
from patience import until


def test_reading_ahead_keeps_order_and_passes_errors_on():
    def items():
        yield from range(5)
        raise KeyError("broken")

    found = read_ahead(items())
    assert [next(found) for _ in range(5)] == list(range(5))
    with pytest.raises(KeyError, match="broken"):
        next(found)


def test_reading_ahead_waits_for_the_one_who_takes_and_ends_with_them():
    made, closed = [], threading.Event()

    def items():
        try:
            for i in range(1000):
                made.append(i)
                yield i
        finally:
            closed.set()

    found = read_ahead(items(), most=2)
    assert next(found) == 0
    until(lambda: len(made) == 4)  # one was taken, two wait, and one is in the reader's hand
    time.sleep(0.3)
    assert len(made) == 4
    found.close()
    assert closed.is_set()
    assert "hearingai-reader" not in [thread.name for thread in threading.enumerate()]
