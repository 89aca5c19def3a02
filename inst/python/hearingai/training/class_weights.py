"""The weight of each class in the loss."""

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


def class_weights(class_weight: Any, class_id: Any, labels: Sequence[str]) -> np.ndarray | None:
    """Weight of each class in the loss.

    Args:
        class_weight: `None`; `"balanced"`, inversely proportional to the class's frequency; or a
            dict from label to weight, 1 for labels that are not named.
        class_id: Class of each training clip.
        labels: The classes.
    """
    check_class_weight(class_weight)
    if class_weight is None:
        return None
    if class_weight == "balanced":
        counts = np.bincount(class_id, minlength=len(labels))
        return len(class_id) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    unknown = sorted(set(class_weight) - set(labels))
    if unknown:
        raise HearingAIError(f"`class_weight` names unknown labels: {', '.join(unknown)}")
    return np.array(
        [positive(f"class_weight[{n!r}]", class_weight.get(n, 1)) for n in labels], "float32"
    )
