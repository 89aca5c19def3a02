"""The `hearingai` command: a face over the functions of the package, one file a group."""

from . import corpora, models, recordings, experiments, detection, gates, about  # noqa: F401, I001, in the order of the help
from .root import app, main

__all__ = ["app", "main"]
