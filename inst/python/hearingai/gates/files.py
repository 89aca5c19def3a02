"""gate(): pass a recording, or sound in memory, through a gate."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, PathLike, Progress
from ..audio.blocks import Blocks, open_blocks
from ..audio.doubts import collected_doubts
from ..audio.own_rates import waveform_and_rate
from ..audio.samples import as_samples, as_waveform
from ..audio.writing import can_write, sound_file, sound_format
from ..classifier.protocol import Classifier, check_classifier
from ..clips.decoding import table_of_notes
from ..errors import HearingAIError
from ..events.windows import exact
from ..runtime.arguments import flag, path_of
from ..runtime.files import refuse_to_replace
from ..runtime.progress import progress_bar
from ..runtime.shared_options import shared_options
from ..runtime.sizes import counted
from ._curve import GainCurve, GateRules
from ._settings import GateOptions
from .stream import Gate

_BLOCK = 2**18  # values of sound in memory that are processed at once


@dataclass(frozen=True)
class Gated:
    """The result of `gate`.

    Attributes:
        source: The input: the file, or the array.
        out: The file it was written to, or `None`.
        sound: The output: an array of the shape of the source, `(samples,)` or
            `(channels, samples)`; `None` where it was written to a file.
        sample_rate: Hz.
        channels: How many.
        samples: Samples a channel.
        track: A DataFrame with a row a window: `time` (seconds, its middle), `probability` (of the
            target), `open` (whether it kept the gate open) and `gain_db`.
        settings: The gate's settings, a dict of plain values, see `Gate`.
        latency: Delay of a `Gate` with these settings, seconds.
        notes: DataFrame `fname`, `note`: what is missing of a recording that was read in part.
    """

    source: object
    out: str | None
    sound: np.ndarray | None
    sample_rate: int
    channels: int
    samples: int
    track: pd.DataFrame
    settings: dict[str, Any]
    latency: float
    notes: pd.DataFrame

    def gain(self, start: float = 0.0, end: float | None = None) -> np.ndarray:
        """The gain of each sample from `start` to `end` (seconds), float64 factors."""
        given, rate = self.settings, self.sample_rate
        names = ("threshold", "low", "range_db", "attack", "hold", "release")
        window, hop = exact(given["window"]), exact(given["hop"])
        lead = exact(given["lookahead"]) - window / 2
        rules = GateRules(**{name: given[name] for name in names}, lead=lead)
        curve = GainCurve(rules, rate, hop, window / 2 - Fraction(int(window / 2 * rate), rate))
        curve.push(self.track["probability"].to_numpy())
        curve.finish()
        first = min(round(start * rate), self.samples)
        last = self.samples if end is None else min(round(end * rate), self.samples)
        for before in range(0, first, _BLOCK):
            curve.read(min(before + _BLOCK, first))
        return curve.read(last)

    def __repr__(self) -> str:
        share = 100 * self.track["open"].mean() if len(self.track) else 0
        target = " + ".join(self.settings["target"])
        return (
            f"<Gated {self.samples / self.sample_rate:.2f} s at {self.sample_rate} Hz, "
            f"{counted(self.channels, 'channel')}, open for {target} {share:.0f} % of the time"
            + (", read in part" if len(self.notes) else "")
            + (f", written to {self.out}>" if self.out else ">")
        )


@shared_options
def gate(
    classifier: Classifier,
    sound: PathLike | np.ndarray,
    *,
    target: str | Sequence[str] | None = None,
    out: PathLike | None = None,
    sample_rate: int | None = None,
    overwrite: bool = False,
    partial: bool = False,
    device: Device = "auto",
    progress: Progress = None,
    **options: Unpack[GateOptions],
) -> Gated:
    """Let the wanted sound through and attenuate the rest; a classifier controls the gate.

    The sound is converted to the classifier's rate and channels and classified in windows that
    start `hop` apart. The probability of the target in a window belongs to the window's middle:
    where it reaches `threshold` the gate opens, while it is at least `low` it stays open, and
    `hold` seconds later it closes. The gain is applied to the original sound, so that sample rate,
    channels and, in a file, the encoding stay; where the gate is open no sample changes. A `Gate`
    does the same to live sound.

    Args:
        classifier: An `AudioClassifier` of sound, such as `train_gate` makes.
        sound: A recording's path, which is read and written block by block; or sound,
            `(samples,)` or `(channels, samples)`, float in -1...1 or int16, also with its own rate
            as a pair `(waveform, sample_rate)`.
        target: The label or labels to let through; their probabilities are added. `None` takes
            the classifier's positive class (`classifier.target`), else all labels but those of the
            rest (`silence`, `background`, `unknown`, `other`) where there are such.
        out: The file to write; its ending chooses the format, and the encoding is that of the
            source where the format has it. `None` returns the sound.
        **options: See `GateOptions`.
        sample_rate: Rate of `sound` in memory, Hz; `None` means the classifier's own.
        overwrite: Replace `out`.
        partial: {partial}
        device: {device}
        progress: {progress}

    Returns:
        A `Gated`: `sound` or `out`, and the `track` of probabilities and gains.

    Raises:
        HearingAIError: The classifier takes embeddings, the sound is empty or not finite, `out`
            exists or cannot be written (no partial file is left), or an argument is out of
            range.
        AudioFileError: The recording cannot be read to its end.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
        >>> noise = numpy.random.default_rng(1).normal(0, 0.1, (2, 44100)).astype("float32")
        >>> gated = hearingai.gate(classifier, noise, threshold=1, sample_rate=44100)
        >>> gated.sound.shape, round(float(20 * numpy.log10(abs(gated.sound / noise).max())))
        ((2, 44100), -40)
    """
    check_classifier(classifier)
    path = None if out is None else _writable(path_of("out", out), overwrite)
    made: list[np.ndarray] = []
    rows: list[pd.DataFrame] = []
    done = 0
    with (
        collected_doubts() as doubts,
        classifier.on_device(device),
        _opened(classifier, sound, sample_rate, flag("partial", partial)) as source,
    ):
        machine = Gate(classifier, source.sample_rate, source.channels, target=target, **options)
        with (
            nullcontext(made.append) if path is None else _written(path, source, sound) as write,
            progress_bar("Gating", source.samples, progress) as bar,
        ):
            for block in source.read():
                write(machine.feed(block))
                rows.append(machine.take_track())
                done += block.shape[-1]
                bar(done)
            write(machine.finish())
            rows.append(machine.take_track())
    return Gated(
        source=source.origin,
        out=None if path is None else str(path),
        sound=np.concatenate(made, axis=-1) if path is None else None,
        sample_rate=source.sample_rate,
        channels=source.channels,
        samples=done,
        track=pd.concat(rows, ignore_index=True),
        settings=machine.settings,
        latency=machine.latency,
        notes=table_of_notes(doubts.notes().items()),
    )


class _Memory:
    """Sound in memory, with the interface of `_File`."""

    format: None = None
    subtype: None = None

    def __init__(self, sound: np.ndarray, sample_rate: int) -> None:
        as_waveform(sound, "sound")  # checked before any of it is heard
        self.origin, self.sample_rate = as_samples(sound, "sound"), sample_rate
        if not self.origin.size:
            raise HearingAIError(
                f"`sound` holds no samples. Received: an array of shape {self.origin.shape}"
            )
        self.channels = 1 if self.origin.ndim == 1 else len(self.origin)
        self.samples = self.origin.shape[-1]

    def read(self) -> Iterator[np.ndarray]:
        """Yield its blocks."""
        size = max(1, _BLOCK // self.channels)
        for first in range(0, self.samples, size):
            yield self.origin[..., first : first + size]


class _File:
    """An open recording."""

    def __init__(self, path: PathLike, blocks: Blocks) -> None:
        self.origin, self._blocks = os.fspath(path), blocks
        self.sample_rate, self.channels = blocks.sample_rate, blocks.channels
        self.samples, self.format, self.subtype = blocks.samples, blocks.format, blocks.subtype

    def read(self) -> Iterator[np.ndarray]:
        """Yield its blocks, `(samples,)` of one channel, else `(channels, samples)`."""
        for block in self._blocks.read():
            yield block[:, 0] if self.channels == 1 else block.T


@contextmanager
def _opened(
    classifier: Classifier, sound: Any, sample_rate: int | None, partial: bool
) -> "Iterator[_File | _Memory]":
    if isinstance(sound, (str, os.PathLike)):
        with open_blocks(sound, partial=partial) as blocks:
            yield _File(sound, blocks)
    else:
        waveform, own = waveform_and_rate(sound, sample_rate, "sound")
        yield _Memory(waveform, classifier.sample_rate if own is None else own)


def _writable(out: PathLike, overwrite: bool) -> Path:
    """Check the output path before anything is computed."""
    path = path_of("out", out)
    sound_format(path, argument="out")
    refuse_to_replace(path, overwrite)
    return path


@contextmanager
def _written(
    path: Path, source: "_File | _Memory", sound: Any
) -> Iterator[Callable[[np.ndarray], object]]:
    """Write a file block by block; it takes its name only when it is complete."""
    kind, usual = sound_format(path)
    if source.format and Path(sound).suffix.lower() == path.suffix.lower():
        kind = source.format
    alike = kind == source.format or str(source.subtype).startswith(("PCM_", "FLOAT", "DOUBLE"))
    rate, channels, own = source.sample_rate, source.channels, source.subtype
    subtype = own if own and alike and can_write(rate, channels, kind, own) else usual
    with sound_file(path, rate, channels, kind, subtype) as file:
        yield lambda block: file.write(block.T)
