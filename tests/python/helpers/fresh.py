"""What a test needs beside the core, and Python processes that have loaded nothing yet."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)


def need(*libraries):
    """Skip the test, or the file that asks for itself, where a library is not installed."""
    __tracebackhide__ = True  # the place that is told is the one who asks
    missing = [name for name in libraries if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed", allow_module_level=True)


def with_helpers():
    """A `PYTHONPATH` by which other processes find the files of this folder too."""
    return os.pathsep.join([HERE, *filter(None, [os.environ.get("PYTHONPATH")])])


def python(code, *arguments, backend=None, **options):
    """Run code in a process of its own that must end well; gives what it said.

    With a `backend` of Keras the code runs on that one, on the CPU, or the test is skipped.
    """
    __tracebackhide__ = True
    environment = options.pop("env", os.environ)
    if backend is not None:
        need(backend)
        environment = environment | {"KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, env=environment, **pipes | options)
    assert done.returncode == 0, done.stderr or done.stdout
    return done
