"""What the tests of the core share."""

import os
from pathlib import Path

import pytest

import hearingai


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
