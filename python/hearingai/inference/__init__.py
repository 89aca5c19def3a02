"""What a classifier says: predictions, evaluations, embeddings, explanations."""
