"""The table of clips: checked, read, split without leaking."""
