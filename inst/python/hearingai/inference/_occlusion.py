"""Occlusion: by how much a score falls when a part of the sound is taken away."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Progress
from ..classifier.protocol import Classifier
from ..frontends.coordinates import bin_frequencies, frame_times
from ..frontends.log_spectrogram import LogSpectrogram
from ..frontends.mel import SCALES
from ..runtime.progress import progress_bar

TIMES, BANDS = 24, 8  # parts of a clip: each is one pass through the classifier
SMALLEST = 1e-37  # probability, so that its logarithm is finite
NEAREST = 1e-7  # to 0 and 1, of the probability of a label by itself
_AT_ONCE = 16  # clips in memory together
_WINDOW_MS = 30.0  # of the picture


def by_occlusion(
    classifier: Classifier, clip: np.ndarray, place: int, progress: Progress = None
) -> dict[str, Any]:
    """What an `Explanation` holds of a clip, by occlusion.

    Args:
        classifier: A classifier of sound.
        clip: Array `(samples,)` or `(channels, samples)`.
        place: Position of the label.
        progress: See `explain`.
    """

    def scores(clips: np.ndarray) -> np.ndarray:
        probabilities = classifier.probabilities(clips).astype("float64")
        if classifier.multi_label:
            yes = probabilities[:, place].clip(NEAREST, 1 - NEAREST)
            return np.log(yes) - np.log(1 - yes)
        others = np.delete(probabilities, place, axis=1).sum(axis=1)
        yes, no = (np.log(np.maximum(p, SMALLEST)) for p in (probabilities[:, place], others))
        return yes - no

    score, baseline = scores(np.stack([clip, np.zeros_like(clip)]))
    cells = occlusion(scores, clip, classifier.sample_rate, progress)
    found = pictured(clip, classifier.sample_rate, cells)
    return found | {"score": float(score), "baseline": float(baseline)}


def occlusion(
    scores: Callable[[np.ndarray], np.ndarray],
    clip: np.ndarray,
    sample_rate: int,
    progress: Progress = None,
) -> np.ndarray:
    """By how much the score falls without each part of a clip.

    A part is what a band of frequencies has within a stretch of time. Stretches and bands fade into
    their neighbours along raised cosines, so that the parts add up to the clip.

    Args:
        scores: A function from clips `(n, *clip.shape)` to their scores `(n,)`.
        clip: Array `(samples,)` or `(channels, samples)`.
        sample_rate: Hz.
        progress: See `explain`.

    Returns:
        Array `(TIMES, BANDS)`, in the scores' unit; negative where the score rises without a part.
    """
    samples = clip.shape[-1]
    gains = shares(np.arange(samples) / sample_rate, _times(samples / sample_rate))
    filters = shares(np.fft.rfftfreq(samples, 1 / sample_rate), _bands(sample_rate))
    bands = [np.fft.irfft(np.fft.rfft(clip) * each, samples) for each in filters]
    cells = [(i, k) for i in range(TIMES) for k in range(BANDS)]
    whole, found = scores(clip[None])[0], np.empty(len(cells))
    with progress_bar("Explaining", len(cells), progress) as bar:
        for first in range(0, len(cells), _AT_ONCE):
            some = cells[first : first + _AT_ONCE]
            without = np.stack([clip - gains[i] * bands[k] for i, k in some])
            found[first : first + len(some)] = whole - scores(without.astype("float32"))
            bar(first + len(some))
    return found.reshape(TIMES, BANDS)


def pictured(clip: np.ndarray, sample_rate: int, cells: np.ndarray) -> dict[str, Any]:
    """The spectrogram of a clip, and the relevance of its cells, see `Explanation`.

    Args:
        clip: Array `(samples,)` or `(channels, samples)`.
        sample_rate: Hz.
        cells: What `occlusion` gave; it is interpolated between the middles of the parts.
    """
    seconds = clip.shape[-1] / sample_rate
    window = min(_WINDOW_MS, 1000 * seconds / 4)
    layer = LogSpectrogram(window, window / 3, sample_rate)
    image = np.asarray(layer(np.atleast_2d(clip).mean(axis=0)[None]))[0]
    times = frame_times(layer, len(image), seconds)
    frequencies = bin_frequencies(layer, image.shape[1])
    assert frequencies is not None  # a spectrogram has some
    when, where = shares(times, _times(seconds)), shares(frequencies, _bands(sample_rate))
    return {
        "image": image,
        "relevance": (when.T @ cells @ where).astype("float32"),
        "times": times,
        "frequencies": frequencies,
        "frontend": layer,
    }


def shares(places: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """The share that each part has in each place, an array `(parts, places)`; columns sum to 1."""
    along = np.interp(places, middles, np.arange(len(middles)))
    away = np.abs(along - np.arange(len(middles))[:, None])
    return np.cos(np.pi / 2 * np.minimum(away, 1)) ** 2


def _times(seconds: float) -> np.ndarray:
    """The middles of equal stretches of time, seconds."""
    return (np.arange(TIMES) + 0.5) * seconds / TIMES


def _bands(sample_rate: int) -> np.ndarray:
    """The middles of bands that are equal in mel, Hz."""
    to_mel, to_hz = SCALES["htk"]
    return to_hz((np.arange(BANDS) + 0.5) / BANDS * to_mel(sample_rate / 2))
