"""Numbers about predictions: arrays and tables in, numbers and tables out.

Labels may be text or numbers; tables hold them as text. `decisions` measures predicted labels,
`scores` the probabilities, `binary` one target against the rest, `bootstrap` the uncertainty of a
metric, `detection` and `streaming` events in long recordings.
"""

from .binary import binary_metrics, choose_threshold
from .bootstrap import bootstrap_interval
from .decisions import accuracy, class_report, confusion, f1_score
from .detection import DetectionMetrics, detection_metrics
from .scores import EPSILON, class_aucs, cross_entropy, pr_auc, roc_auc, score_curve
from .streaming import streaming_accuracy

__all__ = [
    "EPSILON",
    "DetectionMetrics",
    "accuracy",
    "binary_metrics",
    "bootstrap_interval",
    "choose_threshold",
    "class_aucs",
    "class_report",
    "confusion",
    "cross_entropy",
    "detection_metrics",
    "f1_score",
    "pr_auc",
    "roc_auc",
    "score_curve",
    "streaming_accuracy",
]
