"""A gate for live sound: blocks in, blocks out."""

import math
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from ..audio.own_rates import waveform_and_rate
from ..audio.resampling import resampling_delay
from ..audio.samples import as_samples
from ..classifier.protocol import Classifier
from ..errors import HearingAIError
from ..events.windows import Grid, Windows
from ..inference.answers import probabilities_of
from ..runtime.arguments import check_rate, positive
from ..runtime.shared_options import shared_options
from ._curve import GainCurve
from ._settings import GateOptions, GateSettings, gate_settings

TRACK = ("time", "probability", "open", "gain_db")
_BATCH = 64  # windows a batch
_KEPT = 2**15  # most rows of the track that are stored


@shared_options
class Gate:
    """A gate controlled by a classifier, for sound that arrives in blocks of any size.

    The sound is converted to the classifier's rate and channels and classified in windows that
    start `hop` apart. The probability of the target in a window belongs to the window's middle.
    Where it reaches `threshold` the gate opens, while it is at least `low` it stays open, and
    `hold` seconds later it closes. The gain rises from `range_db` to 0 dB in `attack` seconds and
    falls in `release` seconds along a raised cosine, and it multiplies all channels of the
    original sound. It is the same whatever the sizes of the blocks, but for the last bits
    of probabilities.

    Args:
        classifier: An `AudioClassifier` of sound, such as `train_gate` makes.
        sample_rate: Rate of the sound, Hz.
        channels: Channels of the sound.
        target: The label or labels to let through; their probabilities are added, or where they may
            occur together, the largest is taken. `None` takes the classifier's positive class
            (`classifier.target`), else all labels but those of the rest (`silence`, `background`,
            `unknown`, `other`) where there are such.
        **options: See `GateOptions`.

    Attributes:
        latency: Delay of the output, seconds: `lookahead`, and the delay of resampling.
        settings: The settings, a dict of plain values.

    Raises:
        HearingAIError: The classifier takes embeddings, or an argument is out of range.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
        >>> gate = hearingai.Gate(classifier, 16000)
        >>> sound = numpy.random.default_rng(1).normal(0, 0.1, 16000)
        >>> blocks = [gate.feed(block) for block in numpy.split(sound, 100)]
        >>> len(numpy.concatenate([*blocks, gate.finish()]))
        16000
    """

    def __init__(
        self,
        classifier: Classifier,
        sample_rate: int,
        channels: int = 1,
        *,
        target: str | Sequence[str] | None = None,
        **options: Unpack[GateOptions],
    ) -> None:
        self._settings = gate_settings(classifier, target, **options)
        self._classifier, grid = classifier, self._settings.grid
        self.sample_rate = check_rate(sample_rate)
        self.channels = positive("channels", channels, whole=True)
        self._windows = Windows(
            classifier, grid, sample_rate=self.sample_rate, channels=self.channels
        )
        self._margin, offset = margin_of(grid, self.sample_rate)
        self._curve = GainCurve(self._settings.rules, self.sample_rate, grid.hop, offset)
        self._delay = math.ceil(self._settings.lookahead * self.sample_rate)
        self._delay += _conversion(self.sample_rate, grid.sample_rate)
        self._fed, self._out, self._told, self._over = 0, 0, 0, False
        self._pieces: list[np.ndarray] = []
        self._kind: tuple[np.dtype, int] | None = None
        self._heard: deque[tuple[float, bool]] = deque()  # the key of each window
        self._gains: deque[tuple[float, float]] = deque()  # and the gain at its middle
        self._track: deque[tuple[float, float, bool, float]] = deque(maxlen=_KEPT)
        self._windows.feed(np.zeros((self.channels, self._margin), "float32"))

    @property
    def latency(self) -> float:
        """Delay of the output, seconds."""
        return self._delay / self.sample_rate

    @property
    def settings(self) -> dict[str, Any]:
        """The settings, a dict of plain values."""
        return self._settings.plain()

    def feed(self, block: np.ndarray) -> np.ndarray:
        """Process a block of sound.

        Args:
            block: `(samples,)` or `(channels, samples)`, float in -1...1 or int16; of any length,
                0 included.

        Returns:
            Sound of the same type and layout, up to `latency` seconds before the end of the input.

        Raises:
            HearingAIError: The block is of another type, shape or number of channels, or holds
                values that are not finite; the gate is unchanged.
        """
        if self._over:
            raise HearingAIError("the sound is over, finish() was called; make a new Gate")
        block, _ = waveform_and_rate(block, self.sample_rate, "block")
        block = np.array(as_samples(block, "block"))  # a copy: the caller may reuse its array
        kind = (block.dtype, block.ndim)
        if self._kind is not None and self._kind != kind:
            raise HearingAIError(
                f"every block must be like the first, {self._kind[0]} of {self._kind[1]} axes. "
                f"Received: {kind[0]} of {kind[1]}"
            )
        self._windows.feed(block)
        self._kind = kind
        self._pieces.append(np.atleast_2d(block))
        self._fed += block.shape[-1]
        self._hear()
        return self._emit(max(self._out, self._fed - self._delay))

    def finish(self) -> np.ndarray:
        """End the sound.

        Returns:
            The rest of the output, which is then as long as the input.
        """
        if not self._over:
            self._windows.feed(np.zeros((self.channels, self._margin), "float32"))
            self._windows.finish()
            self._hear()
            self._curve.finish()
            self._over = True
        return self._emit(self._fed)

    def take_track(self) -> pd.DataFrame:
        """Return the probabilities and gains since the last call, at most 32,768 rows.

        Returns:
            A DataFrame with a row a window whose middle is in the output: `time` (seconds),
            `probability` (of the target), `open` (whether it kept the gate open) and `gain_db`.
        """
        rows = [self._track.popleft() for _ in range(len(self._track))]
        return pd.DataFrame(rows, columns=TRACK).astype({"open": bool})

    def _hear(self) -> None:
        while n := min(_BATCH, self._windows.ready):
            answers = probabilities_of(self._classifier, self._windows.cut(n))
            keys = key_of(answers, self._settings, self._classifier.multi_label)
            self._heard.extend(zip(keys, self._curve.push(keys), strict=True))

    def _emit(self, to: int) -> np.ndarray:
        """The sound up to sample `to`."""
        gains = self._curve.read(to)
        n = len(gains)
        dtype, axes = self._kind or (np.dtype("float32"), 1 if self.channels == 1 else 2)
        sound = np.zeros((self.channels, 0), dtype)
        if n:
            held = self._pieces[0] if len(self._pieces) == 1 else np.concatenate(self._pieces, -1)
            sound, self._pieces = held[:, :n], [held[:, n:]]
            if dtype == np.int16:
                sound = np.rint(sound * gains).astype("int16")
            else:
                sound = sound * gains.astype(dtype)
        self._follow(gains)
        return sound[0] if axes == 1 else sound

    def _follow(self, gains: np.ndarray) -> None:
        """Add a row to the track for each window whose middle is in the output."""
        end = self._out + len(gains)
        while (place := self._curve.sample(self._told)) < end:
            self._gains.append((self._curve.time(self._told), gains[place - self._out]))
            self._told += 1
        while self._heard and self._gains:
            (key, kept), (time, gain) = self._heard.popleft(), self._gains.popleft()
            decibel = 20 * math.log10(gain) if gain > 0 else -math.inf
            self._track.append((time, float(key), bool(kept), decibel))
        self._out = end


