"""Many recordings, decoded in parallel and kept."""
