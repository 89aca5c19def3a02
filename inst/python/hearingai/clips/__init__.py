"""Many recordings, decoded in parallel and stored."""
