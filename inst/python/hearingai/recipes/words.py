"""Spoken words by a small residual network, trained to hear them in any voice, room and noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recipe import Recipe

if TYPE_CHECKING:
    import keras


def _front_end(sample_rate: int) -> keras.layers.Layer:
    from ..frontends import LogMel

    return LogMel(
        sample_rate=sample_rate,
        window_size_ms=30,
        window_stride_ms=10,
        n_mels=40,
        fmin=20,
        fmax=min(7600, sample_rate / 2),
        offset=1e-5,
    )


WORDS = Recipe(
    name="words",
    description="one spoken word a second in any voice and room, a small residual network",
    source="small-footprint keyword spotting: residual networks on log-mel, heavily augmented",
    sample_rate=16000,
    duration=1.0,
    crop="loudest",
    frontend=_front_end,
    network="small_resnet",
    augment=(
        ("speed_change", {"limits": (0.85, 1.17)}),
        ("time_shift", {"limit": 0.1, "circular": False}),
        ("coloured_noise", {"snr_db": (0, 30), "slope": (0, 1.2), "probability": 0.8}),
        ("gain", {"gain_db": (-10, 10)}),
        ("band_warp", {"stretch": 0.1, "shift": 1}),
        ("equalizer", {"amount": 0.6}),
        ("spec_augment", {"frequency_limit": 0.125, "time_limit": 0.12}),
    ),
    optimizer="AdamW",
    optimizer_options={
        "learning_rate": 3e-3,
        "weight_decay": 0.02,
        "use_ema": True,
        "ema_momentum": 0.99,
    },
    decay="matrices",
    label_smoothing=0.05,
    schedule="cosine",
    batch_size=64,
    epochs=80,
    validation=0.1,
)
