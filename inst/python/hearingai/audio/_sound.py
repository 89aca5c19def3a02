"""What opens a recording: libsndfile or PyAV, behind one protocol."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class BrokenSoundError(Exception):
    """A recording cannot be opened or decoded any further; the message says why, a clause."""


class Sound(Protocol):
    """A recording, or a section of one, that is decoded from its first sample on.

    Attributes:
        sample_rate: Hz.
        channels: How many.
        samples: Samples of each channel; `None` where that is not known.
        format: What kind of file it is, such as `"WAV"`.
        subtype: How its samples are stored, such as `"PCM_16"`.
        slack: Samples by which the length that a header says may differ.
    """

    sample_rate: int
    channels: int
    samples: int | None
    format: str
    subtype: str
    slack: int

    def go_to(self, place: int, size: int) -> None:
        """Go to a sample, before the first `read`; `size` is the most samples in memory."""

    def read(self, size: int) -> np.ndarray:
        """At most so many samples, float32 `(samples, channels)`; none at the end."""
