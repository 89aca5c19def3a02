"""Detectors of words: from text alone."""
