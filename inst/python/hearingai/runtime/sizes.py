"""Sizes of files and disks, told in units that fit."""

_UNITS = ("KiB", "MiB", "GiB", "TiB")


def size_text(n_bytes: float) -> str:
    """A number of bytes as text: 512 B, 2.4 MiB, 1.9 GiB."""
    if n_bytes < 1024:
        return f"{n_bytes:.0f} B"
    power = 1
    while power < len(_UNITS) and n_bytes >= 1024 ** (power + 1):
        power += 1
    return f"{n_bytes / 1024**power:.1f} {_UNITS[power - 1]}"
