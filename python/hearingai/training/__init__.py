"""Training: fit(), and all that calls it many times."""
