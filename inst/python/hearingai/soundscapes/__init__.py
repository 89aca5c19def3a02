"""Clips mixed into a background at known times."""
