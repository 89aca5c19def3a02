"""A head on a pretrained body from elsewhere."""

from .recipe import Recipe

HEAD = Recipe(
    name="head",
    description="a small network on the embeddings of a pretrained body",
    source="transfer learning with frozen embeddings",
    frontend=None,
    body="speech-embedding",
    crop="loudest",
    network="embedding_head",
    optimizer="Adam",
    optimizer_options={"learning_rate": 1e-3},
    epochs=40,
)
