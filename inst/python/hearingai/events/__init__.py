"""From probabilities in time to events: windows, thresholds, tables of events."""
