"""What the tests of both languages share: both languages, and files between them."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hearingai
from r_process import RProcess


@pytest.fixture(scope="session")
def rscript(tmp_path_factory):
    """Run R code; gives what it printed. With changes of the environment R is a fresh process.

    R has a cache of its own, so that it computes itself what Python has computed before.
    """
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("Rscript is not installed")
    cache = {"HEARINGAI_CACHE": str(tmp_path_factory.mktemp("cache-r"))}
    environment = os.environ | {"RETICULATE_PYTHON": sys.executable} | cache
    process = RProcess(program, environment)
    try:
        process.run("")
    except AssertionError as error:
        pytest.skip(f"the R package is not installed: {error}")

    def run(code, changes=None):
        if changes is None:
            return process.run(code)
        done = subprocess.run(
            [program, "-e", f"library(hearingai)\n{code}"],
            env=environment | changes,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    yield run
    process.close()


@pytest.fixture(scope="session")
def python():
    """Run Python code in this process, which R has no part in; gives what it printed."""

    def run(code):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, {"hearingai": hearingai})
        return printed.getvalue().strip()

    return run


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Two synthetic words in the layout of Speech Commands."""
    cache = tmp_path_factory.mktemp("words")
    clips = hearingai.spoken_words(["no", "yes"], n=24, seed=5, path=cache / "words")
    return Path(clips["fname"][0]).parents[1]
