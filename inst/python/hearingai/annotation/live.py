"""listen(): live sound from a microphone, a pipe or a file that is still written."""

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypedDict, overload

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from ..audio.own_rates import waveform_and_rate
from ..classifier.protocol import Classifier, check_classifier
from ..errors import HearingAIError, warn
from ..events.tracking import Event, event_table
from ..runtime.arguments import check_rate, positive
from ..runtime.shared_options import Option, pick, shared_options
from ._live_sources import LiveSource, SampleFormat, live_source
from .stream import Stream, StreamOptions

_WAITING = 512  # most chunks in the queue
_LOOK = 0.2  # seconds that a step waits for sound


class SourceOptions(TypedDict, total=False):
    """The format of live sound, and how much of it to process."""

    seconds: Annotated[
        float | None, Option(None, "Seconds of sound to process; `None` means to its end.")
    ]
    sample_rate: Annotated[
        int | None,
        Option(
            None,
            "Rate of the microphone, the raw samples or the chunks, Hz; `None` means the "
            "classifier's own. A wav file has its own.",
        ),
    ]
    channels: Annotated[int, Option(1, "Channels of the microphone or the raw samples.")]
    format: Annotated[
        SampleFormat,
        Option(
            "int16",
            'Raw samples, little-endian: `"uint8"`, `"int16"`, `"int24"`, `"int32"`, `"float32"` '
            'or `"float64"`.',
        ),
    ]
    wait: Annotated[
        float, Option(10.0, "Seconds without new samples after which a file or an address ends.")
    ]


class LiveOptions(SourceOptions, StreamOptions, total=False):
    """The options of `listen`."""


@overload
def listen(
    classifier: Classifier,
    source: LiveSource = None,
    callback: None = None,
    **options: Unpack[LiveOptions],
) -> Iterator[Event]: ...


@overload
def listen(
    classifier: Classifier,
    source: LiveSource = None,
    callback: Callable[[Event], object] = ...,
    **options: Unpack[LiveOptions],
) -> pd.DataFrame: ...


@shared_options
def listen(
    classifier: Classifier,
    source: LiveSource = None,
    callback: Callable[[Event], object] | None = None,
    **options: Unpack[LiveOptions],
) -> Iterator[Event] | pd.DataFrame:
    """Find events in live sound as it arrives.

    It runs until the sound ends, for `seconds`, or until Ctrl-C, and then reports the last events.

    Args:
        classifier: An `AudioClassifier` of sound.
        source: `None`, the microphone, or its number (`python -m sounddevice` lists them); a file
            that is still written, a wav or raw samples; raw samples from a named pipe or a file
            object such as `sys.stdin.buffer`; the address of a camera, a radio station or a
            recording (`rtsp://`, `http://`, `https://`; `file://`), of any format, with the extra
            `av`; or an iterable of chunks, as `Stream` takes them.
        callback: A function that is called with each `Event`; if it returns `False`, listening
            stops. With `None`, a generator is returned.
        **options: The sound, and the windows and rules of events, see `LiveOptions`.

    Returns:
        A generator of `Event`s, in the order of their ends; with a `callback` a table of all
        events, once listening is over.

    Raises:
        HearingAIError: An argument is out of range, a library is missing, the microphone cannot be
            opened, or the source is of another kind.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> chunks = numpy.zeros((20, 1600))
        >>> events = hearingai.listen(classifier, chunks, threshold=0.99)
        >>> list(events)
        []
    """
    live = Live(classifier, source, **options)
    if callback is None:
        return live.events()
    if not callable(callback):
        raise HearingAIError(f"`callback` must be a function. Received: {callback!r}")
    found = []
    for event in live.events():
        found.append((None, *event))
        if callback(event) is False:
            break
    return event_table(sorted(found, key=lambda row: row[1:3]))


@shared_options
class Live:
    """Live sound that is passed to a `Stream`, step by step.

    Args:
        classifier: See `listen`.
        source: See `listen`.
        **options: See `LiveOptions`.

    Attributes:
        stream: The `Stream`.
        over: Whether the sound has ended.
    """

    def __init__(
        self, classifier: Classifier, source: LiveSource = None, **options: Unpack[LiveOptions]
    ) -> None:
        check_classifier(classifier)
        seconds, sample_rate = options["seconds"], options["sample_rate"]
        seconds = None if seconds is None else positive("seconds", seconds)
        own = _rate_of(source) or classifier.sample_rate
        rate = check_rate(own if sample_rate is None else sample_rate)
        channels = positive("channels", options["channels"], whole=True)
        self._source = live_source(source, rate, channels, options["format"], options["wait"])
        rate = self._source.sample_rate
        self.stream = Stream(classifier, rate, **pick(StreamOptions, options))
        self._left: int | None = None  # samples that remain
        if seconds is not None:
            self._left = max(1, round(seconds * self.stream.sample_rate))
        self._chunks: queue.Queue = queue.Queue(_WAITING)
        self.over, self._started, self._told = False, False, False
        self._untold: list[Event] = []

    def events(self) -> Iterator[Event]:
        """Yield the events until the sound ends; Ctrl-C ends it too."""
        try:
            while not self.over:
                yield from self.step()
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()
        yield from self.finish()

    def step(self) -> list[Event]:
        """Process the next chunk; returns a list of events. Waits at most a fifth of a second."""
        if not self._started:
            self._source.start(self._chunks)
            self._started = True
        try:
            lost, chunk = self._chunks.get(timeout=_LOOK)
        except queue.Empty:
            return []
        if chunk is None or isinstance(chunk, BaseException):
            self.over = True
            if chunk is not None:
                raise chunk
            return []
        if lost:  # silence instead, so that what comes later keeps its time
            self._tell(lost)
            self._feed(np.zeros((len(np.atleast_2d(chunk)), lost), "float32"))
        self._feed(chunk)
        return self._take()

    def stop(self) -> None:
        """Stop listening, without reporting the last events."""
        self._source.stop()
        self.over = True

    def finish(self) -> list[Event]:
        """Stop listening; returns a list of the last events."""
        self.stop()
        with _uninterrupted():
            self._untold += self.stream.finish()
        return self._take()

    def _feed(self, chunk: np.ndarray) -> None:
        if self._left is not None:
            chunk = chunk[..., : self._left]
            self._left -= chunk.shape[-1]
            self.over = self._left <= 0
        with _uninterrupted():
            self._untold += self.stream.feed(chunk)

    def _take(self) -> list[Event]:
        """The events that are not reported yet; Ctrl-C leaves them for `finish`."""
        events, self._untold = self._untold, []
        return events

    def _tell(self, lost: int) -> None:
        if not self._told:
            warn(
                f"sound arrives faster than is processed: {lost / self.stream.sample_rate:.2g} s "
                f"are lost and replaced by silence. Use a longer `hop`"
            )
        self._told = True


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C to the end of a computation, so that no window is half computed."""
    own = threading.current_thread() is threading.main_thread()
    if not own or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    came: list[bool] = []
    signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt


def _rate_of(source: Any) -> int | None:
    """The rate that chunks of sound bring, where they do."""
    first = source[0] if isinstance(source, list) and source else source
    return waveform_and_rate(first, None, "source")[1]
