"""Pretrained networks from elsewhere that turn sound into embeddings."""
