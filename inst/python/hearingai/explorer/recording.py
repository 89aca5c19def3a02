"""One recording of the page: its waveform and spectrogram, probabilities and events."""

import base64
import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..annotation.annotating import annotate
from ..annotation.kept_windows import Kept, KeptWindows
from ..annotation.recordings import Part
from ..audio.blocks import Blocks, open_blocks
from ..audio.doubts import noted_doubts
from ..errors import AudioFileError, HearingAIError
from ..events.rules import Rules
from ..events.tracking import Event, EventTracker, Smoother
from ..events.windows import Grid
from .picture import Columns, Strip, View, power_bytes, thousandths
from .settings import Settings

_LIVE_PICTURE = 600  # seconds; shorter sections are read again for a finer picture
_ROWS = 2**14  # windows processed at once
_NOTHING = np.zeros((0, 1), "float32")


class StoppedError(Exception):
    """The analysis was cancelled."""


class Recording:
    """A recording that was uploaded to the page, and its results so far.

    Args:
        name: The file name, for display.
        path: The file, in a folder of its own.
        settings: The `Settings`, with the classifier that hears it.

    Attributes:
        name: As given.
        path: As given.
        settings: As given.
        sample_rate: Hz.
        samples: Samples a channel; `None` until it has been read, where its header does not give
            the number.
        about: Format, channels and rate, as text.
        grid: The `Grid` of windows of the last analysis.
        state: `"waiting"`, `"reading"` (for the picture), `"analysing"`, `"ready"` or `"failed"`.
        done: Seconds of sound done in that state.
        error: Why it failed.
        note: What is missing of it, or doubtful about it; `None` of a whole one.
        levels: See `Strip`; `None` until it has been read.

    Raises:
        AudioFileError: It cannot be read, or is too long.
    """

    def __init__(self, name: str, path: Path, settings: Settings) -> None:
        self.name, self.path, self.settings = name, path, settings
        self._classifier = settings.hearing
        self._strip: Strip | None = None
        self._kept: dict[Grid, KeptWindows] = {}
        self._lock, self._stop = threading.Lock(), threading.Event()
        self.state, self.done = "ready", 0.0
        self.grid: Grid | None = None
        self.error: str | None = None
        self.note: str | None = None
        self.levels: list[int] | None = None
        with self._noting(), self._reading() as sound:
            self.sample_rate, self.samples = sound.sample_rate, sound.samples
            self.about = f"{sound.format}, {sound.channels} ch, {sound.sample_rate} Hz"
        if (self.seconds or 0) > settings.max_seconds:
            raise self._too_long()

    @property
    def seconds(self) -> float | None:
        """Its length in seconds, where that is known."""
        return None if self.samples is None else self.samples / self.sample_rate

    @property
    def busy(self) -> bool:
        """Whether its analysis is queued or running."""
        return self.state in ("waiting", "reading", "analysing")

    def begin(self, grid: Grid) -> tuple[Grid, threading.Event]:
        """Queue its analysis by a grid and cancel any other; returns what `analyse` takes."""
        with self._lock:
            self._stop.set()
            self._stop = threading.Event()
            self.grid, self.state, self.done, self.error = grid, "waiting", 0.0, None
            return grid, self._stop

    def stop(self) -> None:
        """Cancel its analysis."""
        self._stop.set()

    def analyse(self, grid: Grid, stop: threading.Event) -> None:
        """Read it: once for the picture, and once for each grid of windows."""
        try:
            if self._strip is None:
                self._become(stop, "reading")
                self._look(stop)
            self._become(stop, "analysing")
            with self._noting():
                annotate(
                    self._classifier,
                    str(self.path),
                    window=float(grid.window),
                    hop=float(grid.hop),
                    path=self.path.parent / "kept",
                    keep_windows=False,
                    partial=True,
                    device=self.settings.device,
                    on_error="raise",
                    progress=lambda done, _total, _text: self._tell(stop, done),
                )
            self._become(stop, "ready")
        except StoppedError:
            pass
        except AudioFileError as error:
            self._fail(stop, error.reason)
        except Exception as error:  # whatever the error, the page shows it
            self._fail(stop, str(error).replace(f"{self.path.parent}{os.sep}", ""))

    def known(self, grid: Grid) -> Kept | None:
        """Its probabilities on a grid; `None` where there are none yet."""
        if grid not in self._kept:
            self._kept[grid] = KeptWindows(self.path.parent / "kept", self._classifier, grid)
        return self._kept[grid].find(Part(str(self.path), partial=True))

    def events(self, grid: Grid, rules: Rules) -> list[Event]:
        """Its events by rules, ordered by start."""
        probabilities, seconds, _ = self._found(grid)
        tracker, events = EventTracker(rules, grid), []
        for first in range(0, len(probabilities), _ROWS):
            events += tracker.push(np.array(probabilities[first : first + _ROWS]))
        return sorted(events + tracker.flush(seconds))

    def probabilities(
        self, grid: Grid, smooth: Fraction, start: float, end: float, most: int
    ) -> tuple[float, float, np.ndarray]:
        """The smoothed probabilities of a section, at most `most` values a label.

        Returns:
            `(start, step, values)`: the time of the first value and the step between values, in
            seconds, and an array `(n, labels)`; of more windows, the maximum of each group.
        """
        rows = self._found(grid).probabilities
        half = int(smooth / 2 / grid.hop)
        middle = grid.window / 2
        first = min(max(0, int((Fraction(start) - middle) / grid.hop)), len(rows) - 1)
        last = min(len(rows), max(first, int((Fraction(end) - middle) / grid.hop) + 1) + 1)
        begin = max(0, first - half)
        smoother = Smoother(half, rows.shape[1])
        some = np.array(rows[begin : last + half])
        values = np.concatenate([smoother.push(some), smoother.flush()])[first - begin :]
        values = values[: last - first]
        size = -(-len(values) // most)
        values = np.maximum.reduceat(values, np.arange(0, len(values), size))
        place = middle + (first + Fraction(size - 1, 2)) * grid.hop
        return float(place), float(size * grid.hop), values

    def view(self, start: float, end: float, most: int) -> View:
        """The picture of a section, see `Strip.view`."""
        if self._strip is None or self.seconds is None:
            raise HearingAIError("the recording has not been read yet")
        start, end = min(start, self.seconds), min(end, self.seconds)
        finer = (end - start) / most < self._strip.step / 2
        if not finer or end - start > _LIVE_PICTURE:
            return self._strip.view(start, end, most)
        begin = max(0.0, start - 0.1)
        strip = Strip(self._columns(), begin)
        with self._noting(), self._reading(begin, end + 0.1 - begin) as sound:
            for block in sound.read():
                strip.feed(block)
        strip.feed(_NOTHING, last=True)
        return strip.view(start, end, most)

    def _look(self, stop: threading.Event) -> None:
        """Read it for the picture, and to check that all of it can be read."""
        strip, n = Strip(self._columns()), 0
        with self._noting(), self._reading() as sound:
            for block in sound.read():
                strip.feed(block)
                n += len(block)
                if n > self.settings.max_seconds * self.sample_rate:
                    raise self._too_long()
                self._tell(stop, n / self.sample_rate)
        strip.feed(_NOTHING, last=True)
        self.samples, self._strip, self.levels = n, strip, strip.levels

    def _columns(self) -> Columns:
        return Columns(self.sample_rate, self._classifier.sample_rate)

    def _reading(
        self, start: float = 0.0, duration: float | None = None
    ) -> AbstractContextManager[Blocks]:
        return open_blocks(self.path, start, duration, partial=True)

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        """Note what is missing or doubtful, for the page instead of a warning."""
        with noted_doubts() as doubts:
            yield
        told = [text for _, text, _ in doubts.found]
        if told and self.note is None:
            self.note = "; ".join(told)

    def _found(self, grid: Grid) -> Kept:
        found = self.known(grid)
        if found is None:
            raise HearingAIError("the recording is not analysed yet")
        return found

    def _tell(self, stop: threading.Event, done: float) -> None:
        if stop.is_set():
            raise StoppedError
        self.done = done

    def _become(self, stop: threading.Event, state: str, error: str | None = None) -> None:
        """Change its state, unless another analysis has been queued."""
        with self._lock:
            self._tell(stop, 0.0)
            self.state, self.error = state, error

    def _fail(self, stop: threading.Event, reason: str) -> None:
        with contextlib.suppress(StoppedError):
            self._become(stop, "failed", f"{self.name}: {reason}")

    def _too_long(self) -> AudioFileError:
        hours = self.settings.max_seconds / 3600
        return AudioFileError(self.path, f"is longer than {hours:g} hours (`max_hours`)")


def view_for_page(view: View) -> dict[str, Any]:
    """A view for JSON: numbers in thousandths, bytes as base64."""
    start, step, (low, high, power) = view
    return {
        "start": start,
        "step": step,
        "low": thousandths(low),
        "high": thousandths(high),
        "bands": power.shape[1],
        "power": base64.b64encode(power_bytes(power).tobytes()).decode(),
    }
