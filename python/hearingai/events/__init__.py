"""Probabilities in time become events: windows, thresholds, tables of events."""
