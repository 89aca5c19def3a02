"""Classifiers as files that other programs run: SavedModel, ONNX, LiteRT."""

from .exporting import Exported, export
from .running import ExportedClassifier, load_exported

__all__ = ["Exported", "ExportedClassifier", "export", "load_exported"]
