"""What the tests of exported files share."""

import numpy as np
import pytest

import hearingai
from exported import LABELS, decided


@pytest.fixture(scope="session")
def classifier():
    return decided(hearingai.create_classifier("speech-commands-small", LABELS, seed=1))


@pytest.fixture(scope="session")
def sounds():
    rng = np.random.default_rng(3)
    clips = rng.normal(0, 1, (20, 16000)) * np.logspace(-0.5, -2, 20)[:, None]
    clips[6, 3000:] = 0
    return clips.clip(-1, 1).astype("float32")
