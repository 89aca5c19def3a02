"""Speech or not: five architectures on AudioSet embeddings."""

from .recipe import Recipe

AUDIO_GATE = Recipe(
    name="audio-gate",
    description="detects a target sound in AudioSet embeddings, with one of five networks",
    source="an audio gate that learns by example: five architectures on AudioSet embeddings",
    frames=10,
    frontend=None,
    network="conv1d_tagger",
    optimizer="Adam",
    optimizer_options={"learning_rate": 1e-3},
    patience=5,
    batch_size=64,
    epochs=20,
    validation=0.2,
)
