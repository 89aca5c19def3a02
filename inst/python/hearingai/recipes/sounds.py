"""Environmental sounds learnt from scratch, from few recordings, by a small residual network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .words import WORDS

if TYPE_CHECKING:
    import keras


def _front_end(sample_rate: int) -> keras.layers.Layer:
    from ..frontends import LogMel

    return LogMel(
        sample_rate=sample_rate,
        window_size_ms=40,
        window_stride_ms=20,
        n_mels=64,
        fmin=50,
        fmax=sample_rate / 2,
        offset=1e-5,
    )


# Trained as words are, with other sound and other augmentation.
SOUNDS = replace(
    WORDS,
    name="sounds",
    description="environmental sounds of 5 s from few recordings, a small residual network",
    source="residual networks on log-mel; between-class learning (Tokozume et al., 2017)",
    sample_rate=22050,
    duration=5.0,
    frontend=_front_end,
    augment=(
        ("speed_change", {"limits": (0.85, 1.17)}),
        ("time_shift", {"limit": 0.5, "circular": True}),
        ("coloured_noise", {"snr_db": (5, 40), "probability": 0.4}),
        ("gain", {"gain_db": (-10, 10)}),
        "between_class",
        ("band_warp", {"stretch": 0.1, "shift": 1}),
        ("equalizer", {"amount": 0.6}),
        ("spec_augment", {"frequency_limit": 0.15, "time_limit": 0.15}),
    ),
    batch_size=16,
)
