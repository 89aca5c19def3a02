"""The front end of a network in int8: the log-mel spectrogram in float32, by NumPy alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_LARGEST = 2**20  # values of a table of a file
_MOST = 2**27  # values of the frames of a clip
_NUMBERS = ("fmin", "fmax", "power", "offset")
_SIZES = ("window_size", "window_stride", "fft_size", "frames", "n_mels")


class FloatFrontEnd:
    """What turns clips into the images of a network, as the metadata of its file describes it.

    Args:
        facts: The description, see `description_of`.
        samples: Samples of a clip.

    Raises:
        ValueError, LookupError, TypeError: It is none, or it does not suit the clip.
    """

    def __init__(self, facts: dict[str, Any], samples: int) -> None:
        self.window_size, self.stride, self.fft_size, self.frames, self.n_mels = (
            whole(facts[name], 1) for name in _SIZES
        )
        self.first = whole(facts["first_sample"], 0)
        self.power, self.offset = float(facts["power"]), float(facts["offset"])
        normalised = facts["normalised"]
        self.epsilon = None if normalised is None else float(normalised["epsilon"])
        self.window = np.array(facts["window_values"], "float32")
        last = self.first + (self.frames - 1) * self.stride + self.window_size
        if (
            last > samples
            or self.window.shape != (self.window_size,)
            or not np.isfinite(self.window).all()
            or self.window_size > self.fft_size
            or (self.fft_size // 2 + 1) * self.n_mels > _LARGEST
            or self.frames * self.fft_size > _MOST
            or len(facts["bands"]) != self.n_mels
            or self.power not in (1, 2)
            or not all(math.isfinite(facts[name]) for name in _NUMBERS)
            or not (self.epsilon is None or 0 <= self.epsilon < math.inf)
        ):
            raise ValueError("not a front end")
        self.filters = np.zeros((self.fft_size // 2 + 1, self.n_mels), "float32")
        for band, (start, weights) in enumerate(facts["bands"]):
            place = whole(start, 0)
            self.filters[place : place + len(weights), band] = weights
        if not np.isfinite(self.filters).all():
            raise ValueError("not a front end")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Shape of an image: `(frames, n_mels, 1)`."""
        return self.frames, self.n_mels, 1

    def images(self, clips: np.ndarray) -> np.ndarray:
        """The images of clips `(batch, samples)`, float32: `(batch, frames, n_mels, 1)`."""
        found = [self._image(clip) for clip in clips]
        return np.stack(found).astype("float32").reshape(-1, *self.image_shape)

    def _image(self, clip: np.ndarray) -> np.ndarray:
        starts = self.first + self.stride * np.arange(self.frames)
        frames = clip[starts[:, None] + np.arange(self.window_size)] * self.window
        spectrum = np.abs(np.fft.rfft(frames, self.fft_size)) ** self.power
        image = np.log(spectrum.astype("float32") @ self.filters + np.float32(self.offset))
        if self.epsilon is None:
            return image
        values = image.astype("float64")  # so that the mean is exact
        return (values - values.mean()) / np.sqrt(values.var() + self.epsilon)


def description_of(front_end: Any, samples: int, epsilon: float | None) -> dict[str, Any]:
    """Describe a `LogMel` in plain values: its settings, and the tables that follow from them.

    Args:
        front_end: The `LogMel`.
        samples: Samples of a clip.
        epsilon: What is added to the variance before each image is divided by its deviation;
            `None` where it is not.
    """
    from ..frontends.framing import WINDOWS  # it loads Keras

    frames = front_end.compute_output_shape((1, samples))[1]
    early = (front_end.fft_size - front_end.window_size) // 2
    names = ("window", "window_size", "window_stride", "fft_size", "n_mels", "fmin", "fmax")
    settings = {name: getattr(front_end, name) for name in names}
    settings |= {name: getattr(front_end, name) for name in ("scale", "norm", "slopes", "power")}
    return {
        "kind": "log_mel",
        **settings,
        "first_sample": early if front_end.padding == "none" else 0,
        "frames": int(frames),
        "offset": front_end.offset,
        "normalised": None if epsilon is None else {"epsilon": epsilon},
        "window_values": plain(WINDOWS[front_end.window](front_end.window_size)),
        "bands": [_band(weights) for weights in front_end.filters.T],
    }


def _band(weights: np.ndarray) -> list[Any]:
    """A mel band: the first bin of the spectrum that it sums, and the bins' weights."""
    places = np.flatnonzero(weights)
    if not places.size:
        return [0, []]
    return [int(places[0]), plain(weights[places[0] : places[-1] + 1])]


def plain(values: np.ndarray) -> list[float]:
    """Float32 values as the shortest numbers that are read as the same."""
    return [float(str(value)) for value in values.astype("float32")]


def whole(value: Any, least: int) -> int:
    """A whole number as it stands, or a ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{value!r} is no count")
    return value
