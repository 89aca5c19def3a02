"""Is there a turkey in it: recurrent models on AudioSet embeddings."""

from .recipe import Recipe

EMBEDDING_GRU = Recipe(
    name="embedding-gru",
    description="is a sound in the clip, from AudioSet embeddings, by a bidirectional GRU",
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
