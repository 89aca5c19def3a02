"""Sizes as text: of files and disks in units that fit, of arrays, and counts of things."""

from collections.abc import Iterable

_UNITS = ("KiB", "MiB", "GiB", "TiB")


def size_text(n_bytes: float) -> str:
    """A number of bytes as text: 512 B, 2.4 MiB, 1.9 GiB."""
    if n_bytes < 1024:
        return f"{n_bytes:.0f} B"
    power = 1
    while power < len(_UNITS) and n_bytes >= 1024 ** (power + 1):
        power += 1
    return f"{n_bytes / 1024**power:.1f} {_UNITS[power - 1]}"


def counted(n: float, what: str) -> str:
    """A number of things as text: 1 epoch, 2 epochs."""
    return f"{n:.0f} {what}{'' if n == 1 else 's'}"


def shape_text(shape: Iterable[int | None]) -> str:
    """The shape of an array as text: 98 x 257 x 1; a size that is not fixed is `any`."""
    return " x ".join("any" if size is None else str(size) for size in shape)
