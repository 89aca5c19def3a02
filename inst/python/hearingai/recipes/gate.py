"""The recipe of gates: detects the wanted sound in short windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recipe import Recipe

if TYPE_CHECKING:
    import keras


def _front_end(sample_rate: int) -> keras.layers.Layer:
    from ..frontends import LogMel

    return LogMel(sample_rate=sample_rate, window_size_ms=25, window_stride_ms=10, n_mels=40)


GATE = Recipe(
    name="gate",
    description="detects a wanted sound in half a second of audio, with a small, fast CNN",
    source="short log-mel images of mixtures; train_gate() makes them",
    sample_rate=16000,
    duration=0.5,
    frontend=_front_end,
    network="gate_cnn",
    optimizer="AdamW",
    optimizer_options={"learning_rate": 3e-3, "weight_decay": 0.01},
    schedule="cosine",
    patience=5,
    batch_size=64,
    epochs=12,
    validation=0.25,
)
