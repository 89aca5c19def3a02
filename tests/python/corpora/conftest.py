"""Recordings, and a classifier that other processes open at once."""

import numpy as np
import pytest

import hearingai
import loud_ears
from fresh import with_helpers
from hearingai.corpora import manifest


@pytest.fixture(autouse=True)
def helpers_in_children(monkeypatch):
    """Other processes find the stand-in too."""
    monkeypatch.setenv("PYTHONPATH", with_helpers())
    for name in ("HEARINGAI_SHARD", "SLURM_ARRAY_TASK_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def shards_of_the_stand_in():
    """Recordings of so low a rate are small: shards of them are as long as others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "_RATE", 2 * loud_ears.RATE)
        yield


@pytest.fixture(scope="session")
def season(tmp_path_factory):
    """Fourteen recordings of a minute and less with loud stretches, and one that is none."""
    folder = tmp_path_factory.mktemp("season")
    rng = np.random.default_rng(1)
    for i in range(14):
        sound = rng.uniform(-0.2, 0.2, (20 + 3 * i) * loud_ears.RATE)
        for at in rng.integers(2, len(sound) - 500, 4):
            sound[at : at + 250] = 0.95
        hearingai.write_audio(folder / f"{i:02}.wav", sound, loud_ears.RATE)
    (folder / "05b.wav").write_bytes(b"RIFF of nothing")
    return folder
