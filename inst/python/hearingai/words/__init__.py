"""Detectors of words: made of text, their thresholds, and what they take for words wrongly."""
