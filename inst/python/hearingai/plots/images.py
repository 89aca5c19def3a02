"""The data of plots of sounds, which Python and R both draw."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._typing import ArrayLike
from ..audio.own_rates import waveform_and_rate
from ..audio.reading import read_audio
from ..audio.resampling import resample
from ..audio.samples import as_waveform
from ..audio.tones import find_tones
from ..errors import HearingAIError
from ..runtime.arguments import check_rate
from .axes import Axis, axis_of, fft_axis, grouped

RATE = 22050  # Hz, of the Hearing AI system
RANGE = 80.0  # dB below the loudest that a picture shows
MAX_FRAMES = 1500  # an image of more frames is drawn by the loudest of each stretch
MAX_MINUTES = 30
BLOCK = 1024  # frames transformed at once


@dataclass
class Wave:
    """A waveform to draw: `time` in seconds and `amplitude`, equally long."""

    title: str
    time: np.ndarray
    amplitude: np.ndarray


@dataclass
class Image:
    """An image to draw: `values` (frames, bins) from `low` to `high` of `unit`.

    `start` and `end` are the edges in seconds; `marks` are pairs of a place on the axis and a text.
    """

    title: str
    values: np.ndarray
    start: float
    end: float
    axis: Axis
    low: float = -RANGE
    high: float = 0.0
    unit: str = "dB relative to the loudest"
    marks: list = field(default_factory=list)

    @property
    def scale(self) -> Any:
        """What images that share a colour bar have in common."""
        return self.low, self.high, self.unit


def front_end_of(rate: int) -> Any:
    """The log-mel front end of the Hearing AI system, at any sample rate and length of clip."""
    from ..runtime.backend import require_keras

    require_keras()
    from ..frontends import LogMel

    window = int(rate * 4 / 150 * 2) - 8  # 150 frames of four seconds, half overlapping
    if window < 4:
        raise HearingAIError(f"`sample_rate` must be 225 Hz or more. Received: {rate}")
    return LogMel(
        sample_rate=rate,
        window_size=window,
        window_stride=window // 2,
        fft_size=window,
        window="hamming",
        power=1.0,
        n_mels=150,
        fmax=min(8000.0, rate / 2),
        scale="slaney",
        norm="slaney",
    )


def hear(sound: Any, sample_rate: Any, frontend: Any) -> Any:
    """Read the sound to draw.

    Returns:
        `(waveform, sample_rate, frontend)`: mono, at the rate of the front end.
    """
    rate = None if sample_rate is None else check_rate(sample_rate)
    if hasattr(frontend, "frontend"):  # a classifier's
        frontend = frontend.frontend
        if frontend is None:
            raise HearingAIError("`frontend` is a classifier without a front end")
    own = getattr(spectral_layer(frontend), "sample_rate", None)
    if isinstance(sound, (str, os.PathLike)):
        waveform, rate = read_audio(sound, sample_rate=own or rate or RATE)
    else:
        waveform, rate = waveform_and_rate(sound, rate, "sound")
        waveform = as_waveform(waveform, "sound")
        if not waveform.size:
            raise HearingAIError(f"`sound` holds no samples. Received: {waveform.shape}")
        if rate is None:
            raise HearingAIError("`sample_rate` must be given with a waveform, in Hz")
        waveform = np.atleast_2d(waveform).mean(axis=0).astype("float32")
    if own is not None and own != rate:
        waveform, rate = resample(waveform, rate, own), own
    if len(waveform) > 60 * MAX_MINUTES * rate:
        raise HearingAIError(
            f"`sound` must be {MAX_MINUTES} minutes or less. Read a part of it with "
            f"read_audio(start, duration). Received: {len(waveform) / rate / 60:.0f} minutes"
        )
    return waveform, rate, front_end_of(rate) if frontend is None else frontend


def layers_of(frontend: Any) -> list:
    """The layers of a front end, in their order."""
    return list(getattr(frontend, "layers", None) or [frontend])


def spectral_layer(frontend: Any) -> Any:
    """The layer of a front end that turns the waveform into a spectrum; `None` for none."""
    found = [layer for layer in layers_of(frontend) if hasattr(layer, "window_stride")]
    return found[0] if found else None


def raw_image(waveform: ArrayLike, frontend: Any) -> np.ndarray:
    """What a front end makes of one waveform: an array `(frames, bins, channels)`."""
    from ..runtime.backend import require_keras

    keras = require_keras()
    values = keras.ops.convert_to_tensor(np.asarray(waveform, "float32")[None])
    for layer in layers_of(frontend):
        if not callable(layer):
            raise HearingAIError(f"`frontend` must be a Keras layer. Received: {layer!r}")
        values = layer(values)
    image = keras.ops.convert_to_numpy(values)
    if image.ndim != 4:
        raise HearingAIError(
            "`frontend` must turn waveforms into images (batch, frames, bins, channels). "
            f"Received one that gives {image.shape}"
        )
    return image[0]


def image_of(
    values: np.ndarray,
    waveform: np.ndarray,
    rate: float,
    frontend: Any,
    title: str | None = None,
    reference: Any = None,
) -> Image:
    """Make an image to draw of the first channel of what a front end gave.

    Logarithms are converted to decibels below `reference`, by default the loudest value.
    """
    values, layer = values[:, :, 0].astype("float64"), spectral_layer(frontend)
    factor = decibels(frontend)
    start, end = _times(layer, len(values), len(waveform) / rate)
    picture: dict[str, Any] = {
        "low": float(values.min()),
        "high": float(values.max()),
        "unit": "value",
    }
    if factor is not None:
        values = factor * values
        values = values - (values.max() if reference is None else factor * reference)
        picture = {}
    axis = axis_of(layer, values.shape[1])
    title = _name(layer, values.shape[1]) if title is None else title
    return Image(title, _fewer_frames(values), start, end, axis, **picture)


def spectrum_of(waveform: np.ndarray, rate: int, frontend: Any) -> Image:
    """Make the image of the Fourier spectrogram, in frames such as the front end's."""
    from ..frontends.framing import WINDOWS, frame_sizes, n_frames

    layer = spectral_layer(frontend)
    if layer is None:
        size, stride, fft_size = frame_sizes(50, 25, rate)
    else:
        size, stride, fft_size = layer.window_size, layer.window_stride, layer.fft_size
    n_frames(len(waveform), size, stride)  # a sound shorter than a frame is an error
    window = WINDOWS[getattr(layer, "window", "hann")](size)
    frames = np.lib.stride_tricks.sliding_window_view(waveform, size)[::stride]
    factor = -(-len(frames) // MAX_FRAMES)
    block = factor * -(-BLOCK // factor)
    power = np.concatenate(
        [
            _fewer_frames(
                np.abs(np.fft.rfft(frames[i : i + block] * window, fft_size)) ** 2, factor
            )
            for i in range(0, len(frames), block)
        ]
    )
    loudest = power.max() or 1.0
    levels = 10 * np.log10(np.maximum(power / loudest, 1e-20))
    first = (size - stride) / 2 / rate
    return Image(
        "FFT spectrogram",
        levels,
        first,
        first + len(frames) * stride / rate,
        fft_axis(rate, fft_size),
    )


def mark_tones(images: Any, waveform: ArrayLike, rate: float, tones: int) -> None:
    """Find the tones of a waveform and mark them in the images that have frequencies."""
    found = find_tones(waveform, rate, n=tones)
    for image in images:
        axis = image.axis
        if axis.place is None:
            continue
        places = [(float(axis.place(f)), f"{f:.0f}") for f in found]
        image.marks += grouped([p for p in places if axis.low <= p[0] <= axis.high], axis)


def decibels(frontend: Any) -> float | None:
    """How many decibels a step of 1 in the image is; `None` where the values are not levels."""
    from ..frontends import MFCC, Deltas, LogMel, LogSpectrogram

    first, *others = layers_of(frontend)
    if isinstance(first, MFCC) or not all(isinstance(o, Deltas) for o in others):
        return None
    if isinstance(first, LogSpectrogram):
        return 10 / np.log(10)
    if isinstance(first, LogMel):
        return 1.0 if first.log == "decibel" else 20 / first.power / np.log(10)
    return None


def _times(layer: Any, frames: int, duration: float) -> Any:
    """Edges of an image in seconds: a frame is as wide as a stride, around its window's middle."""
    if layer is None:
        return 0.0, duration
    stride = layer.window_stride / layer.sample_rate
    middle = layer.window_size / 2
    if getattr(layer, "padding", "fft") != "fft":  # frames lie centred on every stride, or do not
        middle = layer.fft_size / 2 if layer.padding == "none" else 0.0
    start = middle / layer.sample_rate - stride / 2
    return start, start + frames * stride


def _name(layer: Any, bins: int) -> Any:
    from ..frontends import MFCC, LogMel, LogSpectrogram

    if isinstance(layer, MFCC):
        return f"MFCC, {bins} coefficients"
    if isinstance(layer, LogMel):
        return f"log-mel, {bins} bands"
    return "log spectrogram" if isinstance(layer, LogSpectrogram) else "image"


def _fewer_frames(values: np.ndarray, factor: int | None = None) -> Any:
    """The largest of each stretch of frames, where there are too many to draw."""
    factor = -(-len(values) // MAX_FRAMES) if factor is None else factor
    if factor == 1:
        return values
    starts = np.arange(0, len(values), factor)
    return np.maximum.reduceat(values, starts, axis=0)
