"""The vertical axes of images: where bins and bands lie, and which ticks name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

MEL_TICKS = (0, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)  # Hz
LEAST_GAP = 0.07  # between texts, as a share of the axis


@dataclass
class Axis:
    """Where an image's bins lie: from `low` to `high`, with ticks; `place` finds frequencies."""

    label: str
    low: float
    high: float
    ticks: list
    place: object = None


def axis_of(layer: Any, bins: int) -> Any:
    """The axis of what a spectral layer makes: frequencies, coefficients, or plain bins."""
    from ..frontends import MFCC, LogMel, LogSpectrogram

    if isinstance(layer, LogMel) and not isinstance(layer, MFCC) and bins == layer.n_mels:
        return _mel_axis(layer)
    if isinstance(layer, LogSpectrogram) and bins == layer.fft_size // 2 + 1:
        return fft_axis(layer.sample_rate, layer.fft_size)
    label = "coefficient" if isinstance(layer, MFCC) else "bin"
    places = MaxNLocator(6, integer=True).tick_values(0, bins - 1)
    ticks = [(float(p), f"{p:g}") for p in places if 0 <= p < bins]
    return Axis(label, -0.5, bins - 0.5, ticks)


def fft_axis(rate: float, fft_size: int) -> Any:
    """Bins from 0 to half the sample rate, in kHz."""
    half, top = rate / fft_size / 2000, rate / 2000
    places = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0, top)
    ticks = [(float(p), f"{p:g}") for p in places if 0 <= p <= top]
    return Axis("frequency (kHz)", -half, top + half, ticks, lambda f: f / 1000)


def _mel_axis(layer: Any) -> Any:
    """Bands evenly spaced, the ticks at the bands of round frequencies."""
    from ..frontends.mel import SCALES

    to_mel, _ = SCALES[layer.scale]
    low, high = to_mel(layer.fmin), to_mel(layer.fmax)

    def place(frequency: Any) -> Any:
        return (to_mel(frequency) - low) / (high - low) * (layer.n_mels + 1) - 1

    bottom, top = -0.5, layer.n_mels - 0.5
    ticks: list[tuple[float, str]] = []
    for frequency in MEL_TICKS:
        if not layer.fmin <= frequency <= layer.fmax:
            continue
        # the outermost bands begin and end half a band beyond the picture
        at = float(np.clip(place(frequency), bottom, top))
        if not ticks or at - ticks[-1][0] >= LEAST_GAP * (top - bottom):
            ticks.append((at, f"{frequency / 1000:g}"))
    return Axis("frequency (kHz, mel scale)", bottom, top, ticks, place)


def grouped(marks: Any, axis: Any) -> Any:
    """Join the texts of marks so close that they would overlap."""
    groups: list[list[tuple[float, str]]] = []
    for place, text in marks:
        if groups and place - groups[-1][-1][0] < LEAST_GAP * (axis.high - axis.low):
            groups[-1].append((place, text))
        else:
            groups.append([(place, text)])
    for group in groups:
        yield from ((place, "") for place, _ in group[:-1])
        yield group[-1][0], ", ".join(text for _, text in group) + " Hz"
