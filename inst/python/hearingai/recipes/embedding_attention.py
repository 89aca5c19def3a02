"""A target sound in AudioSet embeddings, by an attention network with more regularisation."""

from .recipe import Recipe

EMBEDDING_ATTENTION = Recipe(
    name="embedding-attention",
    description="detects a target sound in AudioSet embeddings, by attention, with mixup",
    source="the attention network of embedding-gru with dropout, mixup and a cosine schedule",
    frames=10,
    frontend=None,
    network="attention_gru_tagger",
    network_options={"dropout": 0.5},
    augment=(("mixup", {"alpha": 1.0}),),
    optimizer="Nadam",
    optimizer_options={"learning_rate": 2e-3},
    schedule="cosine",
    patience=20,
    batch_size=512,
    epochs=20,
    validation=0.2,
)
