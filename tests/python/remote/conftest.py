"""Places that are not this machine: in memory, on web servers, in an object store."""

import numpy as np
import pytest

import hearingai
from hearingai.runtime import remote, remote_files
from web import served


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Copies in a folder of the test, and short waits between tries."""
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(remote, "_WAITS", (0.01, 0.01, 0.01))
    remote_files._block.cache_clear()
    return tmp_path / "cache" / "remote"


@pytest.fixture
def in_parts(monkeypatch):
    """Files from 64 KiB on are large."""
    monkeypatch.setattr(remote_files, "_WHOLE", 2**16)
    monkeypatch.setattr(remote_files, "_BLOCK", 2**15)


@pytest.fixture
def memory():
    """fsspec's system in memory, empty."""
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


@pytest.fixture(scope="session")
def sound():
    """Five seconds of noise, 40 kHz."""
    return np.random.default_rng(0).uniform(-0.5, 0.5, 200_000).astype("float32")


@pytest.fixture(scope="session")
def files(tmp_path_factory, sound):
    """The noise in files of several formats, and one that lacks its end."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("a.wav", "b.flac", "c.ogg", "d.mp3", "e.aiff", "deep/f.wav", "deep/g.w64"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if name.endswith(".w64"):
            import soundfile

            soundfile.write(path, sound, 40_000, "PCM_16")
        else:
            hearingai.write_audio(path, sound, 32_000 if name.endswith("mp3") else 40_000)
    whole = (folder / "a.wav").read_bytes()
    (folder / "cut.wav").write_bytes(whole[:250_000])
    (folder / "notes.txt").write_text("no sound")
    return folder


@pytest.fixture
def web(files):
    """A web server that gives parts of files."""
    pytest.importorskip("aiohttp")
    with served(files) as (address, faults):
        yield address, faults


@pytest.fixture
def plain_web(files):
    """A web server that gives whole files alone."""
    pytest.importorskip("aiohttp")
    with served(files, ranges=False) as (address, faults):
        yield address, faults
