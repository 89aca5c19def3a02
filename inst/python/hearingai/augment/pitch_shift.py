"""Raise or lower the pitch of a clip, at its own speed."""

from typing import Any

import keras
from keras import ops

from ..frontends import hann
from ..runtime.arguments import check_rate
from .base import Augmentation, take_samples
from .checks import limits
from .filtering import fft_size, known_rate, resampled
from .speed_change import positions, read_between

Complex = tuple[Any, Any]  # real and imaginary parts
WINDOW_S = 0.04  # at least; long enough to part the harmonics of a low voice


@keras.saving.register_keras_serializable(package="hearingai")
class PitchShift(Augmentation):
    """Raise or lower the pitch of each clip; what happens in it keeps its place in time.

    All frequencies are multiplied by `2 ** (semitones / 12)`, formants too. The clip is read faster
    or slower and stretched back by a phase vocoder with windows of 40 to 80 ms, which smears
    clicks by that much and shifts channels one by one. What would lie above the Nyquist frequency
    is left out.

    Args:
        semitones: Lowest and highest shift, from -12 to 12; one number is that shift for all.
        sample_rate: Rate of the clips, Hz. In training, it is the classifier's where it is `None`.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`; the samples must be known.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: An argument is out of range, or `sample_rate` is not known when clips come.

    Source:
        Puckette 1995, "Phase-locked vocoder": each frame is compared with the sound one hop before
        it, so that no phase is unwrapped, and neighbouring bins are turned together.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.PitchShift(sample_rate=8000)
        >>> tone = numpy.sin(2 * numpy.pi * 500 * numpy.arange(8000) / 8000)[None]
        >>> octave = numpy.asarray(layer.apply(tone, semitones=[12.0]))
        >>> int(numpy.abs(numpy.fft.rfft(octave[0])).argmax())  # Hz
        1000
    """

    def __init__(
        self,
        semitones: float | tuple[float, float] = (-2, 2),
        *,
        sample_rate: int | None = None,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.semitones = limits("semitones", semitones, lowest=-12, highest=12)
        self.sample_rate = None if sample_rate is None else check_rate(sample_rate)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `semitones`, one per clip."""
        return {"semitones": self.uniform((shape[0],), *self.semitones)}

    def change(self, x: Any, semitones: Any) -> Any:
        """Shift the clips."""
        window = fft_size(int(WINDOW_S * known_rate(self)))
        samples, channels = x.shape[-1], 1 if len(x.shape) == 2 else x.shape[1]
        speed = ops.repeat(2.0 ** (semitones / 12), channels)
        rows = ops.reshape(x, (-1, samples))
        changed = stretched(faster(rows, speed), speed, samples, window)
        return ops.reshape(changed, ops.shape(x))

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "semitones": self.semitones,
            "sample_rate": self.sample_rate,
        }


def faster(x: Any, speed: Any) -> Any:
    """Read waveforms `(rows, samples)` at speeds from 0.5 to 2, into twice as many samples.

    They are read between samples at four times the rate, where little is lost.
    """
    samples = x.shape[-1]
    size = fft_size(samples)
    kept = ops.arange(size // 2 + 1, dtype="float32")[None] * speed[:, None] <= size // 2
    fine = resampled(x, size, 4 * size, ops.cast(kept, "float32"))
    return read_between(fine[:, : 4 * samples], *positions(2 * samples, 4 * speed))


def stretched(x: Any, speed: Any, samples: int, window: int) -> Any:
    """Play waveforms `(rows, n)` at `1 / speed` of their pace and at their pitch."""
    hop, frames = window // 4, -(-samples // (window // 4)) + 3  # from one hop before the start on
    place = ops.arange(-1, frames - 1, dtype="float32")[None] * hop / speed[:, None]
    place = ops.cast(ops.round(place), "int32") + 3 * hop  # at half speed it is two hops before
    at = place[:, :, None] + ops.arange(window, dtype="int32")
    x = ops.pad(x, ((0, 0), (5 * hop, 2 * window)))
    last = x.shape[-1] - 1
    taper = ops.convert_to_tensor(hann(window))

    def spectrum(at: Any) -> Complex:
        index = ops.minimum(ops.reshape(at, (-1, frames * window)), last)
        grains = ops.reshape(take_samples(x, index), (-1, frames, window))
        return ops.rfft(grains * taper)

    now, before = spectrum(at), spectrum(at - hop)
    was = tuple(ops.pad(part[:, :-1], ((0, 0), (1, 0), (0, 0))) for part in now)
    turns = locked(
        unit(times(was, (before[0], -before[1]))), ops.square(now[0]) + ops.square(now[1])
    )
    grains = ops.irfft(times(now, turns), fft_length=window) * (taper / 1.5)
    parts = ops.split(grains, 4, axis=2)  # squares of Hann windows a quarter apart sum to 1.5
    parts = [ops.pad(p, ((0, 0), (i, 3 - i), (0, 0))) for i, p in enumerate(parts)]
    laid = ops.reshape(sum(parts), (-1, (frames + 3) * hop))
    return laid[:, 3 * hop : 3 * hop + samples]


def locked(steps: Complex, power: Any) -> Complex:
    """Add up what each frame is turned by, from frame to frame, each `(rows, frames, bins)`.

    A bin turns with its neighbours, the louder ones first, so that the bins of one tone stay in
    phase.
    """

    def add(turn: Complex, frame: Any) -> Any:
        *step, weight = frame
        turn = times(turn, (step[0], step[1]))
        parts = (ops.pad(part * weight, ((0, 0), (1, 1))) for part in turn)
        turn = unit(tuple(part[:, :-2] + 2 * part[:, 1:-1] + part[:, 2:] for part in parts))
        return turn, turn

    frames = tuple(ops.transpose(v, (1, 0, 2)) for v in (*steps, power))
    none = ops.zeros_like(frames[0][0])
    _, turns = ops.scan(add, (none + 1, none), frames)
    return tuple(ops.transpose(turn, (1, 0, 2)) for turn in turns)


def times(a: Complex, b: Complex) -> Complex:
    """Product of complex numbers, each a real and an imaginary part."""
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def unit(a: Complex) -> Complex:
    """Complex numbers of length 1; 1 for 0."""
    size = ops.sqrt(ops.square(a[0]) + ops.square(a[1]))
    silent = ops.cast(size < 1e-20, "float32")
    return (a[0] + silent) / (size + silent), a[1] / (size + silent)
