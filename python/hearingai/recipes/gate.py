"""Is the wanted sound there right now."""

from ..frontends import LogMel
from .recipe import Recipe


def _front_end(sample_rate):
    return LogMel(sample_rate=sample_rate, window_size_ms=25, window_stride_ms=10, n_mels=40)


GATE = Recipe(
    name="gate",
    description="is the wanted sound there right now, from a quarter of a second, quick to answer",
    source="short log-mel windows in the network of sound-classification; see train_gate()",
    sample_rate=16000,
    duration=0.25,
    frontend=_front_end,
    network="sound_cnn",
    optimizer="Adam",
    optimizer_options={"learning_rate": 2e-3},
    schedule="one-cycle",
    batch_size=64,
    epochs=10,
    validation=0.25,
)
