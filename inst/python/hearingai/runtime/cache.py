"""The cache folder, for files that can be made or downloaded again."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_dir() -> Path:
    """Return the cache folder, for files that can be made or downloaded again.

    It is `HEARINGAI_CACHE` where that environment variable is set, else `hearingai` in the user's
    cache folder. The folder need not exist.
    """
    if own := os.environ.get("HEARINGAI_CACHE"):
        return Path(own).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "hearingai"
