"""A target sound, such as turkeys, in AudioSet embeddings, by recurrent networks."""

from .recipe import Recipe

EMBEDDING_GRU = Recipe(
    name="embedding-gru",
    description="detects a target sound in AudioSet embeddings, with a bidirectional GRU",
    source='"Don\'t call me turkey!": recurrent and attention models on AudioSet embeddings',
    frames=10,
    frontend=None,
    network="gru_tagger",
    optimizer="Nadam",
    optimizer_options={"learning_rate": 1e-3},
    schedule="plateau",
    schedule_options={"factor": 0.1, "patience": 2, "floor": 1e-8},
    patience=20,
    monitor="val_accuracy",
    batch_size=512,
    epochs=16,
    validation=0.25,
)
