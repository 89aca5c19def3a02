"""What the tests of the core share."""

import os
from pathlib import Path

import numpy as np
import pytest

import hearingai
from hearingai.clips import ClipFormat


@pytest.fixture(scope="session")
def data_dir():
    """The folder of real recordings: `HEARINGAI_DATA`, else `shared/data` beside the checkout."""
    default = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("HEARINGAI_DATA") or default)
    if not folder.is_dir():
        pytest.skip(f"no real recordings at {folder}; HEARINGAI_DATA names another folder")
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """Keep what the tests synthesise out of the user's cache."""
    before = os.environ.get("HEARINGAI_CACHE")
    os.environ["HEARINGAI_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["HEARINGAI_CACHE"]
    else:
        os.environ["HEARINGAI_CACHE"] = before


@pytest.fixture(scope="session")
def words(cache):
    """Three synthetic words, 40 clips each."""
    return hearingai.spoken_words(["down", "no", "yes"], n=40, seed=3)


@pytest.fixture(scope="session")
def trained(words):
    """A classifier that has learnt them."""
    return hearingai.fit("speech-commands-small", words, epochs=12, batch_size=8, seed=1)


class Ear:
    """Stands for a classifier: `loud` is as probable as the sound of a window is strong."""

    labels = ["loud", "quiet"]
    hears_embeddings, recipe, target = False, None, None

    def __init__(self, sample_rate=100, duration=1.0, channels=1):
        self.sample_rate, self.duration, self.channels = sample_rate, duration, channels
        self.samples = round(sample_rate * duration)
        self.clip_format = ClipFormat(sample_rate, self.samples, channels)
        self.clip_shape = self.clip_format.shape

    def fingerprint(self):
        return f"{self.sample_rate} {self.samples} {self.channels}"

    def predict_on_batch(self, clips):
        assert clips.shape[1:] == self.clip_format.shape
        strength = np.abs(clips).reshape(len(clips), -1).mean(axis=1).clip(0, 1)
        return np.stack([strength, 1 - strength], axis=1).astype("float32")


@pytest.fixture(scope="session")
def ear():
    """Makes a stand-in for a classifier, that answers at once and predictably."""
    return Ear
