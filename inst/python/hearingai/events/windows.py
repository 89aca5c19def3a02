"""Cut sound of any length, in blocks of any size, into the windows that a classifier takes."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import soxr
from typing_extensions import Unpack

from .._typing import PathLike
from ..audio.cuts import Cuts
from ..audio.fitting import averaged
from ..audio.own_rates import waveform_and_rate
from ..audio.resampling import resampling_delay
from ..audio.samples import as_waveform, to_float32
from ..classifier.protocol import Classifier, check_classifier
from ..errors import HearingAIError
from ..runtime.arguments import check_rate, positive
from ..runtime.shared_options import shared_options
from .options import WindowOptions

_SHARE = 4  # default hop: a quarter of a window


@dataclass(frozen=True)
class Grid:
    """The positions of windows, as exact fractions, so that they do not drift over hours.

    Attributes:
        sample_rate: Hz.
        samples: Samples a window.
        hop: From the start of a window to the start of the next, in seconds, a `Fraction`.

    Example:
        >>> grid = Grid(16000, 16000, Fraction(1, 4))
        >>> [grid.first_sample(k) for k in range(3)], grid.whole(24000), grid.needed(24001)
        ([0, 4000, 8000], 3, 4)
    """

    sample_rate: int
    samples: int
    hop: Fraction

    @property
    def window(self) -> Fraction:
        """Length of a window in seconds, a `Fraction`."""
        return Fraction(self.samples, self.sample_rate)

    def first_sample(self, k: int) -> int:
        """The first sample of window `k`."""
        return math.floor(k * self.hop * self.sample_rate + Fraction(1, 2))

    def whole(self, heard: int) -> int:
        """How many windows lie completely in the first `heard` samples."""
        room = heard - self.samples + Fraction(1, 2)
        return max(0, math.ceil(room / (self.hop * self.sample_rate)))

    def needed(self, heard: int) -> int:
        """How many windows it takes to cover all of `heard` samples."""
        whole = self.whole(heard)
        covered = self.first_sample(whole - 1) + self.samples if whole else 0
        return whole + (heard > covered)


def exact(seconds: float) -> Fraction:
    """Seconds as the exact fraction of their decimal: 0.1 is a tenth."""
    return Fraction(repr(float(seconds)))


@shared_options
def grid_of(classifier: Classifier, **options: Unpack[WindowOptions]) -> Grid:
    """The grid of windows for a classifier.

    Args:
        classifier: A classifier of sound.
        **options: See `WindowOptions`.

    Returns:
        A `Grid`.

    Raises:
        HearingAIError: The classifier takes embeddings, or an argument is out of range.
    """
    check_classifier(classifier)
    if classifier.hears_embeddings:
        raise HearingAIError(
            f"`classifier` must take sound; `{classifier.recipe}` takes embeddings, which have no "
            f"windows; add_body() lets it hear sound"
        )
    window, given = options["window"], options["hop"]
    rate, most = classifier.sample_rate, classifier.samples
    samples = most if window is None else round(positive("window", window) * rate)
    if not 1 <= samples <= most:
        raise HearingAIError(
            f"`window` must be at most the {classifier.duration:g} s that the classifier takes, "
            f"and at least a sample. Received: {window!r}"
        )
    length = Fraction(samples, rate)
    hop = length / _SHARE if given is None else exact(positive("hop", given))
    if float(hop) == float(length):  # a third has no exact decimal
        hop = length
    if not Fraction(1, rate) <= hop <= length:
        raise HearingAIError(
            f"`hop` must be at most the window of {float(length):g} s (no sound is skipped), "
            f"and at least a sample. Received: {float(hop):g}"
        )
    return Grid(rate, samples, hop)


class Windows:
    """Windows of sound that arrives in blocks of any size.

    Sound is mixed to the classifier's channels, resampled as it comes and cut; the windows are the
    same to the last bit whatever the blocks. It stores a window at most, and those not taken yet.

    Args:
        classifier: An `AudioClassifier`.
        grid: The `Grid` to cut by.
        sample_rate: Rate of the sound, Hz; `None` means the classifier's own.
        channels: Channels of the sound; `None` takes those of the first block.
        argument: What the sound is called, for errors.
        path: The recording that it is read from, for doubts.

    Attributes:
        grid: The `Grid`.
        sample_rate: Rate of the input, Hz.
        taken: Windows taken so far, which is the index of the next.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> windows = Windows(classifier, grid_of(classifier, hop=0.5), sample_rate=8000)
        >>> windows.feed(numpy.zeros(14000))
        >>> windows.take().shape
        (2, 16000)
        >>> windows.finish()
        >>> windows.take().shape, float(windows.seconds)
        ((1, 16000), 1.75)
    """

    def __init__(
        self,
        classifier: Classifier,
        grid: Grid,
        *,
        sample_rate: int | None = None,
        channels: int | None = None,
        argument: str = "block",
        path: PathLike | None = None,
    ) -> None:
        self._argument, self._path = argument, path
        own = grid.sample_rate
        self.grid = grid
        rate = own if sample_rate is None else sample_rate
        self.sample_rate = check_rate(rate)
        self._channels = None if channels is None else positive("channels", channels, whole=True)
        self._format = classifier.clip_format
        self._resampler: soxr.ResampleStream | None = None
        self._fed, self._heard, self.taken = 0, 0, 0  # samples, samples as resampled, windows
        self._pieces: list[np.ndarray] = []
        self._first, self._over = 0, False
        self.peak = 0.0  # the largest absolute value

    @property
    def seconds(self) -> Fraction:
        """Seconds of sound received, a `Fraction`."""
        return Fraction(self._fed, self.sample_rate)

    @property
    def latency(self) -> float:
        """Largest delay of resampling, in seconds."""
        return resampling_delay(self.sample_rate, self.grid.sample_rate) / self.sample_rate

    @property
    def ready(self) -> int:
        """How many windows can be taken."""
        count = self.grid.needed if self._over else self.grid.whole
        return count(self._heard) - self.taken

    def feed(self, block: np.ndarray) -> None:
        """Add a block of sound.

        Args:
            block: `(samples,)` or `(channels, samples)`, float in -1...1 or int16; of any length,
                0 included.

        Raises:
            HearingAIError: The block is of another type, shape or number of channels, or holds
                values that are not finite; nothing of it was added.
        """
        if self._over:
            raise HearingAIError("the sound is over, finish() was called; start anew for more")
        block = self._checked(block)
        if not block.size:  # nothing, of any number of channels
            return
        self._fed += block.shape[-1]
        self._hear(block.T)

    def finish(self) -> None:
        """End the sound: the rest of it becomes a window, padded with silence."""
        if self._over:
            return
        if self._fed:
            self._hear(np.zeros((0, self._channels or 1), "float32"), last=True)
        if self._fed and not self._heard:  # too short for a single sample at the new rate
            self._keep(np.zeros((1, self._format.channels), "float32"))
        self._over = True

    def take(self, most: int | None = None) -> np.ndarray:
        """The next windows that are ready, at most `most`.

        Returns:
            float32 of shape `(n, samples)`, or `(n, channels, samples)` for a classifier of
            several channels; the first has the index that `taken` was before the call.
        """
        cuts = self.cut(most)
        return cuts.clips() if len(cuts) else np.zeros((0, *self._format.shape), "float32")

    def cut(self, most: int | None = None) -> Cuts:
        """The same windows as `take` returns, as the sound that they are cut from."""
        n = self.ready if most is None else min(most, self.ready)
        places = [self.grid.first_sample(self.taken + i) - self._first for i in range(n)]
        cuts = self._cut(np.array(places, int))
        self.taken += n
        begin = min(self.grid.first_sample(self.taken), self._heard)
        if n:
            held = self._pieces[0]
            self._pieces, self._first = [held[..., begin - self._first :]], begin
        return cuts

    def _cut(self, starts: np.ndarray) -> Cuts:
        """The windows that start at these samples of what is held."""
        length, shape = self._format.samples, self._format.shape
        if not len(starts):
            return Cuts(np.zeros(shape, "float32"), starts, length)
        if len(self._pieces) > 1:
            self._pieces = [np.concatenate(self._pieces, axis=-1)]
        (held,) = self._pieces
        if self.grid.samples == length:
            sound = np.zeros((*shape[:-1], starts[-1] - starts[0] + length), "float32")
            piece = held[..., starts[0] : starts[-1] + length]
            sound[..., : piece.shape[-1]] = piece
            return Cuts(sound, starts - starts[0], length)
        windows = np.zeros((len(starts), *shape), "float32")  # each ends in silence of its own
        for window, start in zip(windows, starts, strict=True):
            piece = held[..., start : start + self.grid.samples]
            window[..., : piece.shape[-1]] = piece
        return Cuts.of(windows)

    def _checked(self, block: Any) -> np.ndarray:
        """The block as float32 `(channels, samples)`."""
        block, _ = waveform_and_rate(block, self.sample_rate, self._argument)
        block = to_float32(as_waveform(block, self._argument, channels=self._channels))
        shape, block = block.shape, np.atleast_2d(block)
        if block.size and self._channels not in (None, len(block)):
            wanted = f"({self._channels}, samples)" if self._channels > 1 else "(samples,)"
            raise HearingAIError(
                f"`{self._argument}` must have the shape {wanted}. Received: {shape}"
            )
        if block.size:
            self._channels = len(block)
            self.peak = max(self.peak, float(np.abs(block).max()))
        return block

    def _hear(self, block: np.ndarray, last: bool = False) -> None:
        """Mix and resample a block `(samples, channels)`, as `read_audio` would."""
        if self._format.channels != self._channels:
            # interleaved in memory, so that the sum has the same order as for a file
            block = averaged(np.ascontiguousarray(block), self._path)[:, None]
        if self.sample_rate != self.grid.sample_rate:
            if self._resampler is None:
                rates = self.sample_rate, self.grid.sample_rate
                self._resampler = soxr.ResampleStream(*rates, block.shape[1], quality="HQ")
            block = self._resampler.resample_chunk(np.ascontiguousarray(block), last=last)
        self._keep(block)

    def _keep(self, block: np.ndarray) -> None:
        if not len(block):
            return
        self._heard += len(block)
        # A copy, for the caller may reuse its array; clipped as in `ClipFormat.fit`.
        piece = np.clip(block.T, -1, 1)
        wanted = self._format.channels
        if wanted == 1:
            piece = piece[0]
        elif wanted != len(piece):
            piece = np.tile(piece, (wanted, 1))
        self._pieces.append(piece)
