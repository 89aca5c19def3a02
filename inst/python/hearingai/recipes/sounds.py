"""Environmental sounds learnt from scratch, from few recordings, by a small residual network."""

import keras

from ..frontends import LogMel
from .recipe import Recipe


def _front_end(sample_rate: int) -> keras.layers.Layer:
    return LogMel(
        sample_rate=sample_rate,
        window_size_ms=40,
        window_stride_ms=20,
        n_mels=64,
        fmin=50,
        fmax=sample_rate / 2,
        offset=1e-5,
    )


SOUNDS = Recipe(
    name="sounds",
    description="environmental sounds of 5 s from few recordings, a small residual network",
    source="residual networks on log-mel; between-class learning (Tokozume et al., 2017)",
    sample_rate=22050,
    duration=5.0,
    crop="loudest",
    frontend=_front_end,
    network="small_resnet",
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
    batch_size=16,
    epochs=80,
    validation=0.1,
)
