"""Places that are not this machine: in memory, on web servers, in an object store."""

import numpy as np
import pytest

import hearingai
from fresh import with_helpers
from hearingai.runtime import remote, remote_files
from loud_ears import RATE
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


@pytest.fixture(scope="session")
def store():
    """An object store that speaks S3, and what goes wrong with it."""
    s3fs = pytest.importorskip("s3fs")
    pytest.importorskip("moto.server")
    from object_store import serving

    with serving() as (address, faults), pytest.MonkeyPatch.context() as patch:
        told = {"AWS_ACCESS_KEY_ID": "AKIDKNOWN", "AWS_SECRET_ACCESS_KEY": "hunter2"}
        told |= {"AWS_ENDPOINT_URL": address, "AWS_DEFAULT_REGION": "us-east-1"}
        told |= {"AWS_MAX_ATTEMPTS": "2", "AWS_RETRY_MODE": "standard"}
        patch.setattr("s3fs.S3FileSystem.retries", 1)
        for name, value in told.items():
            patch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()  # those that know no credentials
        yield faults


@pytest.fixture
def bucket(store, request):
    """The address of an empty bucket, s3fs's system and the faults of the store."""
    import s3fs

    name = "".join(c if c.isalnum() else "-" for c in request.node.name.lower())[:50].strip("-")
    system = s3fs.S3FileSystem(use_listings_cache=False)
    system.mkdir(name)
    store.answers.clear()
    store.asked.clear()
    store.slow = 0.0
    yield f"s3://{name}", system, store
    store.answers.clear()
    system.rm(name, recursive=True)


@pytest.fixture(scope="session")
def season(tmp_path_factory):
    """Eight recordings of half a minute and more, with loud stretches; one is none."""
    folder = tmp_path_factory.mktemp("season")
    rng = np.random.default_rng(1)
    for i in range(8):
        noise = rng.uniform(-0.2, 0.2, (30 + 3 * i) * RATE)
        for at in rng.integers(2, len(noise) - 500, 4):
            noise[at : at + 250] = 0.95
        path = folder / f"week{i % 2}" / f"{i:02}.wav"
        path.parent.mkdir(exist_ok=True)
        hearingai.write_audio(path, noise, RATE)
    (folder / "week1/05b.wav").write_bytes(b"RIFF of nothing")
    return folder


@pytest.fixture
def helpers_in_children(monkeypatch):
    """Other processes find the stand-in for a classifier."""
    monkeypatch.setenv("PYTHONPATH", with_helpers())
