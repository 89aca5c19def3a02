"""Sound in chunks: streams, live sound and gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ..annotation.live import Live
    from ..annotation.stream import Stream
    from ..gates.stream import Gate


def feed(stream: Stream, chunk: np.ndarray) -> pd.DataFrame:
    """Feed a `Stream`; returns a table of the events that have ended."""
    return _events(stream.feed(chunk))


def finish(stream: Stream | Live) -> pd.DataFrame:
    """Finish a `Stream` or a `Live`; returns a table of the last events."""
    return _events(stream.finish())


def active(stream: Stream) -> pd.DataFrame:
    """The events of a `Stream` that have not ended, a table."""
    return _events(stream.active)


def live(classifier: Any, source: Any, **options: Any) -> Live:
    """Live sound, to be processed step by step."""
    from ..annotation.live import Live

    return Live(classifier, source, **options)


def step(live: Live) -> pd.DataFrame:
    """Process the next chunk of a `Live`; returns a table of the events that have ended."""
    return _events(live.step())


def gate_feed(machine: Gate, block: np.ndarray | None = None) -> np.ndarray:
    """Feed a `Gate`, or finish it where the block is `None`; returns sound."""
    return (machine.finish() if block is None else machine.feed(block)).astype("float64")


def gate_track(machine: Gate) -> pd.DataFrame:
    """Take the track of a `Gate`."""
    return machine.take_track()


def _events(events: Any) -> pd.DataFrame:
    from ..events.tracking import event_table

    return event_table([(None, *event) for event in events]).drop(columns="fname")
