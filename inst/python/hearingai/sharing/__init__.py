"""Telling others about a classifier, and giving it to them."""
