"""Front ends: Keras layers that turn waveforms into images, on every backend."""

from .deltas import Deltas
from .framing import frame_sizes, hamming, hann, n_frames
from .log_mel import LogMel
from .log_spectrogram import LogSpectrogram
from .mel import empty_bands, mel_filters
from .mfcc import MFCC
from .scaling import Scaling

__all__ = [
    "MFCC",
    "Deltas",
    "LogMel",
    "LogSpectrogram",
    "Scaling",
    "empty_bands",
    "frame_sizes",
    "hamming",
    "hann",
    "mel_filters",
    "n_frames",
]
