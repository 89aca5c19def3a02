"""One recording: read, resample, fit to a length, write."""
