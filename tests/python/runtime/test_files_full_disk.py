"""A disk that fills while a file is written: an error that names it, and nothing half-written."""

from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai.runtime.files import write_table

resource = pytest.importorskip("resource", reason="no limits of a process on this system")
N = 2000


@contextmanager
def room_for(n):
    """No file may grow beyond `n` bytes: the system refuses what is written behind them."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def classifier():
    """A small one that hears half a second."""
    return hearingai.create_classifier("gate", ["other", "speech"], seed=1)


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """Two seconds of noise at 16 kHz."""
    path = tmp_path_factory.mktemp("noise") / "noise.wav"
    hearingai.write_audio(path, np.random.default_rng(1).normal(0, 0.1, 32000), 16000)
    return path


@pytest.fixture(scope="module")
def write(classifier, noise):
    """Write a file of any kind."""
    values = np.random.default_rng(1).random(N)
    events = pd.DataFrame({"start": values, "end": values + 1, "label": "a", "score": values})
    sound = hearingai.read_audio(noise)[0]
    clips = hearingai.clip_table([noise], ["noise"], start=[0.0], end=[0.5])
    quiet = {"snr_db": -20, "every": 1.0, "seed": 1}

    def write(kind, path):
        again = {"overwrite": True}
        if kind == "events":
            hearingai.write_events(events, path, **again)
        elif kind == "table":
            write_table(events, path, **again)
        elif kind == "picture":
            hearingai.plot_waveform(sound, 16000).savefig(path)
        elif kind == "classifier":
            hearingai.save_classifier(classifier, path, **again)
        elif kind == "export":
            hearingai.export(classifier, path, verify=False, **again)
        elif kind == "sound":
            hearingai.write_audio(path, sound, 16000, **again)
        elif kind == "gated":
            hearingai.gate(classifier, noise, out=path, **again)
        else:
            hearingai.lay_clips(noise, clips, path, **quiet, **again)

    return write


def files_of(folder):
    """What lies in a folder, by name: the content of files, `None` for folders."""
    found = sorted(folder.rglob("*"))
    return {str(f.relative_to(folder)): None if f.is_dir() else f.read_bytes() for f in found}


@pytest.mark.parametrize(
    ("kind", "name", "library"),
    [
        ("events", "a.csv", None),
        ("events", "a.parquet", "pyarrow"),
        ("events", "a.txt", None),
        ("events", "a.selections.txt", None),
        ("table", "a.csv", None),
        ("table", "a.parquet", "pyarrow"),
        ("picture", "a.png", None),
        ("picture", "a.pdf", None),
        ("picture", "a.svg", None),
        ("classifier", "a.keras", None),
        ("export", "a.onnx", "tf2onnx"),
        ("export", "a.tflite", "tensorflow"),
        ("export", "a", "tensorflow"),
        ("sound", "a.wav", None),
        ("sound", "a.flac", None),
        ("sound", "a.ogg", None),
        ("sound", "a.opus", None),
        ("sound", "a.mp3", None),
        ("gated", "a.wav", None),
        ("gated", "a.flac", None),
        ("laid", "a.wav", None),
        ("laid", "a.ogg", None),
    ],
)
def test_the_old_file_stays_and_nothing_lies_beside_it(kind, name, library, write, tmp_path):
    if library is not None:
        need(library)
    path = tmp_path / name
    write(kind, path)
    before = files_of(tmp_path)
    largest = max(len(content or b"") for content in before.values())
    # The last byte is the hardest: much is written only when a file is closed. Exported files are
    # not equally long: the names in them are numbered on.
    for room in (largest // 2, largest - (largest // 20 if kind == "export" else 1)):
        with (
            room_for(room),
            pytest.raises(hearingai.HearingAIError, match=rf"cannot write .*{name}`.*too large"),
        ):
            write(kind, path)
        assert files_of(tmp_path) == before


@pytest.mark.parametrize(("kind", "name"), [("events", "a.csv"), ("sound", "a.flac")])
def test_nothing_appears_where_nothing_was(kind, name, write, tmp_path):
    with room_for(500), pytest.raises(hearingai.HearingAIError, match="cannot write"):
        write(kind, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_decoding_goes_on_where_the_disk_was_full(noise, tmp_path):
    with (
        room_for(8000),
        pytest.raises(hearingai.HearingAIError, match="cannot write the decoded clips.*too large"),
    ):
        hearingai.prepare([noise], "gate", store=tmp_path)
    assert not list(tmp_path.rglob("store.json"))
    assert hearingai.prepare([noise], "gate", store=tmp_path).n == 1


def test_a_training_says_which_checkpoint_cannot_be_written(turkeys, tmp_path):
    path = tmp_path / "c.keras"
    with (
        room_for(3000),
        pytest.raises(hearingai.HearingAIError, match=r"cannot write .*c\.keras"),
    ):
        hearingai.fit("audio-gate", turkeys, epochs=1, seed=1, checkpoint=path, progress=False)
    assert not list(tmp_path.iterdir())


def test_a_cross_validation_goes_on_where_the_disk_was_full(turkeys, tmp_path):
    def run():
        return hearingai.cross_validate(
            "audio-gate",
            turkeys,
            folds=2,
            path=tmp_path,
            epochs=1,
            seed=1,
            keep=True,
            progress=False,
        )

    with room_for(9000), pytest.raises(hearingai.HearingAIError, match=r"cannot write .*\.keras"):
        run()
    assert [f.suffix for f in tmp_path.iterdir()] == [".json"]  # what it is of
    assert len(run().folds) == 2
    assert not list(tmp_path.glob(".part-*"))
