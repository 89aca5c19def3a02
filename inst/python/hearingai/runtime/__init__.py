"""The lowest layer: the backend, devices, files, progress, child processes."""
