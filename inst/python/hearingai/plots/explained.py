"""Pictures of explanations: the relevance of its cells over the image."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from ..errors import HearingAIError
from .axes import axis_of
from .canvas import TRAINING, VALIDATION, Picture
from .images import RANGE, Image, decibels, spectral_layer

DARKEST = 0.75  # grey level, so that colours stand out
STRONG = 0.998  # quantile of the relevances drawn in full colour
BLUR = (1.0, 1.5)  # standard deviation in frames and bins


def plot_explanation(explanation: Any, *, title: str | None = None) -> Picture:
    """Draw which parts of a recording speak for a label: relevance in colour over the image.

    The image is grey, the louder the darker. Orange cells count for the label, blue ones against
    it. The relevances are blurred by a frame and a bin and a half, since those of single cells
    are noisy, and scaled to the strongest.

    Args:
        explanation: What `explain` returned.
        title: Text above the plot; `None` names label, probability and method.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: `explanation` is not an `Explanation`.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> noise = numpy.random.default_rng(0).uniform(-1, 1, 16000)
        >>> found = hearingai.explain(classifier, noise, label="a", steps=16)
        >>> figure = hearingai.plot_explanation(found)
        >>> figure.axes[0].get_ylabel()
        'frequency (kHz)'
    """
    image, relevance = explanation_numbers(explanation)
    figure = Picture(8, 3.6, image.title if title is None else title)
    ax, axis = figure.subplots(), image.axis
    place: dict[str, Any] = {
        "extent": (image.start, image.end, axis.low, axis.high),
        "origin": "lower",
    }
    place |= {"aspect": "auto", "interpolation": "nearest"}
    greys = LinearSegmentedColormap.from_list("greys", ("1", str(1 - DARKEST)))
    ax.imshow(image.values.T, cmap=greys, vmin=image.low, vmax=image.high, **place)
    colours = LinearSegmentedColormap.from_list("relevance", (TRAINING, "#FFFFFF", VALIDATION))
    shown = ax.imshow(
        relevance.T, cmap=colours, vmin=-1, vmax=1, alpha=np.abs(relevance.T) ** 0.5, **place
    )
    ax.set_yticks([at for at, _ in axis.ticks], [text for _, text in axis.ticks])
    ax.set(xlabel="time (s)", ylabel=axis.label)
    bar = figure.colorbar(shown, ax=ax, label="relevance, share of the strongest", pad=0.02)
    bar.solids.set_alpha(1)  # type: ignore[union-attr]  # it has colours
    bar.ax.set_ylim(-1 if relevance.min() < 0 else 0, 1)
    bar.outline.set_visible(False)
    return figure


def explanation_numbers(explanation: Any) -> tuple[Image, np.ndarray]:
    """What is drawn of an explanation: its image, an `Image`, and the relevances in -1...1."""
    if not hasattr(explanation, "relevance"):
        raise HearingAIError(
            f"`explanation` must be what explain() returned. Received: {type(explanation).__name__}"
        )
    values = explanation.image.reshape(*explanation.relevance.shape, -1)[:, :, 0]
    values, times = values.astype("float64"), explanation.times
    factor = None if explanation.frontend is None else decibels(explanation.frontend)
    if factor is not None:
        values = np.maximum(factor * (values - values.max()), -RANGE)
    half = (times[-1] - times[0]) / max(len(times) - 1, 1) / 2 or times[0]
    image = Image(
        f"{explanation.label}: probability {explanation.probability:.2f} "
        f"({explanation.method.replace('_', ' ')})",
        values,
        times[0] - half,
        times[-1] + half,
        axis_of(spectral_layer(explanation.frontend), values.shape[1]),
        values.min(),
        values.max(),
    )
    blurred = _blur(_blur(explanation.relevance.astype("float64"), BLUR[0]).T, BLUR[1]).T
    strongest = np.quantile(np.abs(blurred), STRONG) or np.abs(blurred).max() or 1.0
    return image, np.clip(blurred / strongest, -1, 1)


def _blur(rows: np.ndarray, deviation: float) -> np.ndarray:
    """Rows averaged with their neighbours, by a Gaussian; the edges are repeated."""
    reach = int(np.ceil(3 * deviation))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis=0)
    return windows @ (weights / weights.sum())
