"""What stands below everything: the backend, devices, files, progress, child processes."""
