"""Using a classifier: predictions, evaluations, embeddings, explanations."""
