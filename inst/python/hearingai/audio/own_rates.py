"""Sound that knows its rate: a pair `(waveform, sample_rate)`, as `read_audio` returns it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.arguments import check_rate, scalar


def has_rate(sound: object) -> bool:
    """Whether a sound is a pair of samples and their rate.

    Example:
        >>> has_rate((np.zeros(100), 16000)), has_rate((np.zeros(100), np.zeros(100)))
        (True, False)
    """
    if not isinstance(sound, tuple) or len(sound) != 2 or isinstance(sound[0], (str, bytes)):
        return False
    return hasattr(sound[0], "__len__") and np.ndim(sound[1]) == 0 and scalar(sound[1]) is not None


def waveform_and_rate(
    sound: Any,
    sample_rate: Any,
    argument: str,
    *,
    item: int | None = None,
    rate: str = "sample_rate",
) -> tuple[Any, int | None]:
    """A sound and its rate, from itself or from `sample_rate`; `None` where neither tells it.

    Args:
        sound: A waveform, or a pair `(waveform, sample_rate)`.
        sample_rate: The rate that the caller names, Hz, or `None`.
        argument: What the sound is called, for the error.
        item: Its number, where the argument holds several.
        rate: What the named rate is called.

    Raises:
        HearingAIError: Both tell it, and they differ.

    Example:
        >>> waveform_and_rate(([0.5, 0.1], 8000), None, "sound")
        ([0.5, 0.1], 8000)
    """
    named = None if sample_rate is None else check_rate(sample_rate, rate)
    if not has_rate(sound):
        return sound, named
    own = check_rate(sound[1], f"{argument}[1]")
    if named not in (None, own):
        which = f"`{argument}`" + ("" if item is None else f" (number {item})")
        raise HearingAIError(
            f"`{rate}` contradicts the sound: {which} has its own rate, {own} Hz. Received: {named}"
        )
    return sound[0], own
