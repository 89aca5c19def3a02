"""The work of `annotate`: reading ahead, computing, tracking events, storing probabilities."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from fractions import Fraction
from functools import partial

import numpy as np

from .._typing import OnError, Progress
from ..audio.cuts import Cuts
from ..audio.doubts import collected_doubts, doubt
from ..audio.read_ahead import read_ahead
from ..classifier.protocol import Classifier
from ..errors import AudioFileError
from ..events.rules import Rules
from ..events.tracking import Event, EventTracker
from ..events.windows import Grid, Windows
from ..inference.answers import probabilities_of
from ..runtime.progress import progress_bar
from .kept_windows import Kept, KeptWindows
from .recordings import Recording

_ROWS = 2**14  # stored windows that are processed at once


class AnnotationRun:
    """One call of `annotate`.

    Attributes:
        events: Rows `(fname, start, end, label, score)`.
        windows: `(recording, probabilities, seconds)` of each recording, if wanted.
        recordings: `(fname, start, seconds)` of each that was annotated.
        errors: `(fname, reason)` of each that could not be read.
        heard: `(position, events)` of each that was annotated: which of the recordings it is, and
            how many events it has.
        unread: The positions of those that could not be read.
        speed: Seconds of sound computed a second; `None` where nothing was computed.
    """

    def __init__(
        self,
        classifier: Classifier,
        grid: Grid,
        rules: Rules,
        *,
        kept: KeptWindows | None,
        keep_windows: bool,
        on_error: OnError,
    ) -> None:
        self._classifier, self._grid, self._rules = classifier, grid, rules
        self._kept, self._keep_windows, self._on_error = kept, keep_windows, on_error
        self.events: list[tuple[str | None, float, float, str, float]] = []
        self.windows: list[tuple[Recording, np.ndarray, float]] = []
        self.recordings: list[tuple[str | None, float, float]] = []
        self.errors: list[tuple[str | None, str]] = []
        self.heard: list[tuple[int, int]] = []
        self.unread: list[int] = []
        self._position = 0
        self.speed: float | None = None
        self._computed, self._began = 0.0, time.monotonic()

    def hear(
        self, sources: Sequence[Recording], batch_size: int, progress: Progress
    ) -> AnnotationRun:
        """Annotate recordings; returns itself."""
        known = [self._find(source) is not None for source in sources]
        new = [s for s, is_known in zip(sources, known, strict=True) if not is_known]
        lengths = [source.seconds for source in sources]
        with (
            closing(read_ahead(self._read(new, batch_size))) as found,
            progress_bar("Annotating", sum(lengths), progress) as bar,
        ):
            done = 0.0
            triples = zip(sources, known, lengths, strict=True)
            for self._position, (source, is_known, length) in enumerate(triples):
                if is_known:
                    self._recall(source)
                else:
                    self._compute(source, found, partial(self._tell, bar, done))
                done += length
                bar(done, self._pace())
        return self

    def _read(
        self, sources: Sequence[Recording], batch_size: int
    ) -> Iterator[Cuts | tuple[Fraction, str] | AudioFileError]:
        """Yield, of each recording, batches of windows, then its end or its error.

        The end is its length, and what is missing where it was read in part.
        """
        for source in sources:
            try:
                with collected_doubts() as doubts, source.open() as sound:
                    rate, path = sound.sample_rate, source.fname
                    windows = Windows(self._classifier, self._grid, sample_rate=rate, path=path)
                    for block in sound.read():
                        windows.feed(block.T)
                        while windows.ready >= batch_size:
                            yield windows.cut(batch_size)
                    windows.finish()
                    while windows.ready:
                        yield windows.cut(batch_size)
                yield windows.seconds, "; ".join(doubts.notes().values())
            except AudioFileError as error:
                yield error

    def _compute(self, source: Recording, found: Iterator, tell: Callable[[float], object]) -> None:
        tracker = EventTracker(self._rules, self._grid)
        events: list[Event] = []
        rows: list[np.ndarray] = []
        n = 0
        keeping = nullcontext() if self._kept is None else self._kept.keep(source)
        with keeping as keep:
            while isinstance(item := next(found), Cuts):
                probabilities = probabilities_of(self._classifier, item)
                events += tracker.push(probabilities)
                if keep is not None:
                    keep(probabilities)
                if self._keep_windows:
                    rows.append(probabilities)
                n += len(item)
                tell(float(n * self._grid.hop))
            if isinstance(item, AudioFileError):
                self._fail(source, item)
                return
            seconds, note = item
            if keep is not None:
                keep.done(seconds, note)
        self._computed += float(seconds)
        self.speed = self._computed / (time.monotonic() - self._began)
        self._add(source, events + tracker.flush(seconds), rows, seconds)

    def _find(self, source: Recording) -> Kept | None:
        return None if self._kept is None else self._kept.find(source)

    def _recall(self, source: Recording) -> None:
        """Use a recording's stored probabilities; events follow the rules of this call."""
        found = self._find(source)
        assert found is not None  # it was there when the run began
        probabilities, seconds, note = found
        if note:
            doubt(source.fname, note, lost=True)
        tracker = EventTracker(self._rules, self._grid)
        events: list[Event] = []
        rows: list[np.ndarray] = []
        for first in range(0, len(probabilities), _ROWS):
            some = np.array(probabilities[first : first + _ROWS])
            events += tracker.push(some)
            if self._keep_windows:
                rows.append(some)
        self._add(source, events + tracker.flush(seconds), rows, seconds)

    def _add(
        self,
        source: Recording,
        events: list[Event],
        rows: list[np.ndarray],
        seconds: Fraction,
    ) -> None:
        begin = source.start
        for event in sorted(events):
            times = begin + event.start, begin + event.end
            self.events.append((source.fname, *times, event.label, event.score))
        self.recordings.append((source.fname, source.start, float(seconds)))
        self.heard.append((self._position, len(events)))
        if self._keep_windows:
            self.windows.append((source, np.concatenate(rows), float(seconds)))

    def _fail(self, source: Recording, error: AudioFileError) -> None:
        if self._on_error == "raise":
            raise error
        self.errors.append((source.fname, error.reason))
        self.unread.append(self._position)

    def _tell(self, bar: Callable[[float, str], object], done: float, seconds: float) -> None:
        bar(done + seconds, self._pace(seconds))

    def _pace(self, seconds: float = 0.0) -> str:
        took = time.monotonic() - self._began
        return f"Annotating, {(self._computed + seconds) / max(took, 1e-9):.3g} times real time"
