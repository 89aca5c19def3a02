"""The table of clips: check it, read it, split it without leakage."""
