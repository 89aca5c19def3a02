"""Clips laid into a background at known times."""
