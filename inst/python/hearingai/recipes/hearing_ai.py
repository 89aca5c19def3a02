"""Urban sounds by a deep and narrow VGG on a scaled log-mel image with differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recipe import Recipe

if TYPE_CHECKING:
    import keras


def _front_end(sample_rate: int) -> keras.layers.Layer:
    import keras

    from ..frontends import Deltas, LogMel, Scaling

    window = int(sample_rate * 4 / 150 * 2) - 8  # 150 frames of four seconds, half overlapping
    mel = LogMel(
        sample_rate=sample_rate,
        window_size=window,
        window_stride=window // 2,
        fft_size=window,
        window="hamming",
        power=1.0,
        n_mels=150,
        fmax=8000.0,
        scale="slaney",
        norm="slaney",
        log="natural",
        offset=1e-8,
        frames=150,
    )
    return keras.Sequential([mel, Deltas(width=9, order=2), Scaling()], name="front_end")


HEARING_AI = Recipe(
    name="hearing-ai",
    description="urban and environmental sounds of up to 4 s, a deep VGG on log-mel and deltas",
    source="Hearing AI: urban sound classification with a DCASE-style VGG on UrbanSound8K",
    sample_rate=22050,
    duration=4.0,
    frontend=_front_end,
    network="dcase_vgg",
    optimizer="Adamax",
    optimizer_options={"learning_rate": 0.01},
    schedule="plateau",
    schedule_options={"factor": 0.1, "patience": 5, "floor": 1e-7},
    patience=20,
    batch_size=256,
    epochs=100,
    validation=0.1,
)
