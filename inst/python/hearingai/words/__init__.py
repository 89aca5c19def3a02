"""Detectors of words: which thresholds they need, and what they take for words wrongly."""
