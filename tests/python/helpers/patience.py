"""Waiting for what happens beside a test: as long as it takes, but not for ever."""

import glob
import time
from pathlib import Path

PATIENCE = 120  # seconds; many times what a slow machine needs


def until(check, state=None):
    """Wait until `check` finds something, and return it; else `state()` tells what is so."""
    end = time.monotonic() + PATIENCE
    while not (found := check()):
        assert time.monotonic() < end, state() if state else f"not within {PATIENCE} s"
        time.sleep(0.02)
    return found


def named(folder: Path, name: str) -> list[str]:
    """The files of a name below a folder, out of which others may vanish meanwhile."""
    return glob.glob(f"**/{name}", root_dir=folder, recursive=True)  # noqa: PTH207 (rglob raises)
