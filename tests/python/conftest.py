"""What the tests of the core share."""

import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import hearingai
from chords import write_chords
from embeddings import write_turkeys
from fresh import need
from hearingai.clips.clip_format import ClipFormat
from hearingai.runtime.backend import on_device
from sounds import tone


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


@pytest.fixture(autouse=True)
def told_of_everything(monkeypatch):
    """A fast machine is through an epoch before it would be told of it."""
    monkeypatch.setattr("hearingai.runtime.progress._PAUSE", 0)


@pytest.fixture(scope="session")
def full_device():
    """A file that takes nothing, as on a disk that is full."""
    path = Path("/dev/full")
    if not path.exists():
        pytest.skip("no device here that is always full")
    return path


@pytest.fixture(scope="session")
def words(cache):
    """Three synthetic words, 40 clips each."""
    return hearingai.spoken_words(["down", "no", "yes"], n=40, seed=3)


@pytest.fixture(scope="session")
def trained(words):
    """A classifier that has learnt them."""
    return hearingai.fit("speech-commands-small", words, epochs=12, batch_size=8, seed=1)


@pytest.fixture(scope="session")
def chords(tmp_path_factory):
    """Sixty recordings with any of three tones."""
    return write_chords(tmp_path_factory.mktemp("chords"), 60)


@pytest.fixture(scope="session")
def chord_classifier(chords):
    """A classifier that has learnt which tones sound; tests leave it as it is."""
    options = {"seed": 1, "progress": False, "precision": "float32"}
    return hearingai.fit("gate", chords, epochs=8, batch_size=16, **options)


@pytest.fixture(scope="session")
def turkeys(tmp_path_factory):
    """Forty-eight embeddings of twelve videos; turkeys are louder in some values."""
    rng = np.random.default_rng(1)
    embeddings = []
    for i in range(48):
        values = rng.integers(0, 100, (rng.integers(3, 11), 128))
        values[:, :40] += 80 * (i % 2)
        embeddings.append(values)
    path = tmp_path_factory.mktemp("turkeys") / "clips.json"
    return hearingai.turkey(write_turkeys(path, embeddings, videos=[i // 4 for i in range(48)]))


@pytest.fixture(scope="session")
def tf():
    """TensorFlow."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    need("tensorflow")
    import tensorflow

    return tensorflow


@pytest.fixture
def wav(tmp_path):
    """A second of a 440 Hz tone at 16 kHz, 16 bit."""
    path = tmp_path / "tone.wav"
    hearingai.write_audio(path, tone(16000), 16000)
    return path


@pytest.fixture
def recordings(tmp_path):
    """Twelve recordings of noise at 1 kHz, 0.1 s to 0.6 s long."""
    rng = np.random.default_rng(0)
    paths = [str(tmp_path / f"{i}.wav") for i in range(12)]
    for i, path in enumerate(paths):
        hearingai.write_audio(path, rng.uniform(-0.9, 0.9, 100 * (i % 6 + 1)), 1000)
    return paths


@pytest.fixture
def reads(monkeypatch):
    """The recordings that a clip store decodes."""
    from hearingai.clips import store_files

    names, read_each = [], store_files.read_each

    def counted(parts, *arguments, **options):
        parts = list(parts)
        names.extend(Path(fname).name for fname, _, _ in parts)
        return read_each(parts, *arguments, **options)

    monkeypatch.setattr(store_files, "read_each", counted)
    return names


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the `hearingai` command in this process; gives status, stdout and stderr."""
    from hearingai import cli

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hearingai", *map(str, arguments)])
        with warnings.catch_warnings(), pytest.raises(SystemExit) as stop:
            cli.main()
            raise SystemExit(0)
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return run


class Ear:
    """Stands for a classifier: `loud` is as probable as the sound of a window is strong."""

    labels = ["loud", "quiet"]
    hears_embeddings, recipe, target, multi_label = False, None, None, False
    record = {}
    on_device = staticmethod(on_device)

    def __init__(self, sample_rate=100, duration=1.0, channels=1):
        self.sample_rate, self.duration, self.channels = sample_rate, duration, channels
        self.samples = round(sample_rate * duration)
        self.clip_format = ClipFormat(sample_rate, self.samples, channels)
        self.clip_shape = self.clip_format.shape

    def fingerprint(self):
        return f"{self.sample_rate} {self.samples} {self.channels}"

    def configuration(self):
        return ""

    def probabilities(self, clips):
        assert clips.shape[1:] == self.clip_format.shape
        strength = np.abs(clips).reshape(len(clips), -1).mean(axis=1).clip(0, 1)
        return np.stack([strength, 1 - strength], axis=1).astype("float32")


@pytest.fixture(scope="session")
def ear():
    """Makes a stand-in for a classifier, that answers at once and predictably."""
    return Ear
