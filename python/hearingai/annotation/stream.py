"""Sound that is still going on: chunks in, events out."""

import numpy as np
import pandas as pd

from ..events.rules import event_rules
from ..events.tracking import EventTracker
from ..events.windows import Windows, grid_of
from ..inference.prediction import probabilities_of


class Stream:
    """Hear sound as it comes, in chunks of any size; finds what `annotate` finds in the whole.

    Args:
        classifier: An `AudioClassifier` of sound.
        sample_rate: Rate of the chunks, Hz; `None` means the classifier's own.
        window: See `annotate`.
        hop: See `annotate`; the classifier is asked once a hop.
        threshold: See `annotate`.
        low: See `annotate`.
        smooth: See `annotate`.
        min_duration: See `annotate`.
        min_gap: See `annotate`.
        labels: See `annotate`.
        ignore: See `annotate`.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.

    Attributes:
        sample_rate: Rate of the chunks, Hz.
        labels: The classifier's labels.

    Raises:
        HearingAIError: An argument is out of range, or the classifier hears embeddings.

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
        classifier,
        sample_rate=None,
        window=None,
        hop=None,
        threshold=0.5,
        low=None,
        smooth=None,
        min_duration=0.0,
        min_gap=0.0,
        labels=None,
        ignore=None,
        device="auto",
    ):
        grid = grid_of(classifier, window, hop)
        rules = event_rules(
            classifier.labels, grid, threshold, low, smooth, min_duration, min_gap, labels, ignore
        )
        self._classifier, self._grid, self._device = classifier, grid, device
        self._windows = Windows(classifier, grid, sample_rate)
        self._tracker = EventTracker(rules, grid)
        self.sample_rate, self.labels = self._windows.sample_rate, list(classifier.labels)
        self._first, self._rows = 0, []
        # The first answer takes long, and is not to be waited for later.
        with classifier.on_device(device):
            probabilities_of(classifier, np.zeros((1, *classifier.clip_shape), "float32"))

    def feed(self, chunk):
        """Take in sound.

        Args:
            chunk: `(samples,)` or `(channels, samples)`, float in -1...1 or int16; of any length.

        Returns:
            A list of the `Event`s (`start`, `end`, `label`, `score`) that are over by now, each at
            most `delay` seconds of sound after its end.

        Raises:
            HearingAIError: The chunk is of another type, shape or number of channels, or holds
                values that are not finite; the stream is as it was before.
        """
        self._windows.feed(chunk)
        return self._hear()

    def finish(self):
        """Say that the sound is over; returns a list of the last events."""
        self._windows.finish()
        return self._hear() + self._tracker.flush(self._windows.seconds)

    @property
    def seconds(self):
        """How much sound came."""
        return float(self._windows.seconds)

    @property
    def delay(self):
        """How long after its end an event is told at the latest, in seconds of sound."""
        return self._tracker.delay + self._windows.latency

    @property
    def active(self):
        """The events that go on at the moment, as far as they are known."""
        return self._tracker.active

    @property
    def windows(self):
        """The windows that the last chunk completed: `start`, `end` and `prob_<label>`."""
        rows = np.concatenate([np.zeros((0, len(self.labels)), "float32"), *self._rows])
        table = pd.DataFrame(rows, columns=[f"prob_{label}" for label in self.labels])
        grid, ks = self._grid, range(self._first, self._first + len(rows))
        ends = [min(k * grid.hop + grid.window, self._windows.seconds) for k in ks]
        table.insert(0, "start", np.array([float(k * grid.hop) for k in ks]))
        table.insert(1, "end", np.array([float(end) for end in ends]))
        return table

    def _hear(self):
        """Answer for each window that is ready, one by one: then the chunks change nothing."""
        self._first, self._rows = self._windows.taken, []
        events = []
        if not self._windows.ready:
            return events
        with self._classifier.on_device(self._device):
            while self._windows.ready:
                row = probabilities_of(self._classifier, self._windows.take(1))
                self._rows.append(row)
                events += self._tracker.push(row)
        return events
