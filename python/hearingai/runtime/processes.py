"""Child processes that run this very package in this very Python."""

import os
import sys
from pathlib import Path


def own_python():
    """This interpreter, also where R embeds it and `sys.executable` may be R."""
    name = Path(sys.executable or "")
    if "python" in name.name:
        return str(name)
    return str(Path(sys.prefix) / ("python.exe" if sys.platform == "win32" else "bin/python"))


def own_environment(**changes):
    """The environment of a child that imports this package as it was imported here."""
    home = str(Path(__file__).parents[2])  # R carries the package where Python does not look
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": paths} | changes
