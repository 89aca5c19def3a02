"""Pictures of waveforms, spectrograms, training and confusions: data in, a figure out.

A figure shows itself in a notebook and is written to a file by `figure.savefig("x.png")`. There is
no pyplot state: nothing needs a display, and nothing has to be closed.
"""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .alluvial import plot_alluvial
from .canvas import (
    FAINT,
    INK,
    PALE,
    RATES,
    SPECTRUM,
    TRAINING,
    VALIDATION,
    Picture,
    check_columns,
    finite_array,
    plain,
    square_counts,
)
from .errors import HearingAIError, positive

__all__ = [
    "plot_alluvial",
    "plot_confusion",
    "plot_history",
    "plot_spectrogram",
    "plot_waveform",
]

MAX_SAMPLES = 50_000  # a channel longer than this is drawn as its envelope
MAX_COUNTED = 20  # with more labels, the cells are too small for counts


def plot_waveform(waveform, sample_rate, title=None):
    """Draw amplitude against time, several channels below each other.

    Beyond 50,000 samples a channel, the smallest and the largest value of each of 25,000 stretches
    are drawn: on paper that looks the same, and a day of sound still fits.

    Args:
        waveform: Array `(samples,)` or `(channels, samples)`.
        sample_rate: In Hz.
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
    sample_rate = positive("sample_rate", sample_rate)
    channels = finite_array("waveform", waveform)
    shape = channels.shape
    if len(shape) not in (1, 2) or 0 in shape or shape[0] > shape[-1]:
        raise HearingAIError(
            f"`waveform` must have shape (samples,) or (channels, samples). Received: {shape}"
        )
    channels = np.atleast_2d(channels)
    figure = Picture(8, 1.4 + 1.5 * len(channels), title)
    panels = figure.subplots(len(channels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    peak = np.abs(channels).max() or 1
    for i, (ax, channel) in enumerate(zip(panels, channels, strict=True)):
        samples, values = _envelope(channel)
        ax.plot(samples / sample_rate, values, color=TRAINING, linewidth=0.7)
        ax.set(ylabel="amplitude", ylim=(-1.05 * peak, 1.05 * peak))
        ax.margins(x=0)
        plain(ax)
        if len(channels) > 1:
            ax.set_title(f"channel {i + 1}", loc="left", fontsize=10)
    panels[-1].set_xlabel("time (s)")
    return figure


def plot_spectrogram(image, sample_rate=16000, window_stride_ms=10, window_size_ms=30, title=None):
    """Draw a log spectrogram: time across, frequency up, log power as colour.

    A frame sits at the middle of its window; the bins run from 0 to half the sample rate.

    Args:
        image: Array `(frames, bins)` or `(frames, bins, 1)`, such as `LogSpectrogram` returns for
            one clip.
        sample_rate: In Hz.
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


def plot_history(history, title=None):
    """Draw loss and accuracy against the epoch, training beside validation.

    Args:
        history: A history table: `epoch`, `loss`, `accuracy` and, where there was validation,
            `val_loss` and `val_accuracy`.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A column is missing, or there are no rows.

    Example:
        >>> import hearingai, pandas
        >>> history = pandas.DataFrame({"epoch": [1, 2], "loss": [3, 1], "accuracy": [0.2, 0.7]})
        >>> figure = hearingai.plot_history(history)
        >>> [ax.get_ylabel() for ax in figure.axes]
        ['loss', 'accuracy']
    """
    check_columns("history", history, ("epoch", "loss", "accuracy"))
    sets = {"training": ("", TRAINING, "-", "o"), "validation": ("val_", VALIDATION, "--", "^")}
    figure = Picture(9, 3.6, title)
    for ax, measure in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for name, (prefix, colour, line, marker) in sets.items():
            if prefix + measure not in history:
                continue
            known = history[["epoch", prefix + measure]].dropna()
            style = {"color": colour, "linestyle": line, "marker": marker, "markersize": 5}
            ax.plot(*known.to_numpy().T, label=name, markevery=1 + len(known) // 25, **style)
        ax.set(xlabel="epoch", ylabel=measure)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
        plain(ax)
    handles, names = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, frameon=False)
    return figure


def plot_confusion(confusion, title=None):
    """Draw a confusion table: each row's rates as shades, with the counts up to 20 labels.

    Args:
        confusion: A confusion table: `truth`, `predicted`, `n`. Labels keep the table's order.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: A column is missing, or `n` does not count clips.

    Example:
        >>> import hearingai
        >>> table = hearingai.confusion(["go", "go", "no"], ["go", "no", "no"])
        >>> figure = hearingai.plot_confusion(table)
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['1', '1', '0', '1']
    """
    labels, counts = square_counts(confusion)
    rates = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    counted = len(labels) <= MAX_COUNTED
    side = max(2.5, (0.5 if counted else 0.28) * len(labels))
    margin = 0.1 * max(map(len, labels))
    figure = Picture(side + margin + 2, side + margin + 0.8, title)
    ax = figure.subplots()
    shades = ax.imshow(rates, cmap=RATES, vmin=0, vmax=1)
    places = np.arange(len(labels))
    slant = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    ax.set_xticks(places, labels, parse_math=False, **slant)
    ax.set_yticks(places, labels, parse_math=False)
    ax.set_xticks(places[1:] - 0.5, minor=True)
    ax.set_yticks(places[1:] - 0.5, minor=True)
    ax.grid(which="minor", color=PALE, linewidth=0.5)
    ax.tick_params(which="both", length=0)
    ax.set(xlabel="predicted", ylabel="truth")
    if counted:
        for (row, column), n in np.ndenumerate(counts):
            colour = "white" if rates[row, column] > 0.4 else INK if n else FAINT
            ax.text(column, row, f"{n:.12g}", color=colour, ha="center", va="center", fontsize=9)
    bar = figure.colorbar(shades, ax=ax, shrink=0.6, label="share of the row")
    bar.outline.set_visible(False)
    return figure


def _envelope(values):
    """Return `(samples, values)` to draw: all, or the extremes of each stretch where too many."""
    if len(values) <= MAX_SAMPLES:
        return np.arange(len(values)), values
    length = -(-len(values) // (MAX_SAMPLES // 2))
    filled = np.pad(values, (0, -len(values) % length), mode="edge").reshape(-1, length)
    extremes = np.stack([filled.min(axis=1), filled.max(axis=1)], axis=1)
    return np.repeat(np.arange(len(filled)) * length, 2), extremes.ravel()
