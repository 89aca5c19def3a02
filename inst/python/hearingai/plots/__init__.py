"""Pictures: data in, a figure out.

A figure shows itself in a notebook and is written to a file by `figure.savefig("x.png")`. There is
no pyplot state: nothing needs a display, and nothing has to be closed. What is drawn is computed
apart from the drawing (`images`, `numbers`), so that R draws the same (`plot_data`).
"""

from . import plot_data as flat
from .alluvial import plot_alluvial
from .augmented import plot_augmented
from .comparisons import plot_curve, plot_folds, plot_tuning
from .detections import plot_det, plot_detections
from .events import plot_events
from .explained import plot_explanation
from .gates import plot_gate
from .panels import plot_bands, plot_panels
from .results import plot_confusion, plot_history
from .sounds import plot_spectrogram, plot_waveform
from .surveys import plot_activity, plot_density, plot_detection_history

__all__ = [
    "flat",
    "plot_activity",
    "plot_alluvial",
    "plot_augmented",
    "plot_bands",
    "plot_confusion",
    "plot_curve",
    "plot_density",
    "plot_det",
    "plot_detection_history",
    "plot_detections",
    "plot_events",
    "plot_explanation",
    "plot_folds",
    "plot_gate",
    "plot_history",
    "plot_panels",
    "plot_spectrogram",
    "plot_tuning",
    "plot_waveform",
]
