"""For use from another language: calls, tables as plain columns, objects as bytes."""

from .calls import call, check_backend, check_clips, find, meant, message, situation
from .layers import adapt, apply, augmentations, change
from .networks import (
    Function,
    Layers,
    architecture,
    architecture_text,
    check_layer,
    describe_network,
)
from .packing import pack, pack_file, reopen_body, unpack, unpack_file
from .results import (
    annotate,
    cross_validate,
    detection_metrics,
    evaluate,
    explain,
    explanation,
    export,
    gate,
    gated,
    prepare,
)
from .streams import active, feed, finish, gate_feed, gate_track, live, step
from .tables import columns, path, plain, table

__all__ = [
    "Function",
    "Layers",
    "architecture",
    "architecture_text",
    "check_layer",
    "describe_network",
    "active",
    "adapt",
    "annotate",
    "apply",
    "augmentations",
    "call",
    "change",
    "check_backend",
    "check_clips",
    "columns",
    "cross_validate",
    "detection_metrics",
    "evaluate",
    "explain",
    "explanation",
    "export",
    "feed",
    "find",
    "finish",
    "gate",
    "gate_feed",
    "gate_track",
    "gated",
    "live",
    "meant",
    "message",
    "pack",
    "pack_file",
    "path",
    "plain",
    "prepare",
    "reopen_body",
    "situation",
    "step",
    "table",
    "unpack",
    "unpack_file",
]
