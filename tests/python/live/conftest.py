"""What the tests of live sound share."""

import numpy as np
import pytest

import hearingai
from bursts import RATE, RULES


@pytest.fixture
def sound():
    """Three bursts in half a minute."""
    sound = np.zeros(30 * RATE, "float32")
    for second in (3, 12, 27):
        sound[second * RATE : (second + 3) * RATE] = 0.75
    return sound


@pytest.fixture
def expected(ear, sound):
    """The events of the whole sound."""
    return hearingai.annotate(ear(), sound, **RULES).events
