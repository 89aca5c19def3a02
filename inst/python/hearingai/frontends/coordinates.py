"""The coordinates of an image: the time of each frame, the frequency of each bin."""

from typing import Any

import numpy as np

from .log_mel import LogMel
from .log_spectrogram import LogSpectrogram
from .mel import SCALES
from .mfcc import MFCC


def frame_times(frontend: Any, frames: int, duration: float) -> np.ndarray:
    """The middle of each frame, in seconds.

    Args:
        frontend: A front end; with `None` or an unknown one, frames divide the duration evenly.
        frames: Number of frames of its image.
        duration: Seconds of sound in the image.

    Returns:
        Array `(frames,)`.
    """
    layer = spectral_layer(frontend)
    if layer is None:
        return (np.arange(frames) + 0.5) * duration / frames
    middle = layer.window_size / 2
    if isinstance(layer, LogMel) and layer.padding != "fft":  # centred in its FFT frame
        middle = layer.fft_size / 2 if layer.padding == "none" else 0.0
    return (middle + np.arange(frames) * layer.window_stride) / layer.sample_rate


def bin_frequencies(frontend: Any, bins: int) -> np.ndarray | None:
    """The middle of each bin or band, in Hz; `None` where bins are not frequencies.

    Args:
        frontend: A front end.
        bins: Number of bins of its image.

    Returns:
        Array `(bins,)`, or `None`.
    """
    layer = spectral_layer(frontend)
    if isinstance(layer, LogSpectrogram) and bins == layer.fft_size // 2 + 1:
        return np.arange(bins) * layer.sample_rate / layer.fft_size
    if isinstance(layer, LogMel) and not isinstance(layer, MFCC) and bins == layer.n_mels:
        to_mel, to_hz = SCALES[layer.scale]
        return to_hz(np.linspace(to_mel(layer.fmin), to_mel(layer.fmax), bins + 2))[1:-1]
    return None


def spectral_layer(frontend: Any) -> Any:
    """The layer of a front end that turns the waveform into a spectrum; `None` for none."""
    layers = getattr(frontend, "layers", None) or [frontend]
    return next((layer for layer in layers if hasattr(layer, "window_stride")), None)
