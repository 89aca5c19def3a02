"""A local web page to try a classifier: drop a recording or speak, and see the events in time."""

from .exploring import Explorer, explore

__all__ = ["Explorer", "explore"]
