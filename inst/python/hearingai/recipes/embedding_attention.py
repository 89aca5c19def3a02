"""A target sound, or all labels, in AudioSet embeddings, by attention with regularisation."""

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
    multi_label={
        "network": "attention_tagger",
        "network_options": {"units": 512, "depth": 3, "dropout": 0.5},
        "optimizer": "AdamW",
        "optimizer_options": {
            "learning_rate": 1e-3,
            "weight_decay": 0.01,
            "use_ema": True,
            "ema_momentum": 0.999,
        },
        "decay": "matrices",
        "sampling": "balanced",
        "monitor": "val_map",
        "batch_size": 256,
        "epochs": 30,
    },
)