def window_probabilities(
    classifier: Classifier, sound: np.ndarray, settings: GateSettings
) -> tuple[np.ndarray, Fraction]:
    """The probabilities of the target in a sound at the classifier's rate, as in a `Gate`.

    Args:
        classifier: An `AudioClassifier`.
        sound: `(samples,)`.
        settings: The `GateSettings`.

    Returns:
        `(keys, offset)`: float64, `(windows,)`, and the time of the first, seconds.
    """
    margin, offset = margin_of(settings.grid, settings.grid.sample_rate)
    windows = Windows(classifier, settings.grid)
    windows.feed(np.pad(np.asarray(sound, "float32"), margin))
    windows.finish()
    keys = []
    while n := min(_BATCH, windows.ready):
        answers = probabilities_of(classifier, windows.cut(n))
        keys.append(key_of(answers, settings, classifier.multi_label))
    return np.concatenate(keys), offset


def key_of(answers: np.ndarray, settings: GateSettings, multi_label: bool) -> np.ndarray:
    """The probability of the target, `(windows,)`, from those of all labels.

    Of labels that may occur together it is the largest, else the sum.
    """
    wanted = np.asarray(answers, "float64")[:, list(settings.columns)]
    return wanted.max(axis=1) if multi_label else wanted.sum(axis=1)


def margin_of(grid: Grid, sample_rate: int) -> tuple[int, Fraction]:
    """Silence before and after a sound that centres the first window on its first sample.

    Returns:
        `(margin, offset)`: samples, and the time of the first window's middle then, seconds, a
        `Fraction`.
    """
    margin = math.floor(grid.window / 2 * sample_rate)
    return margin, grid.window / 2 - Fraction(margin, sample_rate)


def _conversion(sample_rate: int, to: int) -> int:
    """Delay of resampling and of rounding to whole samples, in samples, at most."""
    return resampling_delay(sample_rate, to) + math.ceil(sample_rate / to) + 1
