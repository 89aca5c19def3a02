"""Figures of what a front end makes of a sound: panels side by side."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..audio.tones import two_tone
from ..errors import HearingAIError, HearingAIWarning
from ..runtime.arguments import check_rate, positive
from .canvas import SPECTRUM, TRAINING, Picture, plain
from .images import Wave, hear, image_of, mark_tones, raw_image, spectrum_of
from .sounds import envelope

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 4  # panels in a row


def plot_panels(
    sound: Any,
    sample_rate: float | None = None,
    *,
    frontend: Any = None,
    tones: int | None = None,
    title: str | None = None,
) -> Picture:
    """Draw a sound three times, side by side: waveform, Fourier spectrogram, network input.

    The spectrogram has the frames of the front end. Both images show decibels below their loudest
    value, down to -80; a front end whose values are not levels (MFCC, scaled images) is shown as
    it is. Of several channels of an image the first is drawn.

    Args:
        sound: A recording's path, or a waveform `(samples,)` or `(channels, samples)`; channels
            are averaged. Half an hour at most.
        sample_rate: Of a waveform, its rate in Hz; of a file, the rate to read it at. `None`
            takes the front end's for a file, 22,050 Hz where there is none.
        frontend: The front end, such as `LogMel(...)`, or a classifier, whose front end is taken;
            the sound is brought to its rate. `None` takes the log-mel of the Hearing AI system.
        tones: How many tones to find with `find_tones` and to mark in both images.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: The sound cannot be read, is too short for a frame or too long, or a
            waveform came without its rate.

    Source:
        The base case and the dog bark of the Hearing AI system.

    Example:
        >>> import hearingai
        >>> figure = hearingai.plot_panels(hearingai.two_tone(), 22050, tones=2)
        >>> [text.get_text() for text in figure.axes[2].texts]
        ['440 Hz', '2000 Hz']
    """
    return draw_panels(panel_numbers(sound, sample_rate, frontend, tones), title)


def plot_bands(
    n_mels: int | Sequence[int] = (10, 150, 1000),
    *,
    sample_rate: float = 22050,
    sound: Any = None,
    frontend: Any = None,
    title: str | None = None,
) -> Picture:
    """Draw a sound as log-mel with few, enough and too many bands, side by side.

    Too few bands blur what differs; too many leave bands that no bin of the spectrum falls into,
    dark stripes whatever the sound. Each title says how many are empty.

    Args:
        n_mels: Numbers of mel bands, one a panel.
        sample_rate: Of a waveform, its rate in Hz; of a file, the rate to read it at.
        sound: A recording's path, or a waveform; `None` takes `two_tone()`.
        frontend: A `LogMel` layer whose other settings are used; `None` takes those of the
            Hearing AI system.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A number of bands is not whole, the front end is no `LogMel`, or the
            sound cannot be read.

    Source:
        The choice of 150 bands in the Hearing AI system.

    Example:
        >>> import hearingai
        >>> figure = hearingai.plot_bands()
        >>> figure.axes[0].get_title()
        '10 bands, 0 empty'
    """
    return draw_panels(band_numbers(n_mels, sample_rate, sound, frontend), title)


def panel_numbers(
    sound: Any, sample_rate: float | None = None, frontend: Any = None, tones: int | None = None
) -> Any:
    """The panels of `plot_panels`: a waveform and two images."""
    waveform, rate, frontend = hear(sound, sample_rate, frontend)
    seen = image_of(raw_image(waveform, frontend), waveform, rate, frontend)
    images = [spectrum_of(waveform, rate, frontend), seen]
    if tones is not None:
        mark_tones(images, waveform, rate, tones)
    samples, amplitude = envelope(waveform)
    return [Wave("waveform", samples / rate, amplitude), *images]


def band_numbers(
    n_mels: int | Sequence[int] = (10, 150, 1000),
    sample_rate: float = 22050,
    sound: Any = None,
    frontend: Any = None,
) -> Any:
    """The panels of `plot_bands`: an image a number of bands."""
    rate = check_rate(sample_rate)
    given = n_mels if isinstance(n_mels, (list, tuple, np.ndarray)) and len(n_mels) else [n_mels]
    counts = [positive("n_mels", n, whole=True) for n in given]
    sound = two_tone(sample_rate=rate) if sound is None else sound
    waveform, rate, frontend = hear(sound, rate, frontend)
    from ..frontends import MFCC, LogMel, empty_bands

    if not isinstance(frontend, LogMel) or isinstance(frontend, MFCC):
        raise HearingAIError(
            f"`frontend` must be a LogMel layer. Received: {type(frontend).__name__}"
        )
    panels = []
    for count in counts:
        layer = _with_bands(frontend, count)
        title = f"{count} band{'s' * (count > 1)}, {empty_bands(layer.filters)} empty"
        panels.append(image_of(raw_image(waveform, layer), waveform, rate, layer, title))
    return panels


def _with_bands(frontend: Any, n_mels: int) -> Any:
    """The same front end with another number of bands; the plot's title counts the empty ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HearingAIWarning)
        return type(frontend).from_config(frontend.get_config() | {"n_mels": n_mels})


def draw_panels(panels: list, title: str | None = None) -> Picture:
    """Draw waveforms and images side by side; images of one scale share a colour bar."""
    rows, columns = -(-len(panels) // ACROSS), min(len(panels), ACROSS)
    figure = Picture(max(4.0 * columns, 6), 3.4 * rows, title)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in grid[len(panels) :]:
        ax.remove()
    pictures = []
    for ax, panel in zip(grid, panels, strict=False):
        ax.set_title(panel.title, fontsize=11, parse_math=False)
        ax.set_xlabel("time (s)")
        if isinstance(panel, Wave):
            _draw_wave(ax, panel)
        else:
            pictures.append((ax, panel, _draw_image(ax, panel)))
    if len({panel.scale for _, panel, _ in pictures}) == 1:
        pictures = [([ax for ax, *_ in pictures], *pictures[0][1:])]
    for axes, panel, picture in pictures:
        figure.colorbar(picture, ax=axes, label=panel.unit, pad=0.02).outline.set_visible(False)
    return figure


def _draw_wave(ax: Axes, panel: Any) -> None:
    ax.plot(panel.time, panel.amplitude, color=TRAINING, linewidth=0.7)
    peak = np.abs(panel.amplitude).max() or 1
    ax.set(ylabel="amplitude", ylim=(-1.05 * peak, 1.05 * peak))
    ax.margins(x=0)
    plain(ax)


def _draw_image(ax: Axes, panel: Any) -> Any:
    axis = panel.axis
    picture = ax.imshow(
        panel.values.T,
        cmap=SPECTRUM,
        vmin=panel.low,
        vmax=panel.high,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(panel.start, panel.end, axis.low, axis.high),
    )
    ax.set_yticks([place for place, _ in axis.ticks], [text for _, text in axis.ticks])
    ax.set(ylabel=axis.label)
    dark = {"facecolor": "black", "alpha": 0.6, "linewidth": 0, "pad": 1.5}
    for place, text in panel.marks:
        below = place > 0.9 * axis.high
        ax.plot(1, place, "<", color="white", markersize=7, transform=ax.get_yaxis_transform())
        if not text:
            continue
        ax.annotate(
            text,
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(-14, -3 if below else 3),
            textcoords="offset points",
            ha="right",
            va="top" if below else "bottom",
            color="white",
            fontsize=9,
            bbox=dark,
        )
    return picture
