"""One recording in the page: its picture, its probabilities, its events."""

import base64
import contextlib
import os
import threading
from fractions import Fraction

import numpy as np

from ..annotation.annotating import annotate
from ..annotation.kept_windows import KeptWindows
from ..annotation.recordings import Part
from ..audio.blocks import open_blocks
from ..audio.doubts import noted_doubts
from ..errors import AudioFileError, HearingAIError
from ..events.tracking import EventTracker, Smoother
from .picture import Columns, Strip, power_bytes, thousandths

_LIVE_PICTURE = 600  # seconds of a recording that are read again for a finer picture
_ROWS = 2**14  # windows gone through at once
_NOTHING = np.zeros((0, 1), "float32")


class StoppedError(Exception):
    """The analysis was cancelled."""


class Recording:
    """A recording that was sent to the page, and what is known of it so far.

    Args:
        name: What the user calls it.
        path: Where it lies, in a folder of its own.
        classifier: The classifier.
        settings: The `Settings`.

    Attributes:
        name: As given.
        path: As given.
        sample_rate: Hz.
        samples: Samples of a channel; `None` until it was gone through, where its header does not
            tell.
        about: Format, channels and rate, as text.
        grid: The `Grid` it is or was analysed by last.
        state: `"waiting"`, `"reading"` (for the picture), `"analysing"`, `"ready"` or `"failed"`.
        done: Seconds of sound done in that state.
        error: What is wrong with it.
        note: What is missing of it, or doubtful about it; `None` of a whole one.
        levels: See `Strip`; `None` until it was gone through.

    Raises:
        AudioFileError: It cannot be read, or is too long.
    """

    def __init__(self, name, path, classifier, settings):
        self.name, self.path = name, path
        self._classifier, self._settings = classifier, settings
        self._strip, self._kept = None, {}
        self._lock, self._stop = threading.Lock(), threading.Event()
        self.grid, self.state, self.done, self.error, self.levels = None, "ready", 0.0, None, None
        self.note = None
        with self._noting(), self._reading() as sound:
            self.sample_rate, self.samples = sound.sample_rate, sound.samples
            self.about = f"{sound.format}, {sound.channels} ch, {sound.sample_rate} Hz"
        if (self.seconds or 0) > settings.max_seconds:
            raise self._too_long()

    @property
    def seconds(self):
        """How long it is, where that is known."""
        return None if self.samples is None else self.samples / self.sample_rate

    @property
    def busy(self):
        """Whether it is to be analysed, or is."""
        return self.state in ("waiting", "reading", "analysing")

    def begin(self, grid):
        """Have it analysed by a grid, and by no other; returns what `analyse` takes."""
        with self._lock:
            self._stop.set()
            self._stop = threading.Event()
            self.grid, self.state, self.done, self.error = grid, "waiting", 0.0, None
            return grid, self._stop

    def stop(self):
        """Stop its analysis."""
        self._stop.set()

    def analyse(self, grid, stop):
        """Go through it: once for the picture, and once for each grid of windows."""
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
                    device=self._settings.device,
                    on_error="raise",
                    progress=lambda done, _total, _text: self._tell(stop, done),
                )
            self._become(stop, "ready")
        except StoppedError:
            pass
        except AudioFileError as error:
            self._fail(stop, error.reason)
        except Exception as error:  # whatever it is, the page is to say it
            self._fail(stop, str(error).replace(f"{self.path.parent}{os.sep}", ""))

    def known(self, grid):
        """Its probabilities by a grid: a `Kept`; `None` where it has none yet."""
        if grid not in self._kept:
            self._kept[grid] = KeptWindows(self.path.parent / "kept", self._classifier, grid)
        return self._kept[grid].find(Part(str(self.path), partial=True))

    def events(self, grid, rules):
        """Its events by rules, in the order of their begins."""
        probabilities, seconds, _ = self._found(grid)
        tracker, events = EventTracker(rules, grid), []
        for first in range(0, len(probabilities), _ROWS):
            events += tracker.push(np.array(probabilities[first : first + _ROWS]))
        return sorted(events + tracker.flush(seconds))

    def probabilities(self, grid, smooth, start, end, most):
        """The smoothed probabilities of a stretch, at most `most` values a label.

        Returns:
            `(start, step, values)`: the middle of the first value and how far they are apart, in
            seconds, and an array `(n, labels)`; where windows lie closer, the highest of each few.
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

    def view(self, start, end, most):
        """The picture of a stretch, see `Strip.view`."""
        if self._strip is None:
            raise HearingAIError("the recording was not gone through yet")
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

    def _look(self, stop):
        """Go through it for the picture, and to know that all of it can be read."""
        strip, n = Strip(self._columns()), 0
        with self._noting(), self._reading() as sound:
            for block in sound.read():
                strip.feed(block)
                n += len(block)
                if n > self._settings.max_seconds * self.sample_rate:
                    raise self._too_long()
                self._tell(stop, n / self.sample_rate)
        strip.feed(_NOTHING, last=True)
        self.samples, self._strip, self.levels = n, strip, strip.levels

    def _columns(self):
        return Columns(self.sample_rate, self._classifier.sample_rate)

    def _reading(self, start=0.0, duration=None):
        return open_blocks(self.path, start, duration, partial=True)

    @contextlib.contextmanager
    def _noting(self):
        """Note what is missing or doubtful, for the page instead of a warning."""
        with noted_doubts() as doubts:
            yield
        told = [text for _, text, _ in doubts.found]
        if told and self.note is None:
            self.note = "; ".join(told)

    def _found(self, grid):
        found = self.known(grid)
        if found is None:
            raise HearingAIError("the recording was not analysed yet")
        return found

    def _tell(self, stop, done):
        if stop.is_set():
            raise StoppedError
        self.done = done

    def _become(self, stop, state, error=None):
        """Change its state, unless it is to be analysed otherwise by now."""
        with self._lock:
            self._tell(stop, 0.0)
            self.state, self.error = state, error

    def _fail(self, stop, reason):
        with contextlib.suppress(StoppedError):
            self._become(stop, "failed", f"{self.name}: {reason}")

    def _too_long(self):
        hours = self._settings.max_seconds / 3600
        return AudioFileError(self.path, f"is longer than {hours:g} hours (`max_hours`)")


def view_for_page(view):
    """A view as what JSON carries: thousandths, and bytes as base64."""
    start, step, (low, high, power) = view
    return {
        "start": start,
        "step": step,
        "low": thousandths(low),
        "high": thousandths(high),
        "bands": power.shape[1],
        "power": base64.b64encode(power_bytes(power).tobytes()).decode(),
    }
