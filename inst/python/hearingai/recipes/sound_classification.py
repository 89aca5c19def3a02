"""Urban sounds by a small CNN on stereo decibel mel images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recipe import Recipe

if TYPE_CHECKING:
    import keras


def _front_end(sample_rate: int) -> keras.layers.Layer:
    from ..frontends import LogMel

    return LogMel(
        sample_rate=sample_rate,
        window_size=1024,
        window_stride=512,
        fft_size=1024,
        n_mels=64,
        log="decibel",
        floor_db=80.0,
        padding="reflect",
        frames=344,
    )


SOUND_CLASSIFICATION = Recipe(
    name="sound-classification",
    description="urban and environmental sounds of up to 4 s in stereo, a small quick CNN",
    source="Audio Deep Learning Made Simple: Sound Classification, Step-by-Step",
    sample_rate=44100,
    duration=4.0,
    channels=2,
    place="random",
    frontend=_front_end,
    network="sound_cnn",
    augment=(
        ("time_shift", {"limit": 0.4}),
        ("spec_augment", {"frequency_masks": 2, "time_masks": 2}),
    ),
    optimizer="Adam",
    optimizer_options={"learning_rate": 1e-3},
    schedule="one-cycle",
    batch_size=16,
    epochs=50,
    validation=0.2,
)
