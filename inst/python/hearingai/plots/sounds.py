"""Pictures of one sound: its waveform, its spectrogram."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import ArrayLike, Sounded
from ..audio.own_rates import waveform_and_rate
from ..audio.samples import as_waveform
from ..errors import HearingAIError
from ..runtime.arguments import finite_array, positive
from .canvas import SPECTRUM, TRAINING, Picture, plain

MAX_SAMPLES = 50_000  # a channel longer than this is drawn as its envelope


def plot_waveform(
    waveform: Sounded, sample_rate: float | None = None, *, title: str | None = None
) -> Picture:
    """Draw amplitude against time, several channels below each other.

    Beyond 50,000 samples per channel, the smallest and the largest value of each of 25,000
    stretches are drawn: the plot looks the same, and even a day of sound can be drawn.

    Args:
        waveform: Array `(samples,)` or `(channels, samples)`, or a pair of it and its rate, as
            `read_audio` returns it.
        sample_rate: In Hz; `None` where the waveform comes with its own.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: The waveform has another shape, is empty or is not finite.

    Example:
        >>> import hearingai, numpy
        >>> tone = numpy.sin(2 * numpy.pi * 440 * numpy.arange(1600) / 16000)
        >>> figure = hearingai.plot_waveform(tone, 16000)
        >>> figure.axes[0].get_xlabel()
        'time (s)'
    """
    sound, own = waveform_and_rate(waveform, sample_rate, "waveform")
    rate = positive("sample_rate", own)
    channels = as_waveform(sound)
    shape = channels.shape
    if 0 in shape or shape[0] > shape[-1]:
        raise HearingAIError(
            f"`waveform` must have shape (samples,) or (channels, samples). Received: {shape}"
        )
    channels = np.atleast_2d(channels)
    figure = Picture(8, 1.4 + 1.5 * len(channels), title)
    panels = figure.subplots(len(channels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    peak = np.abs(channels).max() or 1
    for i, (ax, channel) in enumerate(zip(panels, channels, strict=True)):
        samples, values = envelope(channel)
        ax.plot(samples / rate, values, color=TRAINING, linewidth=0.7)
        ax.set(ylabel="amplitude", ylim=(-1.05 * peak, 1.05 * peak))
        ax.margins(x=0)
        plain(ax)
        if len(channels) > 1:
            ax.set_title(f"channel {i + 1}", loc="left", fontsize=10)
    panels[-1].set_xlabel("time (s)")
    return figure


def plot_spectrogram(
    image: ArrayLike,
    sample_rate: float = 16000,
    *,
    window_stride_ms: float = 10,
    window_size_ms: float = 30,
    title: str | None = None,
) -> Picture:
    """Draw a log spectrogram: time across, frequency up, log power as colour.

    A frame sits at the middle of its window; the bins run from 0 to half the sample rate.

    Args:
        image: Array `(frames, bins)` or `(frames, bins, 1)`, such as `LogSpectrogram` returns for
            one clip.
        sample_rate: Hz.
        window_stride_ms: Step from one window to the next, in milliseconds.
        window_size_ms: Length of a window, in milliseconds.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: The image has another shape, is empty or is not finite.

    Example:
        >>> import hearingai, numpy
        >>> figure = hearingai.plot_spectrogram(numpy.random.rand(98, 257, 1))
        >>> figure.axes[0].get_ylabel()
        'frequency (kHz)'
    """
    nyquist = positive("sample_rate", sample_rate) / 2000
    stride = positive("window_stride_ms", window_stride_ms) / 1000
    size = positive("window_size_ms", window_size_ms) / 1000
    values = finite_array("image", image)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if values.ndim != 2 or min(values.shape) < 2:
        raise HearingAIError(
            "`image` must have shape (frames, bins) or (frames, bins, 1), 2 or more of each. "
            f"Received: {np.shape(image)}"
        )
    frames, bins = values.shape
    start, half_bin = (size - stride) / 2, nyquist / (bins - 1) / 2
    figure = Picture(8, 3.6, title)
    ax = figure.subplots()
    picture = ax.imshow(
        values.T,
        cmap=SPECTRUM,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(start, start + frames * stride, -half_bin, nyquist + half_bin),
    )
    ax.set(xlabel="time (s)", ylabel="frequency (kHz)")
    figure.colorbar(picture, ax=ax, label="log power", pad=0.02).outline.set_visible(False)
    return figure


def envelope(values: np.ndarray) -> Any:
    """Return `(samples, values)` to draw: all, or the extremes of each stretch where too many."""
    if len(values) <= MAX_SAMPLES:
        return np.arange(len(values)), values
    length = -(-len(values) // (MAX_SAMPLES // 2))
    filled = np.pad(values, (0, -len(values) % length), mode="edge").reshape(-1, length)
    extremes = np.stack([filled.min(axis=1), filled.max(axis=1)], axis=1)
    return np.repeat(np.arange(len(filled)) * length, 2), extremes.ravel()
