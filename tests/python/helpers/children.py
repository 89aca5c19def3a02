"""The processes that a process began, by Linux's own list."""

import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest


def need_list_of_processes():
    """Skip where there is no such list."""
    if not sys.platform.startswith("linux"):
        pytest.skip("no list of processes in /proc")


def children(parent):
    """The ids of the living processes that a process began, sorted."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = int(stat.parent.name), stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(rest[1]) == parent and rest[0] != "Z":
            found.append(pid)
    return sorted(found)


def alive(pid):
    """Whether a process is still there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def kill(pid):
    """End a process at once, unless it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
