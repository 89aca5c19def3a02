"""One spoken word a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recipe import Recipe

if TYPE_CHECKING:
    import keras


def _front_end(sample_rate: int) -> keras.layers.Layer:
    from ..frontends import LogSpectrogram

    return LogSpectrogram(sample_rate=sample_rate)


SPEECH_COMMANDS = Recipe(
    name="speech-commands",
    description="one spoken word a second, from a log spectrogram",
    source="the Speech Commands tutorial of Keras for R, as published",
    sample_rate=16000,
    duration=1.0,
    crop="loudest",
    frontend=_front_end,
    network="speech_cnn",
    optimizer="Adadelta",
    # The tutorial's value; Keras's default of 0.001 does not train.
    optimizer_options={"learning_rate": 1.0},
)

SPEECH_COMMANDS_SMALL = Recipe(
    name="speech-commands-small",
    description="the same words with a fraction of the arithmetic, steady to train",
    source="the smaller model that the tutorial suggests as a next step",
    sample_rate=16000,
    duration=1.0,
    crop="loudest",
    frontend=_front_end,
    network="speech_cnn_small",
    optimizer="Adam",
    optimizer_options={"learning_rate": 1e-3, "clipnorm": 1.0},
    epochs=20,
)
