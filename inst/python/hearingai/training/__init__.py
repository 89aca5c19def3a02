"""Training: fit(), and what calls it: cross-validation, tuning, fine-tuning."""
