"""The room that clip stores take: enough for a new one, and no more than the cache may."""

import shutil
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from ..errors import HearingAIError
from ..runtime.sizes import size_text
from .clip_format import ClipFormat
from .store_files import NOTE, PART, SAMPLES, row_bytes

_KEPT = 20 * 2**30  # most bytes in the cache; the least recently used are deleted


def check_room(home: Path, name: str, n: int, clip_format: ClipFormat) -> None:
    """Refuse to begin the store `home/name` of `n` clips where the disk lacks room for it."""
    begun = [home / f"{name}{end}" / SAMPLES for end in (PART, "")]
    there = sum(file.stat().st_size for file in begun if file.exists())
    needed, free = n * row_bytes(clip_format) - there, shutil.disk_usage(home).free
    if needed > free:
        raise HearingAIError(
            f"the decoded clips need {size_text(needed)}, and `{home}` has "
            f"{size_text(free)} left. Make room, or name another folder with `store`"
        )


def tidy(base: Path, keep: Path) -> None:
    """Delete the least recently used stores of the cache, beyond its limit."""
    used, total = [], _size(keep)
    for path in base.glob("*/*"):
        with suppress(OSError):  # another process deletes too
            if path.is_dir() and path != keep:
                used.append((_last_use(path), path))
    for _, path in sorted(used, reverse=True):
        total += _size(path)
        if total > _KEPT:
            # Spare one that is being written.
            with suppress(OSError), FileLock(path.with_suffix(".lock"), timeout=0):
                shutil.rmtree(path, ignore_errors=True)


def _last_use(path: Path) -> float:
    note = path / NOTE
    return (note if note.exists() else path).stat().st_mtime


def _size(path: Path) -> int:
    total = 0
    for file in path.glob("*"):
        with suppress(OSError):
            total += file.stat().st_size
    return total
