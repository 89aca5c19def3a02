"""What a clip of real sound counts beside those that were made."""

from types import SimpleNamespace

import numpy as np
import pytest

from hearingai.words import _learning
from hearingai.words._learning import Taught


@pytest.fixture
def made():
    return Taught(np.zeros((40, 2)), np.arange(40) % 3, np.ones(40), np.arange(40))


@pytest.mark.parametrize(
    ("truth", "weights"),
    [
        ([0, 1], [20, 20]),
        ([0, 2], [20, 20]),  # half of the made clips' 40, for all others together
        ([0, 2, 2, 2, 2], [20, 5, 5, 5, 5]),
    ],
)
def test_mined_clips_never_outweigh_the_words(made, truth, weights, monkeypatch):
    monkeypatch.setattr(_learning, "embed_clips", lambda _, clips: np.ones((len(clips), 2)))
    classifier = SimpleNamespace(labels=["no", "yes", "unknown"])
    store = SimpleNamespace(clips=truth, truth=np.array(truth))
    taught = made.with_real(classifier, store)
    assert taught.weights[:40].tolist() == [1] * 40
    assert taught.weights[40:].tolist() == weights
    assert taught.class_id[40:].tolist() == truth
    assert taught.real == (np.array(truth) < 2).sum() / 2
    assert set(taught.speaker[40:]).isdisjoint(taught.speaker[:40])
