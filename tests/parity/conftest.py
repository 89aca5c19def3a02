"""What the tests of both languages share: fresh processes, and files between them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fresh
import hearingai


@pytest.fixture(scope="session")
def rscript():
    """Run R code in a fresh process, with changes of its environment; gives what it printed."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("Rscript is not installed")
    environment = os.environ | {"RETICULATE_PYTHON": sys.executable}
    probe = subprocess.run(
        [program, "-e", "library(hearingai)"], env=environment, capture_output=True, text=True
    )
    if probe.returncode:
        pytest.skip(f"the R package is not installed: {probe.stderr.strip()}")

    def run(code, changes=None):
        done = subprocess.run(
            [program, "-e", f"library(hearingai)\n{code}"],
            env=environment | (changes or {}),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture(scope="session")
def python():
    """Run Python code in a fresh process; gives what it printed."""

    return lambda code: fresh.python(f"import hearingai\n{code}").stdout.strip()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Two synthetic words in the layout of Speech Commands."""
    cache = tmp_path_factory.mktemp("words")
    clips = hearingai.spoken_words(["no", "yes"], n=24, seed=5, path=cache / "words")
    return Path(clips["fname"][0]).parents[1]
