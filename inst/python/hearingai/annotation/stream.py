"""Stream: events in live sound, chunk by chunk."""

from typing import Annotated

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import Device
from ..audio.samples import warn_of_clipping
from ..classifier.protocol import Classifier
from ..events.options import EventOptions
from ..events.rules import grid_and_rules
from ..events.tracking import Event, EventTracker
from ..events.windows import Windows
from ..inference.answers import probabilities_of, silent_window
from ..runtime.shared_options import TEXTS, Option, shared_options


class StreamOptions(EventOptions, total=False):
    """The options of a `Stream`."""

    device: Annotated[Device, Option("auto", TEXTS["device"])]


@shared_options
class Stream:
    """Find events in sound that arrives in chunks of any size: the same ones as `annotate` finds.

    Args:
        classifier: An `AudioClassifier` of sound.
        sample_rate: Rate of the chunks, Hz; `None` means the classifier's own.
        **options: Windows and rules of events, and the device, see `StreamOptions`.

    Attributes:
        sample_rate: Rate of the chunks, Hz.
        labels: The classifier's labels.

    Raises:
        HearingAIError: An argument is out of range, or the classifier takes embeddings.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> stream = hearingai.Stream(classifier, hop=0.5, smooth=0)
        >>> for chunk in numpy.zeros((5, 8000)):
        ...     events = stream.feed(chunk)
        >>> stream.seconds, len(stream.windows)
        (2.5, 1)
        >>> events = stream.finish()
    """

    def __init__(
        self,
        classifier: Classifier,
        sample_rate: int | None = None,
        **options: Unpack[StreamOptions],
    ) -> None:
        device = options["device"]
        grid, rules = grid_and_rules(classifier, options)
        self._classifier, self._grid, self._device = classifier, grid, device
        self._windows = Windows(classifier, grid, sample_rate=sample_rate, argument="chunk")
        self._tracker = EventTracker(rules, grid)
        self.sample_rate, self.labels = self._windows.sample_rate, list(classifier.labels)
        self._first: int = 0
        self._rows: list[np.ndarray] = []
        # The first prediction takes long (compilation), so it is made here.
        with classifier.on_device(device):
            probabilities_of(classifier, silent_window(classifier))

    def feed(self, chunk: np.ndarray) -> list[Event]:
        """Process a chunk of sound.

        Args:
            chunk: `(samples,)` or `(channels, samples)`, float in -1...1 or int16; of any length.
                A pair `(waveform, sample_rate)` must be of the stream's rate.

        Returns:
            A list of the `Event`s (`start`, `end`, `label`, `score`) that are over by now, each at
            most `delay` seconds of sound after its end.

        Raises:
            HearingAIError: The chunk is of another type, shape or number of channels, or holds
                values that are not finite; the stream is unchanged.
        """
        before = self._windows.peak
        self._windows.feed(chunk)
        if before <= 1:  # told once
            warn_of_clipping(self._windows.peak, "chunk")
        return self._hear()

    def finish(self) -> list[Event]:
        """End the sound; returns a list of the last events."""
        self._windows.finish()
        return self._hear() + self._tracker.flush(self._windows.seconds)

    @property
    def seconds(self) -> float:
        """Seconds of sound received."""
        return float(self._windows.seconds)

    @property
    def delay(self) -> float:
        """Largest delay from the end of an event to its report, in seconds of sound."""
        return self._tracker.delay + self._windows.latency

    @property
    def active(self) -> list[Event]:
        """The events that have not ended yet, up to now."""
        return self._tracker.active

    @property
    def windows(self) -> pd.DataFrame:
        """The windows that the last chunk completed: `start`, `end` and `prob_<label>`."""
        rows = np.concatenate([np.zeros((0, len(self.labels)), "float32"), *self._rows])
        table = pd.DataFrame(rows, columns=[f"prob_{label}" for label in self.labels])
        grid, ks = self._grid, range(self._first, self._first + len(rows))
        ends = [min(k * grid.hop + grid.window, self._windows.seconds) for k in ks]
        table.insert(0, "start", np.array([float(k * grid.hop) for k in ks]))
        table.insert(1, "end", np.array([float(end) for end in ends]))
        return table

    def _hear(self) -> list[Event]:
        """Predict each complete window by itself: results then do not depend on the chunks."""
        self._first, self._rows = self._windows.taken, []
        events: list[Event] = []
        if not self._windows.ready:
            return events
        with self._classifier.on_device(self._device):
            while self._windows.ready:
                row = probabilities_of(self._classifier, self._windows.cut(1))
                self._rows.append(row)
                events += self._tracker.push(row)
        return events
