"""How much rare classes and labels count: their weight in the loss, and how often they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.arguments import positive


def check_class_weight(class_weight: Any) -> None:
    """Refuse invalid class weights, before the classes are known."""
    fits = class_weight is None or isinstance(class_weight, dict)
    if not fits and not (isinstance(class_weight, str) and class_weight == "balanced"):
        raise HearingAIError(
            f"`class_weight` must be 'balanced' or weights by label. Received: {class_weight!r}"
        )


def class_weights(class_weight: Any, truth: Any, labels: Sequence[str]) -> np.ndarray | None:
    """Weight of each class in the loss, or of each label where a clip has it.

    Args:
        class_weight: `None`; `"balanced"`, inversely proportional to the class's frequency, which
            for a label makes the clips with it count as much as those without; or a dict from
            label to weight, 1 for labels that are not named.
        truth: Class of each training clip, or its labels, see `Store`.
        labels: The classes or labels.
    """
    check_class_weight(class_weight)
    if class_weight is None:
        return None
    truth = np.asarray(truth)
    if class_weight == "balanced" and truth.ndim == 2:
        with_it = truth.sum(axis=0, dtype=int)
        return np.maximum(len(truth) - with_it, 1) / np.maximum(with_it, 1)
    if class_weight == "balanced":
        counts = np.bincount(truth, minlength=len(labels))
        return len(truth) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    unknown = sorted(set(class_weight) - set(labels))
    if unknown:
        raise HearingAIError(f"`class_weight` names unknown labels: {', '.join(unknown)}")
    return np.array(
        [positive(f"class_weight[{n!r}]", class_weight.get(n, 1)) for n in labels], "float32"
    )


def balanced_odds(truth: np.ndarray) -> np.ndarray:
    """How likely to draw each clip, so that all classes, or labels and their lack, come as often.

    A clip counts for each of its labels, by the inverse of how many clips have it.

    Args:
        truth: Class of each clip, or its labels, see `Store`.

    Source:
        Q. Kong et al., "PANNs: Large-Scale Pretrained Audio Neural Networks" (2020); in this form
        Y. Gong et al., "AST: Audio Spectrogram Transformer" (2021).

    Example:
        >>> balanced_odds(np.array([0, 0, 1])).tolist()
        [0.25, 0.25, 0.5]
    """
    if truth.ndim == 1:
        odds = 1 / np.bincount(truth)[truth]
    else:
        has = np.column_stack([truth, ~truth.any(axis=1)]).astype(float)
        odds = has @ (1 / np.maximum(has.sum(axis=0), 1))
    return odds / odds.sum()
