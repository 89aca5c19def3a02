"""A local page to try a classifier in: drop a recording or speak, and see what is heard when."""

from .exploring import Explorer, explore

__all__ = ["Explorer", "explore"]
