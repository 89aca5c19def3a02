"""Sound that comes in pieces: streams, live sound and gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ..annotation.live import Live
    from ..annotation.stream import Stream
    from ..gates.stream import Gate


def feed(stream: Stream, chunk: np.ndarray) -> pd.DataFrame:
    """Feed a `Stream`; returns a table of the events that are over."""
    return _events(stream.feed(chunk))


def finish(stream: Stream | Live) -> pd.DataFrame:
    """Finish a `Stream` or a `Live`; returns a table of the last events."""
    return _events(stream.finish())


def active(stream: Stream) -> pd.DataFrame:
    """The events that go on in a `Stream`, a table."""
    return _events(stream.active)


def live(classifier: Any, source: Any, **options: Any) -> Live:
    """Live sound, to be heard step by step."""
    from ..annotation.live import Live

    return Live(classifier, source, **options)


def step(live: Live) -> pd.DataFrame:
    """Hear the next chunk of a `Live`; returns a table of the events that are over."""
    return _events(live.step())


def gate_feed(machine: Gate, block: np.ndarray | None = None) -> np.ndarray:
    """Feed a `Gate`, or finish where there is no block; returns sound."""
    return (machine.finish() if block is None else machine.feed(block)).astype("float64")


def gate_track(machine: Gate) -> pd.DataFrame:
    """Take the track of a `Gate`."""
    return machine.take_track()


def _events(events: Any) -> pd.DataFrame:
    from ..events.tracking import event_table

    return event_table([(None, *event) for event in events]).drop(columns="fname")
