"""Values as JSON has them."""

from __future__ import annotations

import math
from typing import Any

from ..errors import as_utf8


def plain(item: Any) -> Any:
    """Nested values as JSON has them; numbers that are not finite become `None`.

    Example:
        >>> import numpy
        >>> plain({"a": (numpy.float32(0.5), float("nan"))})
        {'a': [0.5, None]}
    """
    if isinstance(item, dict):
        return {str(k): plain(v) for k, v in item.items()}
    if isinstance(item, (list, tuple)):
        return [plain(v) for v in item]
    if hasattr(item, "item"):
        item = item.item()
    if is_missing(item):
        return None
    if hasattr(item, "isoformat"):
        return item.isoformat()
    if isinstance(item, str):
        return as_utf8(item)
    return None if isinstance(item, float) and not math.isfinite(item) else item


def is_missing(value: Any) -> bool:
    """Whether a value is what pandas has for a missing number or time."""
    return type(value).__name__ in ("NAType", "NaTType")
