"""Detectors of words: made from text alone."""

from .word_classifier import word_classifier

__all__ = ["word_classifier"]
